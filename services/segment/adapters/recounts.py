"""The service's long work: recounts of segments, rebuilds of the index, the daily comparison and sweep."""

import asyncio
from collections.abc import Mapping
from typing import Any

from chassis.kernel import WHOLE, derived_id
from chassis.mongo.session import Document
from chassis.operations import Operations, Work, operation_id
from services.segment import rebuilding, recounting
from services.segment.app import App
from services.segment.domain.segment import Segment

REFRESH, REBUILD, COMPARE, SWEEP = "segment-refresh", "index-rebuild", "index-compare", "index-sweep"

_POLL = 0.05


class OperationRecounts:
    """Asks for recounts as operations."""

    def __init__(self, operations: Operations) -> None:
        self._operations = operations

    async def begin(self, segment: Segment, principal: str, cause: str) -> str:
        """Ask for a recount; the same cause asks once. Answer the operation's id."""
        document = await self._operations.begin(
            REFRESH,
            subject=segment.id,
            workspace=segment.workspace,
            principal=principal,
            operation=operation_id("segment", derived_id(REFRESH, segment.id, cause)),
            unit="people",
        )
        return str(document["_id"])

    async def finished(self, operation: str, seconds: float) -> bool:
        """Wait for one at most so long; tell whether it has ended."""
        deadline = asyncio.get_running_loop().time() + seconds
        while (await self._operations.get(operation, None))["state"] == "running":
            if asyncio.get_running_loop().time() >= deadline:
                return False
            await asyncio.sleep(_POLL)
        return True


def name_work(operations: Operations, app: App) -> None:
    """Name the functions that do the service's long work."""

    async def refresh(work: Work) -> Mapping[str, Any]:
        async def report(done: int, total: int) -> None:
            await work.report(done, total, "people")

        return {"members": await recounting.recount(work.subject, app, report)}

    async def rebuild(work: Work) -> Mapping[str, Any]:
        async def report(done: int, total: int) -> None:
            await work.report(done, total, "people")

        rebuilt = await rebuilding.rebuild(app, report)
        return {"people": rebuilt.people, "refused": rebuilt.refused}

    async def compare(_work: Work) -> Mapping[str, Any]:
        return {"repaired": await rebuilding.compare(app)}

    async def sweep(_work: Work) -> Mapping[str, Any]:
        return {"swept": await rebuilding.sweep(app)}

    for kind, function in ((REFRESH, refresh), (REBUILD, rebuild), (COMPARE, compare), (SWEEP, sweep)):
        operations.does(kind, function)


async def begin_rebuild(operations: Operations, principal: str) -> Document:
    """Ask for a rebuild; answer the one that is under way where there is one."""
    for document in await operations.page(WHOLE, running=True, after=None, limit=500):
        if document["kind"] == REBUILD:
            return document
    return await operations.begin(REBUILD, subject="index", workspace=WHOLE, principal=principal, unit="people")


async def begin_day(operations: Operations, app: App, day: str) -> None:
    """Ask for what is due on a day, once a day however many workers ask.

    Segments whose rules move with time are counted anew, index and owner are compared, old tombstones are swept.
    """
    for kind in (COMPARE, SWEEP):
        await operations.begin(
            kind,
            subject="index",
            workspace=WHOLE,
            principal="segment",
            operation=operation_id("segment", derived_id(kind, day)),
        )
    for segment in await rebuilding.moving_with_time(app):
        await OperationRecounts(operations).begin(segment, "segment", f"day {day}")
