"""Where the headers stand: below titles, under merged groups, above the rows.

Promise: the row that reads most like headers is taken, the topmost of equals; a merged group above it becomes part of
its columns' names ("Место работы / Город"). Without one such cell the first row with more than one cell is taken only
when its columns were named by the caller.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.profile.domain.imports.columns import MOST_COLUMNS, distinct_headers, header_likeness
from services.profile.domain.imports.errors import FileEmpty, NoHeaders, TooManyColumns
from services.profile.domain.imports.targets import Target
from services.profile.domain.normal.text import plain

SEARCHED = 30
"""Rows at the top of a file in which headers are looked for."""

Merge = tuple[tuple[int, int], tuple[int, int]]
"""Top left and bottom right cell of a merged range, (row, column) from 0."""


@dataclass(frozen=True, slots=True)
class Headers:
    """The row of the headers, from 0, and the columns' names."""

    row: int
    names: tuple[str, ...]


def find_headers(
    top: Sequence[Sequence[str]], merges: Sequence[Merge], targets: Mapping[str, Target], given: Mapping[str, str]
) -> Headers:
    """Find the headers in the first rows of a file.

    Raises:
        FileEmpty: there is nothing.
        NoHeaders: no row reads like headers.
        TooManyColumns: more columns than are taken.
    """
    if not any(any(row) for row in top):
        raise FileEmpty
    row = _best_row(top, targets, given, misspelt=False)
    if row is None:
        row = _best_row(top, targets, given, misspelt=True)
    if row is None:
        raise NoHeaders(rows=SEARCHED)
    names = [plain(cell) for cell in top[row]]
    while names and not names[-1]:
        names.pop()
    if len(names) > MOST_COLUMNS:
        raise TooManyColumns(columns=len(names), limit=MOST_COLUMNS)
    return Headers(row, tuple(distinct_headers(_with_groups(names, row, top, merges))))


def _best_row(
    top: Sequence[Sequence[str]], targets: Mapping[str, Target], given: Mapping[str, str], *, misspelt: bool
) -> int | None:
    def likeness(row: Sequence[str]) -> int:
        if sum(1 for cell in row if cell) > 4 * MOST_COLUMNS:
            return 1  # far too wide: it is refused for its columns, without a look at each
        named = sum(1 for cell in row if cell in given)
        return 2 * named + header_likeness([plain(cell)[:300] for cell in row], targets, misspelt=misspelt)

    best, at = max((likeness(row), -at) for at, row in enumerate(top[:SEARCHED]))
    return -at if best else None


def _with_groups(
    names: Sequence[str], row: int, top: Sequence[Sequence[str]], merges: Sequence[Merge]
) -> Sequence[str]:
    """Put the group above a column before its name; a title over the whole width is no group."""
    groups = [""] * len(names)
    for (first_row, first), (last_row, last) in merges:
        covers_all = first == 0 and last >= len(names) - 1
        if first_row < row <= last_row + 1 and last > first and not covers_all:
            title = plain(top[first_row][first]) if first < len(top[first_row]) else ""
            for place in range(first, min(last + 1, len(names))):
                groups[place] = title
        elif first_row < row <= last_row and first == last and first < len(names) and not names[first]:
            # A header merged downwards stands in its first row.
            names = [*names[:first], plain(top[first_row][first]), *names[first + 1 :]]
    return [f"{group} / {name}" if group and name else name or group for group, name in zip(groups, names, strict=True)]
