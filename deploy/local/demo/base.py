"""A whole demo base: who is in which file, the files themselves, and what they add up to."""

import json
import random
from pathlib import Path

from deploy.local.demo import files
from deploy.local.demo.people import CLINIC_X, Person, clinics, population
from deploy.local.demo.sources import BASES, FILES, SEGMENT, SOURCES
from deploy.local.demo.truth import Truth

SMALLEST = 400
ROWS_PER_STAFF = 1.32
"""Workplaces of a person, on average."""


def write_base(out: Path, seed: int, rows: int) -> dict[str, int]:
    """Write registry.xlsx, congress.csv, newsletter.csv, partner.xlsx, truth.json and sources.json; count their rows.

    Shares of the rows: registry 45 %, congress 15 %, newsletter 25 %, partner 15 %. Most people are in several files.
    """
    rows = max(rows, SMALLEST)
    out.mkdir(parents=True, exist_ok=True)
    dice = random.Random(seed)
    people = population(dice, int(rows * 0.6), clinics(dice))
    staff = people[: int(rows * 0.45 / ROWS_PER_STAFF)]
    others = people[len(staff) :]
    truth = Truth()
    counts = {
        "registry": files.write_registry(out / "registry.xlsx", dice, _shuffled(dice, staff), truth),
        "congress": files.write_congress(
            out / "congress.csv", dice, _mixed(dice, staff, others[: len(others) // 2], int(rows * 0.15), 0.7), truth
        ),
        "newsletter": files.write_newsletter(
            out / "newsletter.csv", dice, _subscribers(dice, staff, others, int(rows * 0.246)), truth
        ),
    }
    listed = _mixed(dice, staff, others, int(rows * 0.15), 0.45)
    received: set[tuple[str, str]] = set()
    for person in listed:
        # The list's own key is name and phone: of two namesakes at one reception it would make one person.
        if dice.random() < 0.08 and (named := (person.family, person.given)) not in received:
            received.add(named)
            person.tags.add("reception")
    counts["partner"] = files.write_partner(out / "partner.xlsx", dice, listed, truth)
    _write(out / "sources.json", {"bases": BASES, "sources": SOURCES, "files": FILES, "segment": SEGMENT})
    _write(
        out / "truth.json",
        {"seed": seed, "rows": truth.rows(), "refused": truth.refused, "pairs": list(truth.pairs()),
         "segment": _segment(staff)},
    )  # fmt: skip
    return counts


def _shuffled(dice: random.Random, people: list[Person]) -> list[Person]:
    return dice.sample(people, len(people))


def _mixed(dice: random.Random, staff: list[Person], others: list[Person], size: int, share: float) -> list[Person]:
    """Draw people, a share of them from the staff; nobody twice."""
    known = dice.sample(staff, min(int(size * share), len(staff)))
    return _shuffled(dice, known + dice.sample(others, min(size - len(known), len(others))))


def _subscribers(dice: random.Random, staff: list[Person], others: list[Person], size: int) -> list[Person]:
    """Draw subscribers: two of three paediatricians of the segment's clinic, then anybody; an address only once."""
    wanted = [person for person in staff if _in_segment_clinic(person) and dice.random() < 0.66]
    taken = {person.id for person in wanted}
    rest = _mixed(dice, [each for each in staff if each.id not in taken], others, size - len(wanted), 0.7)
    seen: set[str] = set()
    chosen = []
    for person in _shuffled(dice, wanted + rest):
        # A first name is all that a subscription says: with a re-used address nobody could know whose it is.
        if person.email not in seen and not person.email_shared:
            seen.add(person.email)
            chosen.append(person)
    return chosen


def _in_segment_clinic(person: Person) -> bool:
    return any(place.clinic.name == CLINIC_X and place.specialty == "paediatrics" for place in person.workplaces)


def _segment(staff: list[Person]) -> list[str]:
    return sorted(
        person.id
        for person in staff
        if _in_segment_clinic(person) and "subscribed" in person.tags and "opted-out" not in person.tags
    )


def _write(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
