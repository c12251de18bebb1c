"""How good a file was: counts by column and by row, and the people that stand in it more than once.

Promise: counts only, so that a report can be shown, kept and logged; counting is by row as it is judged.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from services.profile.domain.imports.cells import Verdict
from services.profile.domain.imports.columns import Column
from services.profile.domain.imports.rows import JudgedRow
from services.profile.domain.normal.text import is_nothing


@dataclass(slots=True)
class ColumnQuality:
    """Cells of one column: filled and fine, empty, taken in another form, not readable."""

    ok: int = 0
    empty: int = 0
    corrected: int = 0
    invalid: int = 0


@dataclass(slots=True)
class Tally:
    """Counts of one file while it is judged."""

    columns: tuple[Column, ...]
    by_column: list[ColumnQuality] = field(default_factory=list)
    by_verdict: dict[Verdict, int] = field(default_factory=lambda: dict.fromkeys(Verdict, 0))
    duplicates: int = 0
    _keys: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        if not self.by_column:
            self.by_column = [ColumnQuality() for _ in self.columns]

    @property
    def rows(self) -> int:
        """Rows judged so far."""
        return sum(self.by_verdict.values())

    def count(self, cells: Sequence[str], row: JudgedRow) -> None:
        """Count one judged row."""
        self.by_verdict[row.verdict] += 1
        if row.key:
            # 64 bits tell a million keys apart with one error in thirty million files.
            mark = hash(row.key)
            if mark in self._keys:
                self.duplicates += 1
            else:
                self._keys.add(mark)
        by_column, width = self.by_column, len(cells)
        for place, quality in enumerate(by_column):
            cell = cells[place] if place < width else ""
            if not cell or is_nothing(cell):
                quality.empty += 1
            else:
                quality.ok += 1
        for finding in row.findings:
            quality = by_column[finding.place]
            if finding.place < width and not is_nothing(cells[finding.place]):
                quality.ok -= 1
            else:
                quality.empty -= 1
            if finding.verdict is Verdict.CORRECTED:
                quality.corrected += 1
            else:
                quality.invalid += 1
