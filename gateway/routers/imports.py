"""/v1/imports: files that become people."""

import json
from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal

import grpc
from fastapi import APIRouter, Path, Query, Request
from pydantic import TypeAdapter, ValidationError
from starlette.responses import Response, StreamingResponse

from chassis.files import SealedFiles
from chassis.kernel import new_id
from gateway.bodies import JsonRoute
from gateway.convert import into, to_json
from gateway.door import Caller, needs
from gateway.manner import (
    IdempotencyKey,
    IfMatch,
    PageSize,
    PageToken,
    PathId,
    answered,
    etag_of,
    listed,
    started,
)
from gateway.models.imports import (
    ColumnMappingInput,
    CorrectRows,
    Import,
    QualityReport,
    RemapImport,
    Row,
    StartedImport,
    UpdateRow,
)
from gateway.models.manner import CountedListing
from gateway.models.operations import Operation
from gateway.peers import Peers
from gateway.problems import FieldError, Refusal
from gateway.refusals import RequestRefused, invalid
from gateway.upload import Received, receive
from gen.consilium.profile.v1 import imports_pb2 as pb

Reader = Annotated[Caller, needs("imports.read")]
Editor = Annotated[Caller, needs("imports.edit")]
Committer = Annotated[Caller, needs("imports.commit")]
Kind = Literal["hcp", "patient", "contact"]
State = Literal["reading", "ready", "committing", "committed", "failed", "cancelled"]

FIELDS = frozenset({"source", "kind", "mapping"})
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
UPLOAD_SECONDS = 60.0
IN_DOUBT = frozenset({grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED, grpc.StatusCode.CANCELLED})
"""After these the import may have begun all the same, so its file stays; the store forgets it by itself."""

_MAPPING = TypeAdapter(list[ColumnMappingInput])
_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file", "source"],
                    "additionalProperties": False,
                    "properties": {
                        "file": {"type": "string", "format": "binary", "description": "XLSX or CSV, at most 1 GiB."},
                        "source": {"type": "string", "description": "The source's key.", "example": "registry"},
                        "kind": {"type": "string", "enum": ["hcp", "patient", "contact"]},
                        "mapping": {
                            "type": "string",
                            "description": "JSON: columns that are known, the rest is guessed.",
                            "example": '[{"column": "ФИО", "target": "full_name"}]',
                        },
                    },
                }
            }
        },
    }
}


def router(peers: Peers, files: SealedFiles) -> APIRouter:
    """Build the routes over profile and the object store."""
    routes = APIRouter(route_class=JsonRoute, prefix="/v1", tags=["imports"])

    @routes.post(
        "/imports", response_model=StartedImport, status_code=202, openapi_extra=_BODY, summary="Upload a file"
    )
    async def create_import(request: Request, caller: Editor, idempotency_key: IdempotencyKey = None) -> Response:
        """Takes a file, streamed, and begins to read it; follow the operation, then look at the rows."""
        name = new_id()  # also under a repeated key: what the first call stored is never written over
        received = await receive(request, files, name, FIELDS)
        try:
            wanted = _request(received, idempotency_key or "")
            begun = await peers.imports.CreateImport(wanted, **caller.to("profile", UPLOAD_SECONDS))
        except RequestRefused:
            await files.delete(name)
            raise
        except grpc.aio.AioRpcError as error:
            if error.code() not in IN_DOUBT:
                await files.delete(name)
            raise
        return started(begun.operation, to_json(begun))

    @routes.get("/imports", response_model=CountedListing[Import], summary="List imports")
    async def list_imports(
        caller: Reader,
        page_size: PageSize = 50,
        page_token: PageToken = "",
        state: Annotated[list[State] | None, Query(max_length=6, description="Only in these states.")] = None,
        source: Annotated[str, Query(max_length=64, description="Only of this source.")] = "",
    ) -> Response:
        """Lists imports of your workspace, newest first."""
        request = pb.ListImportsRequest(page_size=page_size, page_token=page_token, source=source)
        into(request, {"states": state or []})
        return listed(await peers.imports.ListImports(request, **caller.to("profile")), "imports")

    @routes.get("/imports/{import_id}", response_model=Import, summary="Get an import")
    async def get_import(import_id: PathId, caller: Reader) -> Response:
        """Gives an import: its state, its mapping, its counts."""
        return answered(await peers.imports.GetImport(pb.GetImportRequest(id=import_id), **caller.to("profile")))

    @routes.get("/imports/{import_id}/rows", response_model=CountedListing[Row], summary="List staged rows")
    async def list_rows(
        import_id: PathId,
        caller: Reader,
        verdict: Annotated[Literal["ok", "corrected", "warning", "refused"] | None, Query()] = None,
        action: Annotated[Literal["created", "updated", "merged", "unchanged", "refused"] | None, Query()] = None,
        column: Annotated[
            int, Query(ge=0, le=200, description="Only with a finding in the column of this place, from 1; 0 is any.")
        ] = 0,
        cell: Annotated[
            Literal["corrected", "warning", "refused", "invalid", "ok", "empty"] | None,
            Query(description="With `column`: only where the cell was judged so; 'invalid' is a warning or a refusal."),
        ] = None,
        reason: Annotated[str, Query(max_length=64, description="Only with this reason, in `column` if given.")] = "",
        state: Annotated[
            Literal["written", "pending", "refused"] | None,
            Query(description="Only what a commit wrote, would still write, or cannot write. Each row is one of them."),
        ] = None,
        from_row: Annotated[int, Query(ge=0, le=2**53 - 1, description="Only from the row of this number on.")] = 0,
        page_size: PageSize = 50,
        page_token: PageToken = "",
    ) -> Response:
        """Lists rows in file order with a verdict and a suggestion per cell."""
        request = pb.ListRowsRequest(
            action=action or "", page_size=page_size, page_token=page_token, column=column, reason=reason
        )
        request.invalid, request.empty, request.from_row = cell == "invalid", cell == "empty", from_row
        told = cell if cell not in {"invalid", "empty"} else None
        into(request, {"import": import_id, "verdict": verdict, "cell": told, "state": state})
        return listed(await peers.imports.ListRows(request, **caller.to("profile")), "rows")

    @routes.patch("/imports/{import_id}/rows/{row}", response_model=Row, summary="Correct a row")
    async def update_row(
        import_id: PathId, row: Annotated[int, Path(ge=1, le=2**53 - 1)], body: UpdateRow, caller: Editor
    ) -> Response:
        """Corrects cells of one row and judges it again."""
        request = into(pb.UpdateRowRequest(row=row), {"import": import_id, **body.model_dump(exclude_unset=True)})
        return answered(await peers.imports.UpdateRow(request, **caller.to("profile")))

    @routes.post(
        "/imports/{import_id}:correctRows", response_model=Operation, status_code=202, summary="Correct all the same"
    )
    async def correct_rows(import_id: PathId, body: CorrectRows, caller: Editor) -> Response:
        """Gives a column another text in every row that holds a certain one; the result says in how many."""
        request = into(pb.CorrectRowsRequest(), {"import": import_id, **body.model_dump(exclude_unset=True)})
        return started(await peers.imports.CorrectRows(request, **caller.to("profile")))

    @routes.post(
        "/imports/{import_id}:remap",
        response_model=StartedImport,
        status_code=202,
        summary="Read it with another mapping",
    )
    async def remap_import(import_id: PathId, body: RemapImport, caller: Editor, if_match: IfMatch = None) -> Response:
        """Reads the file again with another mapping; corrections of its rows are lost."""
        request = pb.RemapImportRequest(etag=etag_of(if_match))
        into(request, {"import": import_id, **body.model_dump(exclude_unset=True)})
        begun = await peers.imports.RemapImport(request, **caller.to("profile"))
        return started(begun.operation, to_json(begun))

    @routes.post("/imports/{import_id}:cancel", response_model=Import, summary="Stop or drop an import")
    async def cancel_import(import_id: PathId, caller: Editor) -> Response:
        """Stops what runs; drops a file that waits for its commit. What is written stays."""
        return answered(await peers.imports.CancelImport(pb.CancelImportRequest(id=import_id), **caller.to("profile")))

    @routes.post("/imports/{import_id}:dryRun", response_model=Operation, status_code=202, summary="Try a commit")
    async def dry_run_import(import_id: PathId, caller: Editor) -> Response:
        """Says what a commit would do, without doing it."""
        request = pb.DryRunImportRequest(id=import_id)
        return started(await peers.imports.DryRunImport(request, **caller.to("profile")))

    @routes.post("/imports/{import_id}:commit", response_model=Operation, status_code=202, summary="Commit an import")
    async def commit_import(import_id: PathId, caller: Committer, if_match: IfMatch = None) -> Response:
        """Writes the accepted rows; a second call answers the first one's operation."""
        request = pb.CommitImportRequest(id=import_id, etag=etag_of(if_match))
        return started(await peers.imports.CommitImport(request, **caller.to("profile")))

    @routes.get("/imports/{import_id}/quality", response_model=QualityReport, summary="How good was the file")
    async def get_quality_report(import_id: PathId, caller: Reader) -> Response:
        """Tells per column what was fine, empty, corrected or invalid, and how many people were found twice."""
        request = pb.GetQualityReportRequest(id=import_id)
        return answered(await peers.imports.GetQualityReport(request, **caller.to("profile", 30)))

    @routes.get(
        "/imports/{import_id}/error-file",
        response_class=Response,
        responses={200: {"content": {"text/csv": {}, XLSX: {}}, "description": "The refused rows."}},
        summary="Refused rows as a file",
    )
    async def get_error_file(
        import_id: PathId, caller: Reader, file_format: Annotated[Literal["csv", "xlsx"], Query(alias="format")] = "csv"
    ) -> Response:
        """Gives the refused rows with their reasons, to correct and upload again."""
        request = pb.GetErrorFileRequest(id=import_id, format=file_format)
        call = peers.imports.GetErrorFile(request, **caller.to("profile", 600))
        media = "text/csv; charset=utf-8" if file_format == "csv" else XLSX
        return await _download(call, media, f"errors-{import_id}.{file_format}")

    @routes.get(
        "/import-template",
        response_class=Response,
        responses={200: {"content": {XLSX: {}}, "description": "An empty workbook with drop-downs."}},
        summary="A workbook to fill in",
    )
    async def get_import_template(
        caller: Reader, kind: Annotated[Kind, Query()], language: Annotated[str, Query(max_length=16)] = ""
    ) -> Response:
        """Gives an empty workbook with drop-downs for one kind of people."""
        request = pb.GetImportTemplateRequest(kind=kind, language=language)
        call = peers.imports.GetImportTemplate(request, **caller.to("profile", 60))
        return await _download(call, XLSX, f"import-{kind}.xlsx")

    return routes


def _request(received: Received, request_id: str) -> pb.CreateImportRequest:
    fields = received.fields
    missing = [FieldError("/source", "REQUIRED", "This field is required.")] if not fields.get("source") else []
    if missing:
        raise RequestRefused(Refusal(422, "INVALID_FIELD", "Fields are not valid.", missing))
    request = pb.CreateImportRequest(
        object=received.stored_as,
        file_name=received.file_name,
        source=fields["source"],
        kind=fields.get("kind", ""),
        request_id=request_id,
        content_sha256=received.sha256,
    )
    if fields.get("mapping"):
        try:
            mapping = _MAPPING.validate_python(json.loads(fields["mapping"]))
        except (ValueError, ValidationError, RecursionError):
            raise invalid("/mapping", "NOT_VALID", "A JSON list of {column, target} is expected.") from None
        into(request, {"mapping": [each.model_dump(exclude_unset=True) for each in mapping]})
    return request


async def _download(call: Any, media: str, name: str) -> Response:
    """Stream a file; a refusal comes before the first byte, so it is answered as one."""
    first = await call.read()
    if not isinstance(first, pb.FileChunk):  # the end of an empty file
        return Response(b"", media_type=media)

    async def pieces() -> AsyncIterator[bytes]:
        chunk: object = first
        while isinstance(chunk, pb.FileChunk):
            yield chunk.data
            chunk = await call.read()

    return StreamingResponse(
        pieces(), media_type=media, headers={"content-disposition": f'attachment; filename="{name}"'}
    )
