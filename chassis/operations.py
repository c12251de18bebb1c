"""Long work: one collection and one gRPC service of the same shape in every service that does any.

An operation is a document `{_id, kind, subject, workspace, principal, state, cancelling, progress, result, error,
revision, owner, until, input, trace, faults, created_at, updated_at}`. Its id is a UUID whose last byte names the
service, by which the gateway routes.

Promise: `begin` with the same id twice begins once. Work is done by a worker under a lease; when the worker dies
another takes it up again and calls the same function with the same input, so functions go on from what they find.
For the same reason a fault that nobody expected is tried again, `TRIES` times in all, before it ends the work. Leases
are judged by the server's clock, so a process whose own is wrong neither steals work nor keeps it from others.
Cancelling is asked for and obeyed at the next `report`. Results and errors hold counts, ids and reasons only.
"""

import asyncio
import contextlib
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from pymongo import ASCENDING, DESCENDING, ReturnDocument
from pymongo.errors import DuplicateKeyError, PyMongoError

from chassis.kernel import Clock, Code, Problem, new_id, seen_from, sees
from chassis.mongo.asking import engine_away
from chassis.mongo.clock import from_now
from chassis.mongo.session import Database, Document
from chassis.telemetry.logs import log
from chassis.telemetry.tracing import continuing, traceparent
from chassis.together import ended

SERVICES = {"profile": 1, "segment": 2, "campaign": 3, "channel": 4, "report": 5, "access": 6}
LEASE = timedelta(seconds=20)
# Others who write the same, and slow ones: a dead writer's transaction stays open for a minute.
_NOT_NOW = {Code.DEADLINE_EXCEEDED, Code.ABORTED}
AT_ONCE = 4  # of one worker: long work mostly waits for engines
KEPT = timedelta(days=30)
TRIES = 3
"""Times that work is begun whose end is a fault of ours: a passing one (a driver's, the machine's) costs nobody a day,
a real one is told after seconds."""
_PAUSE = timedelta(seconds=1)
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


class OperationUnknown(Problem):
    """No such operation in the caller's workspace."""

    code = Code.NOT_FOUND
    reason = "OPERATION_UNKNOWN"
    template = "There is no operation {id}."

    def __init__(self, operation: str) -> None:
        super().__init__(id=operation)


class Cancelled(Exception):  # noqa: N818 - ends the work at its safe point
    """Somebody asked the work to stop."""


def operation_id(service: str, base: str | None = None) -> str:
    """Make an operation's id: a new one, or the one that belongs to `base` (an id of a command) for ever."""
    number = uuid.UUID(base or new_id()).int
    return str(uuid.UUID(int=(number & ~0xFF) | SERVICES[service]))


def service_of(operation: str) -> str | None:
    """Name the service that does an operation; None when the id is of none."""
    try:
        last = uuid.UUID(operation).int & 0xFF
    except ValueError:
        return None
    return next((name for name, number in SERVICES.items() if number == last), None)


@dataclass(slots=True)
class Work:
    """What a running operation's function holds."""

    id: str
    kind: str
    subject: str
    workspace: str
    principal: str
    input: Mapping[str, Any]
    _operations: "Operations"
    faults: int = 0  # tries before this one that ended in a fault of ours
    _done: int = 0
    _total: int = 0
    _unit: str = ""
    _last: float = field(default=0.0)

    async def report(self, done: int, total: int, unit: str) -> None:
        """Tell how far the work is, keep the lease and hear of a cancellation.

        Raises:
            Cancelled: somebody asked to stop; leave everything as a repeat can take it up.
        """
        self._done, self._total, self._unit = done, total, unit
        now = asyncio.get_running_loop().time()
        if now - self._last < 0.25 and done < total:
            return
        self._last = now
        await self._operations.note(self.id, done, total, unit)

    def waits(self, error: Exception) -> bool:
        """Tell whether an error does not end the work, so that it is taken up again.

        A problem that is one of the moment waits; every other problem ends it. A fault waits until it came `TRIES`
        times.
        """
        if isinstance(error, Problem):
            return error.away or error.code in _NOT_NOW
        return engine_away(error) or self.faults + 1 < TRIES


Function = Callable[[Work], Awaitable[Mapping[str, Any]]]


class Operations:
    """The operations of a service."""

    def __init__(self, database: Database, service: str, clock: Clock) -> None:
        self._documents = database["operations"]
        self._service, self._clock = service, clock
        self._functions: dict[str, Function] = {}
        self._owner = new_id()
        self._wake = asyncio.Event()

    async def ensure_indexes(self) -> None:
        """Create the indexes; called by a migration."""
        await self._documents.create_index(
            [("workspace", ASCENDING), ("created_at", DESCENDING), ("_id", DESCENDING)], name="newest"
        )
        await self._documents.create_index([("created_at", DESCENDING), ("_id", DESCENDING)], name="newest_of_all")
        await self._documents.create_index(
            [("until", ASCENDING)], name="running", partialFilterExpression={"state": "running"}
        )
        await self._documents.create_index([("updated_at", ASCENDING)], name="age")

    def does(self, kind: str, function: Function) -> None:
        """Name the function that does a kind of work; it gets a `Work` and answers the result."""
        self._functions[kind] = function

    async def begin(
        self,
        kind: str,
        *,
        subject: str,
        workspace: str,
        principal: str,
        given: Mapping[str, Any] | None = None,
        operation: str | None = None,
        total: int = 0,
        unit: str = "",
    ) -> Document:
        """Write an operation down; a worker takes it up at once. With an id that exists: answers that one."""
        now = self._clock.now()
        document: Document = {
            "_id": operation or operation_id(self._service),
            "kind": kind,
            "subject": subject,
            "workspace": workspace,
            "principal": principal,
            "state": "running",
            "cancelling": False,
            "progress": {"done": 0, "total": total, "unit": unit},
            "result": None,
            "error": None,
            "revision": 1,
            "owner": "",
            "until": _LONG_AGO,
            "input": dict(given or {}),
            "trace": traceparent(),
            "created_at": now,
            "updated_at": now,
        }
        try:
            await self._documents.insert_one(document)
        except DuplicateKeyError:
            return await self.get(document["_id"], None)
        self._wake.set()
        return document

    async def get(self, operation: str, workspace: str | None) -> Document:
        """Give one; `workspace` None or "*" sees all.

        Raises:
            OperationUnknown: not there, or another workspace's.
        """
        document = await self._documents.find_one({"_id": operation})
        if document is None or (workspace is not None and not sees(workspace, document["workspace"])):
            raise OperationUnknown(operation)
        return document

    async def page(
        self, workspace: str, *, running: bool, after: tuple[datetime, str] | None, limit: int, asker: str = ""
    ) -> list[Document]:
        """Give a workspace's newest operations, those older than the place `after` (time of making, id).

        `asker`: only those that this principal asked for.
        """
        query: Document = {**seen_from(workspace)}
        if running:
            query["state"] = "running"
        if asker:
            query["principal"] = asker
        if after is not None:
            made, name = after
            query["$or"] = [{"created_at": {"$lt": made}}, {"created_at": made, "_id": {"$lt": name}}]
        order = [("created_at", DESCENDING), ("_id", DESCENDING)]  # ids that belong to a command tell no time
        return await self._documents.find(query).sort(order).limit(limit).to_list()

    async def cancel(self, operation: str, workspace: str) -> Document:
        """Ask one to stop; nothing happens when it has ended."""
        await self.get(operation, workspace)
        await self._documents.update_one(
            {"_id": operation, "state": "running"},
            {"$set": {"cancelling": True, "updated_at": self._clock.now()}, "$inc": {"revision": 1}},
        )
        return await self.get(operation, workspace)

    async def watch(self, operation: str, workspace: str, *, every: float = 0.25) -> AsyncIterator[Document]:
        """Give the operation now, at every change, and last when it is done."""
        seen = 0
        while True:
            document = await self.get(operation, workspace)
            if document["revision"] != seen:
                seen = document["revision"]
                yield document
            if document["state"] != "running":
                return
            await asyncio.sleep(every)

    async def note(self, operation: str, done: int, total: int, unit: str) -> None:
        """Write progress and renew the lease.

        Raises:
            Cancelled: it shall stop, or another worker has taken it over.
        """
        told = {
            "progress": {"$literal": {"done": done, "total": total, "unit": unit}},
            "updated_at": self._clock.now(),
            "until": from_now(LEASE),
            "revision": {"$add": ["$revision", 1]},
        }
        document = await self._documents.find_one_and_update(
            {"_id": operation, "owner": self._owner, "state": "running"},
            [{"$set": told}],
            return_document=ReturnDocument.AFTER,
        )
        if document is None or document["cancelling"]:
            raise Cancelled

    async def run(self) -> None:
        """Do the service's operations until cancelled, several at once."""
        tasks: dict[str, asyncio.Task[None]] = {}
        try:
            while True:
                self._wake.clear()
                tasks = {name: task for name, task in tasks.items() if not task.done()}
                try:
                    # One a round: of several workers whoever has nothing to do comes first.
                    if len(tasks) < AT_ONCE and (document := await self._take(tasks)) is not None:
                        task = asyncio.create_task(self._do(document))
                        task.add_done_callback(lambda _task: self._wake.set())
                        tasks[document["_id"]] = task
                    await self._documents.delete_many(
                        {"state": {"$ne": "running"}, "updated_at": {"$lt": self._clock.now() - KEPT}}
                    )
                except PyMongoError as error:
                    log().warning("operations.waiting", kind=type(error).__name__)
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(1.0):
                        await self._wake.wait()
        finally:
            await ended(list(tasks.values()))

    async def _take(self, doing: Collection[str]) -> Document | None:
        """Take up one whose lease has run out, but none that this worker does: a lease may run out in an outage."""
        return await self._documents.find_one_and_update(
            {
                "_id": {"$nin": sorted(doing)},
                "state": "running",
                "$expr": {"$lte": ["$until", "$$NOW"]},
                "kind": {"$in": sorted(self._functions)},
            },
            [{"$set": {"owner": self._owner, "until": from_now(LEASE)}}],
            sort=[("until", ASCENDING), ("created_at", ASCENDING)],
            return_document=ReturnDocument.AFTER,
        )

    async def _do(self, document: Document) -> None:
        work = Work(
            id=document["_id"],
            kind=document["kind"],
            subject=document["subject"],
            workspace=document["workspace"],
            principal=document["principal"],
            input=document["input"],
            _operations=self,
            faults=document.get("faults", 0),
        )
        beat = asyncio.create_task(self._beat(work.id))
        try:
            with continuing(
                f"operation {work.kind}", document.get("trace", ""), operation=work.id, subject=work.subject
            ):
                result = await self._functions[work.kind](work)
        except Cancelled:
            await self._end(work, error={"reason": "CANCELLED", "detail": "It was cancelled."})
        except asyncio.CancelledError:
            await self._give_back(work.id)
            raise
        except Problem as problem:
            if work.waits(problem):
                log().warning("operation.waiting", operation=work.id, reason=problem.reason)
                return
            await self._end(work, error={"reason": problem.reason, "detail": problem.text})
        except Exception as error:
            if engine_away(error):
                log().warning("operation.waiting", operation=work.id, reason="DEPENDENCY_UNAVAILABLE")
                return
            if work.waits(error):
                log().warning("operation.stumbled", operation=work.id, kind=type(error).__name__, exc_info=error)
                await self._begin_anew(work.id)
                return
            log().exception("operation.failed", operation=work.id, kind=type(error).__name__)
            await self._end(work, error={"reason": "INTERNAL", "detail": "A fault of ours; the log has it."})
        else:
            await self._end(work, result=dict(result))
        finally:
            await ended([beat])

    async def _beat(self, operation: str) -> None:
        """Keep the lease while the function works between two reports."""
        while True:
            await asyncio.sleep(LEASE.total_seconds() / 4)
            with contextlib.suppress(PyMongoError):
                await self._documents.update_one(
                    {"_id": operation, "owner": self._owner, "state": "running"}, [{"$set": {"until": from_now(LEASE)}}]
                )

    async def _begin_anew(self, operation: str) -> None:
        """Count a fault and let any worker take the work up again in a moment."""
        counted = {"owner": "", "until": from_now(_PAUSE), "faults": {"$add": [{"$ifNull": ["$faults", 0]}, 1]}}
        with contextlib.suppress(PyMongoError):  # then it is not counted, and taken up when its lease has run out
            await self._documents.update_one(
                {"_id": operation, "owner": self._owner, "state": "running"}, [{"$set": counted}]
            )

    async def _give_back(self, operation: str) -> None:
        """Let another worker take it up at once."""
        with contextlib.suppress(PyMongoError):
            await self._documents.update_one(
                {"_id": operation, "owner": self._owner}, [{"$set": {"owner": "", "until": "$$NOW"}}]
            )

    async def _end(
        self, work: Work, *, result: Mapping[str, Any] | None = None, error: Mapping[str, str] | None = None
    ) -> None:
        change: Document = {
            "state": "done",
            "result": result,
            "error": error,
            "updated_at": self._clock.now(),
        }
        if result is not None and work._total:
            change["progress"] = {"done": work._total, "total": work._total, "unit": work._unit}
        try:
            await self._documents.update_one(
                {"_id": work.id, "owner": self._owner, "state": "running"}, {"$set": change, "$inc": {"revision": 1}}
            )
        except PyMongoError as failure:
            log().warning("operation.waiting", operation=work.id, kind=type(failure).__name__)
