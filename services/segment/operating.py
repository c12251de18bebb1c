"""What an operator does to the index of people: `python -m services.segment rebuild`.

Asks the running segment to build the index anew from its owner, and tells how far it is until it is done. Searches and
followers go on meanwhile; a second call follows the work that is under way. An index that is gone altogether is made
first by `migrate`.
"""

import asyncio
import sys
import time
from typing import Any

from chassis.grpc import Peer
from chassis.grpc.client import ServiceTokens
from chassis.kernel import Problem
from chassis.settings import read_or_leave
from gen.consilium.operations.v1 import operations_pb2, operations_pb2_grpc
from gen.consilium.segment.v1 import segments_pb2 as pb
from gen.consilium.segment.v1 import segments_pb2_grpc
from services.segment.config import Settings

VERBS = ("rebuild",)
_SERVICES = ("consilium.operations.v1.Operations",)
EVERY = 2.0
"""Seconds between two lines."""


def say(text: str) -> None:
    """Tell the operator how far it is."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


async def rebuild(peer: Peer, every: float = EVERY) -> bool:
    """Have the index built anew; returns whether it ended well."""
    operations: Any = operations_pb2_grpc.OperationsStub(peer.channel)
    began = time.monotonic()
    stub: Any = segments_pb2_grpc.SegmentsStub(peer.channel)
    work = await peer.call(stub.RebuildIndex, pb.RebuildIndexRequest())
    while not work.done:
        progress = work.progress
        say(f"{progress.done} of {progress.total or '?'} people, {time.monotonic() - began:.0f} s")
        await asyncio.sleep(every)
        try:
            work = await peer.call(operations.GetOperation, operations_pb2.GetOperationRequest(id=work.id))
        except Problem as problem:
            if not problem.transient:
                raise
            say(f"segment does not answer ({problem.reason}); the work goes on, asked again")
    if work.HasField("error"):
        say(f"failed: {work.error.reason}: {work.error.detail}")
        return False
    told = ", ".join(f"{name} {int(value)}" for name, value in work.result.items())
    say(f"built in {time.monotonic() - began:.0f} s: {told}")
    return True


async def _rebuild(settings: Settings) -> bool:
    tokens = ServiceTokens(settings.access_address, "segment", settings.service_secret, tls=settings.tls_directory)
    peer = Peer(settings.segment_address, "segment", services=_SERVICES, tokens=tokens, tls=settings.tls_directory)
    try:
        return await rebuild(peer)
    finally:
        await peer.close()
        await tokens.close()


def main() -> int:
    """Do it; answers the exit code."""
    try:
        return 0 if asyncio.run(_rebuild(read_or_leave(Settings))) else 1
    except Problem as problem:
        sys.stderr.write(f"{problem.text}\n")
        return 69  # EX_UNAVAILABLE
