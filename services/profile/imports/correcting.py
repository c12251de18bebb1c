"""Correcting rows in place, one or all the same: the new cells are judged as those of the file were."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from chassis.kernel import derived_id
from chassis.operations import Cancelled, Work, operation_id
from services.profile.domain.imports.cells import Verdict
from services.profile.domain.imports.errors import ColumnUnknown, RowCommitted, RowUnknown
from services.profile.domain.imports.judging import make_judge
from services.profile.domain.imports.life import Counts, Import
from services.profile.domain.imports.rows import Judge
from services.profile.domain.sources import EVERYWHERE
from services.profile.imports.intake import Intake
from services.profile.imports.ports import RowFilter, StagedRow

_COUNTED = {Verdict.OK: "ok", Verdict.CORRECTED: "corrected", Verdict.WARNING: "warned", Verdict.REFUSED: "refused"}


@dataclass(frozen=True, slots=True)
class CorrectRow:
    """Give cells of a row new text, by their columns' headers."""

    import_id: str
    row: int
    cells: Mapping[str, str]
    workspace: str


async def correct_row(command: CorrectRow, intake: Intake) -> tuple[Import, StagedRow]:
    """Correct a row and judge it again; a row that is written already is corrected on the card instead.

    Raises:
        ImportNotReady: the import is being read or written.
        RowUnknown: there is no such row.
        RowCommitted: it is written already.
        ColumnUnknown: the file has no such column.
        EtagStale: somebody else changed the import at the same moment.
    """
    found = await intake.known(command.import_id, command.workspace)
    found.check_editable()
    row = await intake.rows.get(found.id, command.row)
    if row is None:
        raise RowUnknown(found.id, command.row)
    if row.done and not row.refusals:
        raise RowCommitted(found.id, command.row)
    corrected = _judged(found, row, _texts(found, row, command.cells), await _judge(found, intake), intake)
    changed = replace(
        found,
        version=found.version + 1,
        corrections=found.corrections + 1,
        counts=_recounted(found.counts, row.verdict, corrected.verdict),
        dry_run=None,
    )
    # The import first: a commit that began meanwhile makes this fail, and one that begins later sees the new row.
    await intake.imports.save(changed)
    await intake.rows.correct(found.id, corrected, row.record)
    return changed, corrected


CORRECT = "import-correct"
_PAGE = 1000
"""Rows looked through at a time: some megabytes, a tenth of a second."""


@dataclass(frozen=True, slots=True)
class CorrectRows:
    """Give one column another text wherever it holds a certain one."""

    import_id: str
    column: str
    value: str
    new_value: str
    workspace: str
    actor: str


async def begin_correcting(command: CorrectRows, intake: Intake) -> dict[str, Any]:
    """Begin to correct all the rows that hold a text; the same again while nothing changed is the same operation.

    Raises:
        ImportNotReady: the import is being read or written.
        ColumnUnknown: the file has no such column.
    """
    found = await intake.known(command.import_id, command.workspace)
    found.check_editable()
    place = _place(found, command.column)
    asked = intake.record_mark(found.id, (str(place), command.value, command.new_value))
    return await intake.operations.begin(
        CORRECT,
        subject=found.id,
        workspace=found.base,
        principal=command.actor,
        # What cells hold is somebody's: it waits sealed under the import's own key.
        given={"column": place, "texts": await intake.rows.sealed(found.id, [command.value, command.new_value])},
        operation=operation_id("profile", derived_id(CORRECT, found.id, str(found.version), asked)),
        total=found.counts.rows,
        unit="rows",
    )


async def correct_rows(work: Work, intake: Intake) -> dict[str, Any]:
    """Correct every row that is not written and holds the text; a repeat after a crash finds the rest.

    Raises:
        ImportNotReady: a commit began meanwhile; what was corrected before it stays.
    """
    found = await intake.known(work.subject, EVERYWHERE)
    found.check_editable()
    place = int(work.input["column"])
    before, after = await intake.rows.opened(found.id, work.input["texts"])
    judge = await _judge(found, intake)
    header = found.columns[place].header
    last, looked, mended = 0, 0, 0
    try:
        while rows := await intake.rows.page(found.id, RowFilter(), last, _PAGE):
            same = [row for row in rows if _holds(row, place, before) and not (row.done and not row.refusals)]
            if same:
                found = await _fenced(found, intake)
                for row in same:
                    corrected = _judged(found, row, _texts(found, row, {header: after}), judge, intake)
                    await intake.rows.correct(found.id, corrected, row.record)
            last, looked, mended = rows[-1].number, looked + len(rows), mended + len(same)
            await work.report(looked, max(looked, found.counts.rows), "rows")
    except Cancelled:
        await _recount(found, intake)
        raise
    await _recount(found, intake)
    return {"import": found.id, "rows": mended}


def _holds(row: StagedRow, place: int, text: str) -> bool:
    return (row.cells[place] if place < len(row.cells) else "") == text


async def _fenced(found: Import, intake: Intake) -> Import:
    """Change the import before its rows: a commit that began meanwhile makes this fail, a later one sees the rows."""
    present = await intake.known(found.id, EVERYWHERE)
    present.check_editable()
    changed = replace(present, version=present.version + 1, corrections=present.corrections + 1, dry_run=None)
    await intake.imports.save(changed)
    return changed


async def _recount(found: Import, intake: Intake) -> None:
    """Count the verdicts anew, so that a crash in the middle leaves no wrong number behind."""
    present = await intake.known(found.id, EVERYWHERE)
    verdicts = await intake.rows.by_verdict(found.id)
    counts = replace(present.counts, **{_COUNTED[verdict]: count for verdict, count in verdicts.items()})
    if counts != present.counts:
        await intake.imports.save(replace(present, version=present.version + 1, counts=counts))


def _place(of: Import, header: str) -> int:
    place = next((column.place for column in of.columns if column.header == header), None)
    if place is None:
        raise ColumnUnknown(header)
    return place


def _texts(of: Import, row: StagedRow, cells: Mapping[str, str]) -> tuple[str, ...]:
    places = {column.header: column.place for column in of.columns}
    texts = list(row.cells) + [""] * (len(of.columns) - len(row.cells))
    for header, text in cells.items():
        if header not in places:
            raise ColumnUnknown(header)
        texts[places[header]] = text
    return tuple(texts)


async def _judge(of: Import, intake: Intake) -> Judge:
    source = await intake.source(of.source, EVERYWHERE)
    reader = intake.reader(await intake.dictionaries.all(), source)
    return make_judge(of.columns, await intake.targets(of.kind), reader, source.key_columns)


def _judged(of: Import, row: StagedRow, texts: Sequence[str], judge: Judge, intake: Intake) -> StagedRow:
    judged = judge.judge(texts)
    return replace(
        row,
        verdict=judged.verdict,
        record=intake.record_mark(of.source, judged.key) if judged.key else "",
        cells=tuple(texts),
        findings=judged.findings,
        reasons=judged.reasons,
        values=judged.values,
        action="",
        refusals=(),
        done=False,
        version=row.version + 1,
    )


def _recounted(counts: Counts, before: Verdict, after: Verdict) -> Counts:
    if before is after:
        return counts
    lowered = {_COUNTED[before]: getattr(counts, _COUNTED[before]) - 1}
    return replace(counts, **lowered, **{_COUNTED[after]: getattr(counts, _COUNTED[after]) + 1})
