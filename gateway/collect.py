"""Collecting events: JSON in, verdicts out, facts in the inbox; the fast path of the door.

Promise: an event is answered as accepted only after JetStream has it. What cannot be taken now is refused before it
is accepted (429), never after. Singles that arrive together travel together: one bus message carries up to 500.
Limits: identities are personal, so a collected batch is the one message of the bus that holds such values.
"""

import asyncio
import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any

import msgspec

from chassis.bus import Publisher
from chassis.kernel import Clock, Code, Problem, new_id, partition_of
from chassis.outbox import Fact
from gen.consilium.profile.v1 import events_pb2 as pb

AT_ONCE = 500
"""Events of one bus message, and of one batch."""

WAITING = 20_000
"""Events that may wait for the bus: half a second of its full rate."""

OLDEST = timedelta(days=14)
"""How long ids are remembered: what is older could come twice."""

AHEAD = timedelta(hours=24)
"""How wrong a sender's clock may be."""

JSON_LIMIT = 16 << 10
"""Bytes of an event's properties, and of its context."""

EventId = Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
Name = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
Opaque = Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
Value = Annotated[str, msgspec.Meta(min_length=1, max_length=320)]


class Identity(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """Who did it, by any identifier; a kind that is not told is absent."""

    profile: Value | None = None
    email: Value | None = None
    phone: Value | None = None
    external_id: Value | None = None


class Event(msgspec.Struct, forbid_unknown_fields=True):
    """One thing that somebody did."""

    event_id: EventId
    name: Name
    time: Annotated[datetime, msgspec.Meta(tz=True)]
    anonymous_id: Opaque | None = None
    identity: Identity | None = None
    properties: dict[str, Any] | None = None
    context: dict[str, Any] | None = None


class Batch(msgspec.Struct, forbid_unknown_fields=True):
    """Up to 500 events, read one by one so that a bad one does not spoil the rest."""

    events: Annotated[list[msgspec.Raw], msgspec.Meta(min_length=1, max_length=AT_ONCE)]


class _WellFormed(msgspec.Struct, forbid_unknown_fields=True):
    events: Annotated[list[Event], msgspec.Meta(min_length=1, max_length=AT_ONCE)]


class Verdict(msgspec.Struct, omit_defaults=True):
    """What became of one event: accepted, too_old, or refused with where and why."""

    event_id: str
    verdict: str
    pointer: str = ""
    code: str = ""
    detail: str = ""


class Overloaded(Problem):
    """More events at once than can be taken."""

    code = Code.RESOURCE_EXHAUSTED
    reason = "OVERLOADED"
    template = "Too many events at once; try again shortly."

    def __init__(self) -> None:
        super().__init__(retry_after=1.0)


_EVENT = msgspec.json.Decoder(Event)
_BATCH = msgspec.json.Decoder(Batch)
_EVENTS = msgspec.json.Decoder(_WellFormed)
_ID = msgspec.json.Decoder(dict[str, Any])
_KINDS = (("profile", "profile"), ("email", "email"), ("phone", "phone"), ("external_id", "external-id"))


def judge(raw: bytes | msgspec.Raw, now: datetime) -> tuple[pb.CollectedEvent | None, Verdict]:
    """Read one event; gives what goes on the bus when it is accepted, and the verdict."""
    try:
        event = _EVENT.decode(raw)
    except (msgspec.ValidationError, msgspec.DecodeError, RecursionError) as error:
        return None, _refused(_id_of(raw), error)
    return weigh(event, now)


def judge_all(body: bytes, now: datetime) -> list[tuple[pb.CollectedEvent | None, Verdict]]:
    """Read a batch's body; at once where every event is well formed, else one by one.

    Raises:
        msgspec.ValidationError: it is no batch.
        msgspec.DecodeError: it is no JSON.
    """
    try:
        events = _EVENTS.decode(body).events
    except (msgspec.ValidationError, RecursionError):
        return [judge(raw, now) for raw in _BATCH.decode(body).events]
    return [weigh(event, now) for event in events]


def weigh(event: Event, now: datetime) -> tuple[pb.CollectedEvent | None, Verdict]:
    """Judge a well-formed event; gives what goes on the bus when it is accepted, and the verdict."""
    if event.anonymous_id is None and event.identity is None:
        return None, Verdict(event.event_id, "refused", "/identity", "REQUIRED", "Tell anonymous_id or identity.")
    if event.time < now - OLDEST:
        return None, Verdict(event.event_id, "too_old", "/time", "TOO_OLD", "Older than 14 days: import it instead.")
    if event.time > now + AHEAD:
        return None, Verdict(event.event_id, "refused", "/time", "IN_FUTURE", "More than a day ahead of our clock.")
    collected = pb.CollectedEvent(event_id=event.event_id, name=event.name, anonymous_id=event.anonymous_id or "")
    # Not FromDatetime: it is a third of what an event costs here.
    collected.time.seconds = math.floor(event.time.timestamp())
    collected.time.nanos = event.time.microsecond * 1000
    for field, kind in _KINDS:
        value = getattr(event.identity, field, None)
        if value:
            collected.identities.add(kind=kind, value=value)
    if event.identity is not None and not collected.identities:
        return None, Verdict(event.event_id, "refused", "/identity", "REQUIRED", "Tell at least one identifier.")
    for field in ("properties", "context"):
        told = getattr(event, field)
        if told:
            packed = msgspec.json.encode(told)
            if len(packed) > JSON_LIMIT:
                text = f"At most {JSON_LIMIT} bytes."
                return None, Verdict(event.event_id, "refused", f"/{field}", "TOO_LONG", text)
            setattr(collected, field, packed)
    return collected, Verdict(event.event_id, "accepted")


def _refused(event_id: str, error: Exception) -> Verdict:
    """Say where an event is wrong; the parser's text names types and places, never values."""
    text, _, place = str(error).partition(" - at `$")
    pointer = place.rstrip("`").replace(".", "/").replace("[...]", "")
    unknown = "unknown field `"
    if unknown in text:
        field = text.partition(unknown)[2].rstrip("`")[:64]
        return Verdict(event_id, "refused", f"{pointer}/{field}", "UNKNOWN_FIELD", "There is no such field.")
    missing = "required field `"
    if missing in text:
        field = text.partition(missing)[2].rstrip("`")
        return Verdict(event_id, "refused", f"{pointer}/{field}", "REQUIRED", "This field is required.")
    return Verdict(event_id, "refused", pointer, "NOT_VALID", text if len(text) < 200 else "This is not valid.")


def _id_of(raw: bytes | msgspec.Raw) -> str:
    try:
        told = _ID.decode(raw).get("event_id", "")
    except (msgspec.DecodeError, RecursionError):
        return ""
    return told[:128] if isinstance(told, str) else ""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where events come from: events of one origin may share a bus message."""

    source: str
    base: str
    trusted: bool


class Collector:
    """Brings events to the inbox, together where they arrive together."""

    def __init__(self, publisher: Publisher, clock: Clock) -> None:
        self._publisher = publisher
        self._clock = clock
        self._waiting: dict[Origin, deque[tuple[Sequence[pb.CollectedEvent], asyncio.Future[None]]]] = {}
        self._sending: set[asyncio.Task[None]] = set()
        self._count = 0

    async def take(self, origin: Origin, events: Sequence[pb.CollectedEvent]) -> None:
        """Return when the bus has acknowledged the events.

        Raises:
            Overloaded: too many wait already; nothing was taken.
            BusUnavailable: the bus does not take them; nothing is known to be taken.
        """
        if not events:
            return
        if self._count + len(events) > WAITING:
            raise Overloaded
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        queue = self._waiting.get(origin)
        if queue is None:
            queue = self._waiting[origin] = deque()
            task = asyncio.create_task(self._send(origin, queue))
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)
        queue.append((events, done))
        self._count += len(events)
        await done

    async def _send(
        self, origin: Origin, queue: deque[tuple[Sequence[pb.CollectedEvent], asyncio.Future[None]]]
    ) -> None:
        """Publish what waits until nothing does; while one message is acknowledged the next one fills."""
        try:
            while queue:
                await asyncio.sleep(0)  # lets everything that arrived in this turn of the loop join
                parcel = [queue.popleft()]
                size = len(parcel[0][0])
                while queue and size + len(queue[0][0]) <= AT_ONCE:
                    parcel.append(queue.popleft())
                    size += len(parcel[-1][0])
                self._count -= size
                try:
                    await self._publisher.publish([self._fact(origin, [each for part, _ in parcel for each in part])])
                except Exception as error:  # told to everybody whose events were in it
                    _settle(parcel, error)
                else:
                    _settle(parcel, None)
        finally:
            del self._waiting[origin]

    def _fact(self, origin: Origin, events: Sequence[pb.CollectedEvent]) -> Fact:
        now = self._clock.now()
        body = pb.EventsCollected(source=origin.source, base=origin.base, trusted=origin.trusted, events=events)
        body.receive_time.FromDatetime(now)
        partition = partition_of(events[0].anonymous_id or events[0].event_id)
        return Fact(new_id(), "inbox", "events-collected", partition, body.SerializeToString(), now)


def _settle(parcel: Sequence[tuple[object, "asyncio.Future[None]"]], error: Exception | None) -> None:
    for _, done in parcel:
        if done.done():
            continue
        if error is None:
            done.set_result(None)
        else:
            done.set_exception(error)
