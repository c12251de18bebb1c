"""/v1/operations: long work, wherever it is done; the id's last byte names the service."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Annotated, Literal

import grpc
import msgspec
from fastapi import APIRouter, Query
from starlette.responses import Response, StreamingResponse

from chassis.grpc.errors import problem_of
from chassis.operations import OperationUnknown, service_of
from gateway.bodies import JsonRoute
from gateway.convert import to_json
from gateway.door import Caller, needs
from gateway.manner import PageSize, PageToken, PathId, answered, written
from gateway.models.manner import Listing
from gateway.models.operations import Operation
from gateway.peers import Peers
from gateway.refusals import invalid
from gen.consilium.operations.v1 import operations_pb2 as pb

Reader = Annotated[Caller, needs("operations.read")]
Canceller = Annotated[Caller, needs("operations.cancel")]

BEAT = 15.0
"""Seconds after which a silent stream says that it lives, below what proxies call idle."""

LONGEST = 3600.0
"""Seconds that one stream lasts; a browser connects again by itself."""


def router(peers: Peers) -> APIRouter:
    """Build the routes over every service that does long work."""
    routes = APIRouter(route_class=JsonRoute, prefix="/v1/operations", tags=["operations"])

    def place(operation: str) -> str:
        service = service_of(operation)
        if service not in peers.operations:
            raise OperationUnknown(operation)
        return service

    @routes.get("", response_model=Listing[Operation], summary="List long work")
    async def list_operations(
        caller: Reader,
        service: Annotated[
            Literal["profile", "segment", "campaign"] | None, Query(description="Only this service's; all when absent.")
        ] = None,
        page_size: PageSize = 50,
        page_token: PageToken = "",
        running: Annotated[bool, Query(description="Only what is running.")] = False,
        mine: Annotated[bool, Query(description="Only what you asked for.")] = False,
    ) -> Response:
        """Lists long work in your workspace, newest first; older pages are one service's at a time."""
        if page_token and service is None:
            raise invalid("?service", "REQUIRED", "A page token is one service's; name the service.")
        request = pb.ListOperationsRequest(page_size=page_size, page_token=page_token, running=running, mine=mine)
        asked = [service] if service is not None else list(peers.operations)
        answers = await asyncio.gather(
            *(peers.operations[name].ListOperations(request, **caller.to(name)) for name in asked)
        )
        items = [to_json(each) for answer in answers for each in answer.operations]
        items.sort(key=lambda each: (each["create_time"], each["id"]), reverse=True)
        token = answers[0].next_page_token if service is not None else ""
        return written({"items": items[:page_size], "next_page_token": token})

    @routes.get("/{operation}", response_model=Operation, summary="How far is it")
    async def get_operation(operation: PathId, caller: Reader) -> Response:
        """Gives an operation: how far it is, and how it ended."""
        service = place(operation)
        request = pb.GetOperationRequest(id=operation)
        return answered(await peers.operations[service].GetOperation(request, **caller.to(service)))

    @routes.post("/{operation}:cancel", response_model=Operation, summary="Ask it to stop")
    async def cancel_operation(operation: PathId, caller: Canceller) -> Response:
        """Asks it to stop at its next safe point."""
        service = place(operation)
        request = pb.CancelOperationRequest(id=operation)
        return answered(await peers.operations[service].CancelOperation(request, **caller.to(service)))

    @routes.get(
        "/{operation}/events",
        response_class=StreamingResponse,
        responses={200: {"content": {"text/event-stream": {}}, "description": "An event per change, `done` last."}},
        summary="Follow it",
    )
    async def watch_operation(operation: PathId, caller: Reader) -> Response:
        """Streams the operation at every change by server-sent events; the last event is `done`."""
        service = place(operation)
        request = pb.GetOperationRequest(id=operation)
        await peers.operations[service].GetOperation(request, **caller.to(service))  # refused before the stream begins
        watch = pb.WatchOperationRequest(id=operation)
        call = peers.operations[service].WatchOperation(watch, **caller.to(service, LONGEST))
        headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
        return StreamingResponse(_events(call), media_type="text/event-stream", headers=headers)

    return routes


async def _events(call: grpc.aio.UnaryStreamCall[pb.WatchOperationRequest, pb.Operation]) -> AsyncIterator[bytes]:
    """Write each operation as an event, a comment when nothing came for a while, and `done` last."""
    stream = call.__aiter__()
    pending: asyncio.Future[pb.Operation] | None = None
    try:
        while True:
            pending = pending or asyncio.ensure_future(anext(stream))
            finished, _ = await asyncio.wait({pending}, timeout=BEAT)
            if not finished:
                yield b": alive\n\n"
                continue
            operation, pending = pending.result(), None
            name = b"done" if operation.done else b"progress"
            yield b"event: " + name + b"\ndata: " + msgspec.json.encode(to_json(operation)) + b"\n\n"
            if operation.done:
                return
    except StopAsyncIteration:
        return
    except grpc.aio.AioRpcError as error:
        reason = problem_of(error, "A service").reason
        yield b"event: error\ndata: " + msgspec.json.encode({"code": reason}) + b"\n\n"
    finally:
        if pending is not None:
            pending.cancel()
            with contextlib.suppress(asyncio.CancelledError, StopAsyncIteration, grpc.aio.AioRpcError):
                await pending
        call.cancel()
