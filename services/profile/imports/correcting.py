"""Correcting one row in place: the new cells are judged as those of the file were."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from services.profile.domain.imports.cells import Verdict
from services.profile.domain.imports.errors import ColumnUnknown, RowCommitted, RowUnknown
from services.profile.domain.imports.judging import make_judge
from services.profile.domain.imports.life import Counts, Import
from services.profile.domain.sources import EVERYWHERE
from services.profile.imports.intake import Intake
from services.profile.imports.ports import StagedRow

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
    corrected = await _judged(found, row, _texts(found, row, command.cells), intake)
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


def _texts(of: Import, row: StagedRow, cells: Mapping[str, str]) -> tuple[str, ...]:
    places = {column.header: column.place for column in of.columns}
    texts = list(row.cells) + [""] * (len(of.columns) - len(row.cells))
    for header, text in cells.items():
        if header not in places:
            raise ColumnUnknown(header)
        texts[places[header]] = text
    return tuple(texts)


async def _judged(of: Import, row: StagedRow, texts: tuple[str, ...], intake: Intake) -> StagedRow:
    source = await intake.source(of.source, EVERYWHERE)
    reader = intake.reader(await intake.dictionaries.all(), source)
    judged = make_judge(of.columns, await intake.targets(of.kind), reader, source.key_columns).judge(texts)
    return replace(
        row,
        verdict=judged.verdict,
        record=intake.record_mark(of.source, judged.key) if judged.key else "",
        cells=texts,
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
