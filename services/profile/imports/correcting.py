"""Correcting rows in place, one or all the same: the new cells are judged as those of the file were.

Promise: while many rows are corrected the import is marked so, and nothing else is done to it; a page of rows is one
write. A worker that dies leaves the mark to the next one, which finds the rest.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from chassis.operations import Cancelled, Work
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
    await intake.rows.correct(found.id, [(row, corrected)])
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
        ImportNotReady: the import is being read or written, or other rows are being corrected.
        ColumnUnknown: the file has no such column.
    """
    found = await intake.known(command.import_id, command.workspace)
    place = _place(found, command.column)
    asked = intake.record_mark(found.id, (str(place), command.value, command.new_value))
    if found.correcting:
        running = await intake.operations.get(found.correcting, EVERYWHERE)
        if running["input"]["asked"] == asked:
            return running
    found.check_editable()
    # What cells hold is somebody's: it waits sealed under the import's own key.
    texts = await intake.rows.sealed(found.id, [command.value, command.new_value])
    given = {"column": place, "texts": texts, "asked": asked}
    return await intake.begin(CORRECT, found, command.actor, found.counts.rows, asked, given)


async def correct_rows(work: Work, intake: Intake) -> dict[str, Any]:
    """Correct every row that is not written and holds the text; a repeat after a crash finds the rest.

    Raises:
        ImportNotReady: a commit or another correction began before this one.
    """
    found = await _taken_up(work, intake)
    try:
        mended = await _correct_all(work, found, intake)
    except Cancelled:
        if (await intake.operations.get(work.id, None))["cancelling"]:
            await _let_go(found, intake)
        raise
    except Exception as error:
        if not work.waits(error):
            await _let_go(found, intake)
        raise
    await _let_go(found, intake)
    return {"import": found.id, "rows": mended}


async def _correct_all(work: Work, found: Import, intake: Intake) -> int:
    place = int(work.input["column"])
    before, after = await intake.rows.opened(found.id, work.input["texts"])
    judge = await _judge(found, intake)
    cells = {found.columns[place].header: after}

    def corrected(rows: Sequence[StagedRow]) -> list[tuple[StagedRow, StagedRow]]:
        return [(row, _judged(found, row, _texts(found, row, cells), judge, intake)) for row in rows]

    last, looked, mended = 0, 0, 0
    while rows := await intake.rows.page(found.id, RowFilter(), last, _PAGE):
        same = [row for row in rows if _holds(row, place, before) and not (row.done and not row.refusals)]
        if same:
            pairs = await asyncio.to_thread(corrected, same)
            if (await intake.known(found.id, EVERYWHERE)).correcting != work.id:
                raise Cancelled  # this worker was frozen, and the one that took the work over has ended it
            await intake.rows.correct(found.id, pairs)
        last, looked, mended = rows[-1].number, looked + len(rows), mended + len(same)
        intake.app.fault("rows-corrected")
        await work.report(looked, max(looked, found.counts.rows), "rows")
    return mended


def _holds(row: StagedRow, place: int, text: str) -> bool:
    return (row.cells[place] if place < len(row.cells) else "") == text


async def _taken_up(work: Work, intake: Intake) -> Import:
    """Mark the import as being corrected by this work; one that a worker marked before it died stays so."""
    found = await intake.known(work.subject, EVERYWHERE)
    if found.correcting == work.id:
        return found
    marked = found.being_corrected(work.id)
    await intake.imports.save(marked)
    return marked


async def _let_go(found: Import, intake: Intake) -> None:
    """Take the mark away and count the verdicts anew, which a single row's way of counting cannot."""
    present = await intake.known(found.id, EVERYWHERE)
    if present.correcting != found.correcting:
        return
    verdicts = await intake.rows.by_verdict(found.id)
    counts = {_COUNTED[verdict]: count for verdict, count in verdicts.items()}
    await intake.imports.save(present.corrected(replace(present.counts, **counts)))


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
