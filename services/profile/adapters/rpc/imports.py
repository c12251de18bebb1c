"""Imports over gRPC: proto to command or query, and back. No rules."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from datetime import datetime
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp

from chassis.grpc import principal_of
from chassis.kernel import Etag
from chassis.operations_rpc import operation_to
from chassis.paging import Pages, page_size
from gen.consilium.operations.v1 import operations_pb2
from gen.consilium.profile.v1 import imports_pb2 as pb
from gen.consilium.profile.v1 import imports_pb2_grpc as pb_grpc
from services.profile.adapters.sheets.writing import csv_lines, template_of, workbook_of
from services.profile.domain.imports.cells import Verdict
from services.profile.domain.imports.life import Counts, Import, ImportState
from services.profile.domain.record import PersonKind
from services.profile.imports import queries
from services.profile.imports.correcting import CorrectRow, CorrectRows, begin_correcting, correct_row
from services.profile.imports.intake import Intake
from services.profile.imports.ports import RowState, StagedRow
from services.profile.imports.reading import BeginImport, RemapImport, begin_import, cancel_import, remap_import
from services.profile.imports.writing import begin_commit, begin_dry_run

CHUNK = 64 << 10
MOST_ROWS_OF_A_WORKBOOK = 100_000
"""Rows of an error file as XLSX, which is made in memory; as CSV it has no limit."""
_LINES = 500
_KINDS: dict[str, PersonKind | None] = {"": None, "hcp": "hcp", "patient": "patient", "contact": "contact"}
_STATES = {
    ImportState.READING: pb.IMPORT_STATE_READING,
    ImportState.READY: pb.IMPORT_STATE_READY,
    ImportState.COMMITTING: pb.IMPORT_STATE_COMMITTING,
    ImportState.COMMITTED: pb.IMPORT_STATE_COMMITTED,
    ImportState.FAILED: pb.IMPORT_STATE_FAILED,
    ImportState.CANCELLED: pb.IMPORT_STATE_CANCELLED,
}


class ImportsServicer(pb_grpc.ImportsServicer):
    """The Imports service."""

    def __init__(self, intake: Intake, pages: Pages) -> None:
        self._intake, self._pages = intake, pages

    async def CreateImport(self, request: pb.CreateImportRequest, context: Any) -> pb.CreateImportResponse:
        """Begin an import."""
        principal = principal_of(context)
        command = BeginImport(
            object=request.object,
            file_name=request.file_name,
            source=request.source,
            kind=_KINDS[request.kind],
            given={each.column: each.target for each in request.mapping},
            workspace=principal.workspace,
            actor=principal.id,
            request=request.request_id,
            content=request.content_sha256,
        )
        begun = await begin_import(command, self._intake)
        operation = await self._intake.operations.get(begun.operation, None)
        return pb.CreateImportResponse(**{"import": import_to(begun)}, operation=operation_to(operation))

    async def GetImport(self, request: pb.GetImportRequest, context: Any) -> pb.Import:
        """Get an import."""
        return import_to(await self._intake.known(request.id, principal_of(context).workspace))

    async def ListImports(self, request: pb.ListImportsRequest, context: Any) -> pb.ListImportsResponse:
        """List imports, newest first."""
        workspace = principal_of(context).workspace
        states = [state for state, number in _STATES.items() if number in request.states]
        query = {"list": "imports", "workspace": workspace, "states": sorted(states), "source": request.source}
        size = page_size(request.page_size)
        place = self._pages.position(query, request.page_token)
        after = None if place is None else (datetime.fromisoformat(place[0]), place[1])
        found = await self._intake.imports.page(workspace, after, size + 1, states, request.source)
        last = found[size - 1] if len(found) > size else None
        return pb.ListImportsResponse(
            imports=[import_to(each) for each in found[:size]],
            next_page_token=self._pages.token(query, last and [last.created_at.isoformat(), last.id]),
            total=await self._intake.imports.count(workspace, states, request.source),
        )

    async def ListRows(self, request: pb.ListRowsRequest, context: Any) -> pb.ListRowsResponse:
        """List staged rows in file order."""
        workspace = principal_of(context).workspace
        asked = queries.RowQuery(
            import_id=getattr(request, "import"),
            verdict=Verdict(request.verdict) if request.verdict else None,
            action=request.action,
            column=request.column,
            cell=Verdict(request.cell) if request.cell else None,
            reason=request.reason,
            invalid=request.invalid,
            empty=request.empty,
            state=RowState(request.state) if request.state else None,
        )
        query = {
            "list": "rows", "import": asked.import_id, "verdict": request.verdict, "action": request.action,
            "column": request.column, "cell": request.cell, "reason": request.reason,
            "invalid": request.invalid, "empty": request.empty, "state": request.state, "from": request.from_row,
        }  # fmt: skip
        size = page_size(request.page_size)
        after = self._pages.position(query, request.page_token) or max(request.from_row - 1, 0)
        found, rows, total = await queries.rows_page(asked, after, size + 1, workspace, self._intake)
        return pb.ListRowsResponse(
            rows=[row_to(found, row) for row in rows[:size]],
            next_page_token=self._pages.token(query, rows[size - 1].number if len(rows) > size else None),
            total=total,
        )

    async def UpdateRow(self, request: pb.UpdateRowRequest, context: Any) -> pb.Row:
        """Correct a row."""
        command = CorrectRow(
            import_id=getattr(request, "import"),
            row=request.row,
            cells={cell.column: cell.value for cell in request.cells},
            workspace=principal_of(context).workspace,
        )
        return row_to(*await correct_row(command, self._intake))

    async def CorrectRows(self, request: pb.CorrectRowsRequest, context: Any) -> operations_pb2.Operation:
        """Begin to correct all the same."""
        principal = principal_of(context)
        command = CorrectRows(
            import_id=getattr(request, "import"),
            column=request.column,
            value=request.value,
            new_value=request.new_value,
            workspace=principal.workspace,
            actor=principal.id,
        )
        return operation_to(await begin_correcting(command, self._intake))

    async def RemapImport(self, request: pb.RemapImportRequest, context: Any) -> pb.RemapImportResponse:
        """Begin to read the file again."""
        principal = principal_of(context)
        command = RemapImport(
            import_id=getattr(request, "import"),
            given={each.column: each.target for each in request.mapping},
            workspace=principal.workspace,
            actor=principal.id,
            expected=Etag.parse(request.etag),
        )
        remapped = await remap_import(command, self._intake)
        operation = await self._intake.operations.get(remapped.operation, None)
        return pb.RemapImportResponse(**{"import": import_to(remapped)}, operation=operation_to(operation))

    async def CancelImport(self, request: pb.CancelImportRequest, context: Any) -> pb.Import:
        """Stop it, or drop it."""
        return import_to(await cancel_import(request.id, principal_of(context).workspace, self._intake))

    async def DryRunImport(self, request: pb.DryRunImportRequest, context: Any) -> operations_pb2.Operation:
        """Begin a dry run."""
        principal = principal_of(context)
        return operation_to(await begin_dry_run(request.id, principal.workspace, principal.id, self._intake))

    async def CommitImport(self, request: pb.CommitImportRequest, context: Any) -> operations_pb2.Operation:
        """Begin a commit."""
        principal, etag = principal_of(context), Etag.parse(request.etag)
        return operation_to(await begin_commit(request.id, etag, principal.workspace, principal.id, self._intake))

    async def GetErrorFile(self, request: pb.GetErrorFileRequest, context: Any) -> AsyncIterator[pb.FileChunk]:
        """Stream the refused rows with their reasons."""
        found, rows = await queries.refused_rows(request.id, principal_of(context).workspace, self._intake)
        header = ["Строка", "Причины", *queries.titles_of(found.columns)]
        if request.format == "xlsx":
            lines = [line async for line in _lines(found, rows, MOST_ROWS_OF_A_WORKBOOK)]
            for chunk in _chunks(await asyncio.to_thread(workbook_of, header, lines)):
                yield chunk
            return
        held, first = [header], True
        async for line in _lines(found, rows, None):
            held.append(line)
            if len(held) >= _LINES:
                for chunk in _chunks(csv_lines(held, first=first)):
                    yield chunk
                held, first = [], False
        for chunk in _chunks(csv_lines(held, first=first)):
            yield chunk

    async def GetImportTemplate(
        self, request: pb.GetImportTemplateRequest, context: Any
    ) -> AsyncIterator[pb.FileChunk]:
        """Stream an empty workbook with drop-downs."""
        del context
        kind = _KINDS[request.kind] or "hcp"
        columns = await queries.template_columns(kind, request.language or "ru", self._intake)
        for chunk in _chunks(await asyncio.to_thread(template_of, columns)):
            yield chunk

    async def GetQualityReport(self, request: pb.GetQualityReportRequest, context: Any) -> pb.QualityReport:
        """Tell how good the file was."""
        found = await self._intake.known(request.id, principal_of(context).workspace)
        columns = [
            pb.ColumnQuality(
                column=column.header,
                target=column.target,
                ok=quality.ok,
                empty=quality.empty,
                corrected=quality.corrected,
                invalid=quality.invalid,
                reasons=reasons,
            )
            for column, quality, reasons in zip(
                found.columns, found.quality, await queries.reasons_of(found, self._intake), strict=True
            )
        ]
        joined = found.counts.merged or (found.dry_run.merged if found.dry_run else 0)
        return pb.QualityReport(
            **{"import": found.id},
            counts=counts_to(found.counts),
            columns=columns,
            duplicate_rows=found.duplicates,
            joined_rows=joined,
        )


async def _lines(of: Import, rows: AsyncIterator[StagedRow], at_most: int | None) -> AsyncIterator[list[str]]:
    count = 0
    async for row in rows:
        if count == at_most:
            yield ["…", "MORE_ROWS_IN_CSV"]
            return
        count += 1
        reasons = [
            f"{of.columns[finding.place].header}: {finding.reason}"
            for finding in row.findings
            if finding.verdict >= Verdict.WARNING and finding.place < len(of.columns)
        ]
        yield [str(row.number), "; ".join([*row.reasons, *row.refusals, *reasons]), *row.cells]


def _chunks(content: bytes) -> Iterable[pb.FileChunk]:
    for at in range(0, len(content), CHUNK):
        yield pb.FileChunk(data=content[at : at + CHUNK])


def import_to(of: Import) -> pb.Import:
    """Give an import as it travels."""
    message = pb.Import(
        id=of.id,
        source=of.source,
        base=of.base,
        kind=of.kind,
        state=_STATES[of.state],
        mapping=[
            pb.ColumnMapping(column=column.header, target=column.target, origin=column.origin) for column in of.columns
        ],
        counts=counts_to(of.counts),
        error=of.error,
        operation=of.operation,
        create_time=_time(of.created_at),
        expire_time=_time(of.expires_at),
        etag=str(Etag(of.corrections + 1, 0, of.id)),
        same_as=of.same_as,
        principal=of.created_by,
        notes=of.notes,
    )
    if of.dry_run is not None:
        message.dry_run.CopyFrom(counts_to(of.dry_run))
    if of.committed_at is not None:
        message.commit_time.CopyFrom(_time(of.committed_at))
    return message


def counts_to(counts: Counts) -> pb.ImportCounts:
    """Give counts as they travel."""
    return pb.ImportCounts(
        rows=counts.rows,
        ok=counts.ok,
        corrected=counts.corrected,
        warned=counts.warned,
        refused=counts.refused,
        created=counts.created,
        updated=counts.updated,
        merged=counts.merged,
        unchanged=counts.unchanged,
    )


def row_to(of: Import, row: StagedRow) -> pb.Row:
    """Give a row with all its cells as it travels."""
    findings = {finding.place: finding for finding in row.findings}
    cells = []
    for column in of.columns:
        finding = findings.get(column.place)
        cells.append(
            pb.Cell(
                column=column.header,
                value=row.cells[column.place] if column.place < len(row.cells) else "",
                verdict=int(finding.verdict) if finding else pb.VERDICT_OK,  # type: ignore[arg-type]  # same numbers
                suggestion=finding.suggestion if finding else "",
                reason=finding.reason if finding else "",
            )
        )
    refused = row.verdict is Verdict.REFUSED or bool(row.refusals)
    return pb.Row(
        row=row.number,
        verdict=pb.VERDICT_REFUSED if refused else int(row.verdict),  # type: ignore[arg-type]  # same numbers
        action="refused" if refused else row.action,
        profile=row.profile,
        cells=cells,
        reasons=[*row.reasons, *row.refusals],
    )


def _time(moment: datetime) -> Timestamp:
    stamp = Timestamp()
    stamp.FromDatetime(moment)
    return stamp
