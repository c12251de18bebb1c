"""Questions about imports: lists, rows, quality, and the files that one may take away."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from services.profile.domain.imports.cells import Verdict
from services.profile.domain.imports.columns import Column
from services.profile.domain.imports.errors import ColumnUnknown, ImportNotReady
from services.profile.domain.imports.life import Import, ImportState
from services.profile.domain.imports.targets import TEMPLATE_TARGETS
from services.profile.domain.record import PersonKind
from services.profile.imports.intake import Intake
from services.profile.imports.ports import RowFilter, StagedRow

_READABLE = {ImportState.READY, ImportState.COMMITTING, ImportState.COMMITTED, ImportState.CANCELLED}
_PAGE = 500


@dataclass(frozen=True, slots=True)
class RowQuery:
    """Which rows of an import are asked for."""

    import_id: str
    verdict: Verdict | None
    action: str
    column: str = ""
    cell: Verdict | None = None
    reason: str = ""

    def filter(self, columns: tuple[Column, ...]) -> RowFilter:
        """Return the filter of an import of these columns.

        Raises:
            ColumnUnknown: the file has no such column.
        """
        marks: list[tuple[str, ...]] = []
        place = ""
        if self.column:
            place = next((str(each.place) for each in columns if each.header == self.column), "")
            if not place:
                raise ColumnUnknown(self.column)
            verdicts = [self.cell] if self.cell else [Verdict.CORRECTED, Verdict.WARNING, Verdict.REFUSED]
            marks.append(tuple(f"{place}={verdict:d}" for verdict in verdicts))
        if self.reason:
            marks.append((f"{place}:{self.reason}",))
        return RowFilter(self.verdict, self.action, tuple(marks))


async def rows_page(
    query: RowQuery, after: int, limit: int, workspace: str, intake: Intake
) -> tuple[Import, list[StagedRow], int]:
    """Give a page of rows in file order, and how many there are in all."""
    found = await intake.known(query.import_id, workspace)
    if found.state not in _READABLE:
        return found, [], 0
    wanted = query.filter(found.columns)
    rows = await intake.rows.page(found.id, wanted, after, limit)
    return found, rows, await intake.rows.count(found.id, wanted)


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
