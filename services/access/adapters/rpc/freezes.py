"""Feature freezes over gRPC: proto to command or question and back."""

from datetime import UTC, datetime
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp

from chassis.grpc import principal_of
from gen.consilium.access.v1 import freezes_pb2 as pb
from gen.consilium.access.v1 import freezes_pb2_grpc
from services.access import commands
from services.access.commands import App
from services.access.domain.freezes import Freeze, Scope

Context = Any

_SCOPES = {
    Scope.PUBLISHING: pb.FREEZE_SCOPE_PUBLISHING,
    Scope.IMPORTS: pb.FREEZE_SCOPE_IMPORTS,
    Scope.ROLES: pb.FREEZE_SCOPE_ROLES,
}
_BY_NUMBER = {number: scope for scope, number in _SCOPES.items()}


class FreezesServicer(freezes_pb2_grpc.FreezesServicer):
    """Declared periods."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def DeclareFreeze(self, request: pb.DeclareFreezeRequest, context: Context) -> pb.Freeze:
        """Declare a period."""
        command = commands.DeclareFreeze(
            title=request.title,
            begins_at=_moment(request.begin_time) if request.HasField("begin_time") else None,
            ends_at=_moment(request.end_time),
            scopes=tuple(_BY_NUMBER[number] for number in request.scopes),
            request_id=request.request_id,
            by=principal_of(context).id,
        )
        return freeze_to(await commands.declare_freeze(command, self._app))

    async def ListFreezes(self, _request: pb.ListFreezesRequest, _context: Context) -> pb.ListFreezesResponse:
        """List the periods, the latest first."""
        found = await self._app.freezes.all()
        return pb.ListFreezesResponse(freezes=[freeze_to(each) for each in reversed(found)])

    async def LiftFreeze(self, request: pb.LiftFreezeRequest, _context: Context) -> pb.Freeze:
        """End a period now."""
        return freeze_to(await commands.lift_freeze(request.id, self._app))


def _moment(told: Timestamp) -> datetime:
    # Whole seconds, as a token carries them.
    return datetime.fromtimestamp(told.seconds, UTC)


def freeze_to(freeze: Freeze) -> pb.Freeze:
    """Write a period as proto."""
    told = pb.Freeze(
        id=freeze.id,
        title=freeze.title,
        scopes=[_SCOPES[scope] for scope in freeze.scopes],
        declared_by=freeze.declared_by,
    )
    told.begin_time.FromDatetime(freeze.begins_at)
    told.end_time.FromDatetime(freeze.ends_at)
    if freeze.lifted_at is not None:
        told.lift_time.FromDatetime(freeze.lifted_at)
    return told
