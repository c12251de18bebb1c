"""The demo base, imported: one profile per person where a linking fact exists, whatever the order of the files."""

import json
import secrets
from collections import defaultdict
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from deploy.local.demo.base import write_base
from services.profile.domain.imports.life import ImportState
from services.profile.domain.sources import ConsentTerms, Source
from tests.integration.profile.conftest import Ground
from tests.integration.profile.intake_ground import Desk, working

ROWS = 900
FIXED, DRAWN = 20250901, secrets.randbelow(1_000_000)


def source_of(given: dict[str, Any]) -> Source:
    consent = given.get("consent")
    return Source(
        given["key"],
        given["base"],
        given["kind"],
        given["title"],
        frozenset(given["confirms"]),
        given["priority"],
        tuple(given["key_columns"]),
        given["external_id_kind"] or None,
        given["country"],
        ConsentTerms(**consent) if consent else None,
    )


async def people_of(desk: Desk, base: Path, order: list[str]) -> dict[tuple[str, int], str]:
    """Import the files in an order, and give the person of every row that was taken."""
    files = {each["source"]: each["file"] for each in json.loads((base / "sources.json").read_text())["files"]}
    found: dict[tuple[str, int], str] = {}
    for source in order:
        one = await desk.read((base / files[source]).read_bytes(), files[source], source)
        assert one.state is ImportState.READY, one.error
        document = await desk.commit(one)
        assert document["error"] is None, document["error"]
        for row in await desk.rows(one):
            if row.profile:
                found[source, row.number] = row.profile
    loaded = (await desk.intake.app.views.load(set(found.values()))).people
    return {place: loaded.root(profile) for place, profile in found.items()}


@pytest.mark.parametrize(
    ("seed", "order"),
    [
        (FIXED, ["registry", "congress", "newsletter", "partner"]),
        (FIXED, ["partner", "newsletter", "congress", "registry"]),
        (DRAWN, ["congress", "partner", "registry", "newsletter"]),
    ],
    ids=["as-told", "backwards", f"seed-{DRAWN}"],
)
async def test_people_are_found_again_in_every_file(
    ground: Ground, tmp_path: Path, seed: int, order: list[str]
) -> None:
    write_base(tmp_path, seed, ROWS)
    truth = json.loads((tmp_path / "truth.json").read_text())
    for given in json.loads((tmp_path / "sources.json").read_text())["sources"]:
        key = given["key"]
        # The ground has sources of these names with other properties.
        await ground.engines.database["sources"].delete_many({"_id": key})
        await ground.app.settings.add_source(source_of(given))
    async with working(ground) as desk:
        profiles = await people_of(desk, tmp_path, order)

    person = {(source, int(row)): one for source, rows in truth["rows"].items() for row, one in rows.items()}
    assert set(person) == set(profiles), "every good row is taken and every bad one is refused"
    pairs = [((one[0], one[1]), (other[0], other[1])) for one, other, _ in truth["pairs"]]
    recalled = sum(1 for one, other in pairs if profiles[one] == profiles[other])
    assert recalled / len(pairs) >= 0.95, f"seed {seed}: recall {recalled / len(pairs):.4f}"
    groups: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for place, profile in profiles.items():
        groups[profile].append(place)
    wrong = [
        (one, other)
        for places in groups.values()
        for one, other in combinations(places, 2)
        if person[one] != person[other]
    ]
    assert wrong == [], f"seed {seed}"
