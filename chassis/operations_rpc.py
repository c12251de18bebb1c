"""The gRPC face of operations: the same in every service that does long work."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

from google.protobuf import struct_pb2

from chassis.grpc.principal import principal_of
from chassis.grpc.server import Register
from chassis.mongo.session import Document
from chassis.operations import Operations
from chassis.paging import Pages, page_size
from gen.consilium.operations.v1 import operations_pb2 as pb
from gen.consilium.operations.v1 import operations_pb2_grpc

SERVICE = "consilium.operations.v1.Operations"


def operation_to(document: Document) -> pb.Operation:
    """Give an operation's document as it travels."""
    message = pb.Operation(
        id=document["_id"],
        kind=document["kind"],
        subject=document["subject"],
        done=document["state"] != "running",
        cancelling=document["cancelling"],
        progress=pb.Progress(**document["progress"]),
        principal=document["principal"],
    )
    message.create_time.FromDatetime(document["created_at"])
    message.update_time.FromDatetime(document["updated_at"])
    if document["result"] is not None:
        result = struct_pb2.Struct()
        result.update(document["result"])
        message.result.CopyFrom(result)
    if document["error"] is not None:
        message.error.CopyFrom(pb.OperationError(**document["error"]))
    return message


class OperationsServicer(operations_pb2_grpc.OperationsServicer):
    """Serves a service's operations."""

    def __init__(self, operations: Operations, pages: Pages) -> None:
        self._operations, self._pages = operations, pages

    async def GetOperation(self, request: pb.GetOperationRequest, context: Any) -> pb.Operation:  # noqa: N802 - proto's
        """Get one."""
        return operation_to(await self._operations.get(request.id, principal_of(context).workspace))

    async def ListOperations(  # noqa: N802
        self, request: pb.ListOperationsRequest, context: Any
    ) -> pb.ListOperationsResponse:
        """List the newest."""
        principal = principal_of(context)
        workspace, asker = principal.workspace, principal.id if request.mine else ""
        query = {"list": "operations", "workspace": workspace, "running": request.running, "asker": asker}
        size = page_size(request.page_size)
        place = self._pages.position(query, request.page_token)
        found = await self._operations.page(
            workspace,
            running=request.running,
            asker=asker,
            after=None if place is None else (datetime.fromisoformat(place[0]), place[1]),
            limit=size + 1,
        )
        last = found[size - 1] if len(found) > size else None
        more = None if last is None else [last["created_at"].isoformat(), last["_id"]]
        return pb.ListOperationsResponse(
            operations=[operation_to(document) for document in found[:size]],
            next_page_token=self._pages.token(query, more),
        )

    async def CancelOperation(self, request: pb.CancelOperationRequest, context: Any) -> pb.Operation:  # noqa: N802
        """Ask one to stop."""
        return operation_to(await self._operations.cancel(request.id, principal_of(context).workspace))

    async def WatchOperation(  # noqa: N802
        self, request: pb.WatchOperationRequest, context: Any
    ) -> AsyncIterator[pb.Operation]:
        """Follow one to its end."""
        async for document in self._operations.watch(request.id, principal_of(context).workspace):
            yield operation_to(document)


def register(operations: Operations, pages: Pages) -> Register:
    """Give what a service's bootstrap adds to its servicers."""
    return (
        operations_pb2_grpc.add_OperationsServicer_to_server,
        OperationsServicer(operations, pages),
        SERVICE,
    )
