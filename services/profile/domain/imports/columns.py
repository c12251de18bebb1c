"""Which column means what: given, remembered, told by the header, or seen in the content.

Promise: an explicit choice is never overruled; a target is taken once, except contact points; what cannot be told is
left empty, never guessed at random.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from services.profile.domain.dictionaries import Dictionary
from services.profile.domain.imports.errors import ColumnUnknown, TargetTwice, TargetUnknown
from services.profile.domain.imports.targets import REPEATABLE, Target
from services.profile.domain.normal.dates import read_day
from services.profile.domain.normal.emails import addresses, is_plain_address
from services.profile.domain.normal.names import read_name
from services.profile.domain.normal.phones import dialled_numbers
from services.profile.domain.normal.text import edit_distance, folded, is_nothing

Origin = Literal["given", "remembered", "header", "content", ""]
ENOUGH_ALIKE = 0.7
"""Share of a column's filled sample cells that must look alike to tell its meaning without a header."""
MOST_COLUMNS = 200


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file: its place from 0, its header, and what it is taken as ("" = not taken)."""

    place: int
    header: str
    target: str = ""
    origin: Origin = ""


def distinct_headers(headers: Sequence[str]) -> list[str]:
    """Name every column once: an empty header by its letter, a repeated one with its place among its equals."""
    seen: dict[str, int] = {}
    named = []
    for place, header in enumerate(headers):
        name = header[:280] or f"[{column_letter(place)}]"
        seen[name] = seen.get(name, 0) + 1
        named.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return named


def column_letter(place: int) -> str:
    """Name a column as a spreadsheet does: 0 is A, 26 is AA."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What is known of columns before a file is seen.

    `given` and `remembered` are target by header: what the caller says, and what the source's last import had.
    """

    targets: Mapping[str, Target]
    dictionaries: Mapping[str, Dictionary]
    given: Mapping[str, str]
    remembered: Mapping[str, str]


def mapped(headers: Sequence[str], sample: Sequence[Sequence[str]], known: Knowledge) -> list[Column]:
    """Map columns to targets: given first, then remembered, then by header, then by content.

    Raises what `check_given` raises.
    """
    targets, given, remembered = known.targets, known.given, known.remembered
    check_given(headers, targets, given)
    taken: set[str] = set()
    columns = [Column(place, header) for place, header in enumerate(headers)]

    def settle(origin: Origin, choose: Callable[[Column], str | None]) -> None:
        for at, column in enumerate(columns):
            if column.origin:
                continue
            target = choose(column)
            if target is None or (target and target in taken and target not in REPEATABLE):
                continue
            columns[at] = Column(column.place, column.header, target, origin)
            if target:
                taken.add(target)

    settle("given", lambda column: given.get(column.header))
    settle("remembered", lambda column: remembered.get(column.header))
    settle("header", lambda column: target_of_header(column.header, targets))
    has_workplace = "organisation" in taken
    settle("content", lambda column: _by_content(column, sample, known.dictionaries, taken, has_workplace))
    return [_at_workplace(column, has_workplace, taken) for column in columns]


def check_given(headers: Sequence[str], targets: Mapping[str, Target], given: Mapping[str, str]) -> None:
    """Refuse a given mapping that names what is not there.

    Raises:
        ColumnUnknown: the file has no such column.
        TargetUnknown: the catalogue has no such attribute.
        TargetTwice: two columns are given one meaning that may be had once.
    """
    known = set(headers)
    taken: set[str] = set()
    for header, target in given.items():
        if header not in known:
            raise ColumnUnknown(header)
        if target and target not in targets:
            raise TargetUnknown(header, target)
        if target in taken and target not in REPEATABLE:
            raise TargetTwice(header, target)
        if target:
            taken.add(target)


def target_of_header(header: str, targets: Mapping[str, Target]) -> str | None:
    """Say what a header names; of "group / column" the column speaks, within its group."""
    group, _, own = header.rpartition(" / ")
    name = folded(own.rpartition(" (")[0] if own.endswith(")") and own[-2:-1].isdigit() else own)
    found = _named(folded(f"{group} {own}"), targets) if group else None
    found = found or _named(name, targets)
    if found is None and group and not name:
        found = _named(folded(group), targets)
    if group and found in {"city", "region"} and _named(folded(group), targets) == "organisation":
        return f"workplace_{found}"
    return found


def header_likeness(cells: Iterable[str], targets: Mapping[str, Target], *, misspelt: bool) -> int:
    """Count the cells of a row that read like headers; the header row has the most.

    With `misspelt` near spellings count too: dearer, and rows of people have more of them by chance.
    """
    if misspelt:
        return sum(1 for cell in cells if cell and target_of_header(cell, targets) is not None)
    known = {header for target in targets.values() for header in target.headers}
    return sum(1 for cell in cells if cell and folded(cell) in known)


def _named(name: str, targets: Mapping[str, Target]) -> str | None:
    if not name:
        return None
    for target in targets.values():
        if name in target.headers:
            return target.key
    if len(name) < 5:
        return None
    # A misspelt header is still one; two letters apart only where the word is long.
    allowed = 1 if len(name) < 9 else 2
    near = [
        target.key
        for target in targets.values()
        if any(len(header) >= 5 and edit_distance(name, header, allowed) <= allowed for header in target.headers)
    ]
    return near[0] if len(set(near)) == 1 else None


def _by_content(
    column: Column,
    sample: Sequence[Sequence[str]],
    dictionaries: Mapping[str, Dictionary],
    taken: set[str],
    has_workplace: bool,
) -> str | None:
    cells = [row[column.place] for row in sample if column.place < len(row)]
    filled = [cell for cell in cells if not is_nothing(cell)]
    if len(filled) < 3:
        return None

    def share(says: Callable[[str], object]) -> float:
        return sum(1 for cell in filled if says(cell)) / len(filled)

    if share(lambda cell: any(is_plain_address(each) for each in addresses(cell))) >= ENOUGH_ALIKE:
        return "email"
    if share(_looks_phone) >= ENOUGH_ALIKE:
        return "phone"
    for target, dictionary in (("specialty", "specialties"), ("city", "cities"), ("position", "positions")):
        known = dictionaries.get(dictionary)
        if known and target not in taken and share(lambda cell, d=known: d.resolve(cell).code) >= ENOUGH_ALIKE:  # type: ignore[misc]  # mypy cannot infer a lambda's default
            return f"workplace_{target}" if target == "city" and has_workplace else target
    if not {"full_name", "family_name"} & taken and share(_looks_full_name) >= ENOUGH_ALIKE:
        return "full_name"
    return None


def _looks_phone(cell: str) -> bool:
    return any(len(number.digits) >= 10 for number in dialled_numbers(cell)) and read_day(cell, date.max) is None


def _looks_full_name(cell: str) -> bool:
    name = read_name(cell)
    return name is not None and bool(name.given)


def _at_workplace(column: Column, has_workplace: bool, taken: set[str]) -> Column:
    # "Город" beside a workplace is the workplace's, unless the file has a column of that meaning or somebody said so.
    if (
        has_workplace
        and column.origin in {"header", "content"}
        and column.target in {"city", "region"}
        and f"workplace_{column.target}" not in taken
    ):
        return Column(column.place, column.header, f"workplace_{column.target}", column.origin)
    return column
