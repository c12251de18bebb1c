"""A whole file, from its first row to its last verdict.

Promise: rows stream through; only the top of the file is looked at twice, to find the headers and to see what columns
hold. Empty rows are no rows, wherever they stand.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from services.profile.domain.imports.cells import Reader
from services.profile.domain.imports.columns import MOST_COLUMNS, Column, Knowledge, mapped
from services.profile.domain.imports.errors import FileEmpty
from services.profile.domain.imports.headers import SEARCHED, Merge, find_headers
from services.profile.domain.imports.quality import Tally
from services.profile.domain.imports.rows import Judge, JudgedRow
from services.profile.domain.imports.targets import Target

_LOOKED_AT = SEARCHED + 200
Numbered = tuple[int, list[str]]


@dataclass(slots=True)
class Judging:
    """A file being judged: its columns are known, its rows come."""

    columns: tuple[Column, ...]
    tally: Tally
    _judge: Judge
    _rows: Iterator[Numbered]

    def rows(self) -> Iterator[tuple[int, list[str], JudgedRow]]:
        """Give every row that is not empty: its number, its cells, its verdict.

        Cells beyond the header stay in the row up to as many as a file may have columns, to be told and given back.
        """
        width = len(self.columns)
        judge, count = self._judge.judge, self.tally.count
        for number, cells in self._rows:
            if not any(cells):
                continue
            row = judge(cells)
            count(cells, row)
            yield number, _without_tail(cells, width), row


def _without_tail(cells: list[str], width: int) -> list[str]:
    if len(cells) <= width:
        return cells
    end = min(len(cells), width + MOST_COLUMNS)
    while end > width and not cells[end - 1]:
        end -= 1
    return cells[:end]


def begin_judging(
    rows: Iterable[Numbered],
    merges: Sequence[Merge],
    known: Knowledge,
    reader: Reader,
    key_columns: tuple[str, ...],
) -> Judging:
    """Find the headers, map the columns, and stand before the first row.

    Raises:
        FileRefused: a subclass says why the file as a whole cannot be taken.
        Problem: the given mapping does not fit the file (`check_given`).
    """
    source = iter(rows)
    top = list(islice(source, _LOOKED_AT))
    headers = find_headers([cells for _, cells in top], merges, known.targets, known.given)
    body = top[headers.row + 1 :]
    sample = [cells for _, cells in body if any(cells)][:200]
    if not sample:
        raise FileEmpty
    columns = tuple(mapped(headers.names, sample, known))
    judge = make_judge(columns, known.targets, reader, key_columns)
    return Judging(columns, Tally(columns), judge, chain(body, source))


def make_judge(
    columns: Sequence[Column], targets: Mapping[str, Target], reader: Reader, key_columns: tuple[str, ...]
) -> Judge:
    """Make what judges rows of these columns."""
    taken = tuple((column, targets[column.target]) for column in columns if column.target in targets)
    return Judge(reader, len(columns), taken, key_columns)
