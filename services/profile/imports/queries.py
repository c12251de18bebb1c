"""Questions about imports: lists, rows, quality, and the files that one may take away."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from services.profile.domain.imports.cells import Verdict
from services.profile.domain.imports.columns import Column
from services.profile.domain.imports.errors import ColumnUnknown, ImportNotReady
from services.profile.domain.imports.life import Import, ImportState
from services.profile.domain.imports.targets import TEMPLATE_TARGETS
from services.profile.domain.normal.text import is_nothing
from services.profile.domain.record import PersonKind
from services.profile.imports.intake import Intake
from services.profile.imports.ports import RowFilter, RowState, StagedRow

_READABLE = {ImportState.READY, ImportState.COMMITTING, ImportState.COMMITTED, ImportState.CANCELLED}
_PAGE = 500
_LOOKED = 2000
"""Rows looked through at a time for what nothing was found in: some megabytes, two tenths of a second."""


@dataclass(frozen=True, slots=True)
class RowQuery:
    """Which rows of an import are asked for."""

    import_id: str
    verdict: Verdict | None
    action: str
    column: int = 0
    """The place of a column, from 1; 0: any."""
    cell: Verdict | None = None
    reason: str = ""
    invalid: bool = False
    empty: bool = False
    state: RowState | None = None

    @property
    def silent(self) -> bool:
        """Tell whether cells are asked for of which nothing was found, so that their rows have to be looked through."""
        return bool(self.column) and (self.empty or self.cell is Verdict.OK)

    def filter(self, columns: tuple[Column, ...]) -> RowFilter:
        """Return the filter of an import of these columns.

        Raises:
            ColumnUnknown: the file has no such column.
        """
        marks: list[tuple[str, ...]] = []
        place = ""
        if self.column:
            if self.column > len(columns):
                raise ColumnUnknown(str(self.column))
            place = str(self.column - 1)
            bad = [Verdict.WARNING, Verdict.REFUSED]
            verdicts = bad if self.invalid else [self.cell] if self.cell else [Verdict.CORRECTED, *bad]
            if not self.silent:
                marks.append(tuple(f"{place}={verdict:d}" for verdict in verdicts))
        if self.reason:
            marks.append((f"{place}:{self.reason}",))
        return RowFilter(self.verdict, self.action, tuple(marks), self.state)


async def rows_page(
    query: RowQuery, after: int, limit: int, workspace: str, intake: Intake
) -> tuple[Import, list[StagedRow], int]:
    """Give a page of rows in file order, and how many there are in all."""
    found = await intake.known(query.import_id, workspace)
    if found.state not in _READABLE:
        return found, [], 0
    wanted = query.filter(found.columns)
    if query.silent:
        return await _silent_page(found, query, wanted, after, limit, intake)
    rows = await intake.rows.page(found.id, wanted, after, limit)
    return found, rows, await intake.rows.count(found.id, wanted)


async def _silent_page(
    found: Import, query: RowQuery, wanted: RowFilter, after: int, limit: int, intake: Intake
) -> tuple[Import, list[StagedRow], int]:
    """Look through rows for empty cells, or fine ones; how many there are is what the reading counted."""
    place = query.column - 1
    rows: list[StagedRow] = []
    while len(rows) < limit and (page := await intake.rows.page(found.id, wanted, after, _LOOKED)):
        rows += [row for row in page if _is(row, place, empty=query.empty)]
        after = page[-1].number
    quality = found.quality[place]
    return found, rows[:limit], quality.empty if query.empty else quality.ok


def _is(row: StagedRow, place: int, *, empty: bool) -> bool:
    """Judge a cell as the quality report counts it: one with a finding is neither empty nor fine."""
    text = row.cells[place] if place < len(row.cells) else ""
    return (not text or is_nothing(text)) is empty and all(finding.place != place for finding in row.findings)


async def reasons_of(of: Import, intake: Intake) -> list[dict[str, int]]:
    """Count rows by column and reason, as they stand now."""
    counted = await intake.rows.by_mark(of.id)
    reasons: list[dict[str, int]] = [{} for _ in of.columns]
    for mark, rows in counted.items():
        place, colon, reason = mark.partition(":")
        if colon and place:
            reasons[int(place)][reason] = rows
    return reasons


async def refused_rows(import_id: str, workspace: str, intake: Intake) -> tuple[Import, AsyncIterator[StagedRow]]:
    """Give every row that was or would be refused, in file order.

    Raises:
        ImportNotReady: the file is still being read, or was refused as a whole.
    """
    found = await intake.known(import_id, workspace)
    if found.state not in _READABLE:
        raise ImportNotReady(found.id, found.state)

    async def rows() -> AsyncIterator[StagedRow]:
        after = 0
        while page := await intake.rows.page(found.id, RowFilter(action="refused"), after, _PAGE):
            for row in page:
                yield row
            after = page[-1].number

    return found, rows()


@dataclass(frozen=True, slots=True)
class TemplateColumn:
    """A column of an empty workbook: its title, and what may be chosen in it."""

    title: str
    choices: tuple[str, ...]
    required: bool


async def template_columns(kind: PersonKind, language: str, intake: Intake) -> list[TemplateColumn]:
    """Give the columns of an empty workbook for a kind of people, the catalogue's own attributes last."""
    dictionaries = await intake.dictionaries.all()
    targets = await intake.targets(kind)
    added = [target.key for target in await intake.added_targets(kind)]
    columns = []
    for key in (*TEMPLATE_TARGETS[kind], *added):
        target = targets[key]
        dictionary = dictionaries.get(target.dictionary or "")
        choices = tuple(sorted(term.name(language) for term in dictionary.terms.values())) if dictionary else ()
        title = target.title if language == "ru" or key in added else key.replace("_", " ").capitalize()
        columns.append(TemplateColumn(title, choices, key == "family_name"))
    return columns


def titles_of(columns: tuple[Column, ...]) -> list[str]:
    """Give the headers of an import's columns in order."""
    return [column.header for column in columns]
