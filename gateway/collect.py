"""Collecting events: JSON in, verdicts out, facts in the inbox; the fast path of the door.

Promise: an event is answered as accepted only after JetStream has it. What cannot be taken now is refused before it
is accepted (429), never after. Singles that arrive together travel together: one bus message carries up to 500.
Limits: identities are personal, so a collected batch is the one message of the bus that holds such values.

An event costs what it is read and written for: a request's events are written into one message, never a message each,
and the parts of several requests are put one behind the other as bytes (protobuf adds repeated fields up).
"""

import asyncio
import math
import re
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Annotated, Any

import msgspec

from chassis.bus import Publisher
from chassis.kernel import Clock, Code, Problem, new_id, partition_of
from chassis.outbox import Fact
from chassis.telemetry.tracing import consuming, traceparent
from gateway.bodies import SAID_TWICE, keys_in, may_say_twice, said_twice
from gateway.refusals import invalid
from gen.consilium.profile.v1 import events_pb2 as pb

AT_ONCE = 500
"""Events of one bus message, and of one batch."""

BYTES_AT_ONCE = 1 << 20
"""Bytes at which a bus message takes no further request's events: an eighth of what the bus carries."""

WAITING = 20_000
"""Events that may wait for the bus: half a second of its full rate."""

OLDEST = timedelta(days=14)
"""How long ids are remembered: what is older could come twice."""

AHEAD = timedelta(hours=24)
"""How wrong a sender's clock may be."""

JSON_LIMIT = 16 << 10
"""Bytes of an event's properties, and of its context."""

EventId = Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
Opaque = Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
Value = Annotated[str, msgspec.Meta(min_length=1, max_length=320)]


class Identity(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """Who did it, by any identifier; a kind that is not told is absent."""

    profile: Value | None = None
    email: Value | None = None
    phone: Value | None = None
    external_id: Value | None = None


class Event(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """One thing that somebody did; `weigh` looks at the form of its name."""

    event_id: EventId
    name: str
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


class Verdict(msgspec.Struct, omit_defaults=True, gc=False):
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
_NAME = re.compile("[a-z][a-z0-9_]{0,63}")


@lru_cache(4096)
def _is_name(text: str) -> bool:
    """Tell whether it is an event's name; remembered, for names are few and the look costs as much as the parsing."""
    return _NAME.fullmatch(text) is not None


def judge(raw: bytes | msgspec.Raw, now: datetime, into: pb.EventsCollected) -> Verdict:
    """Read one event, add it to what goes on the bus when it is accepted, and give the verdict."""
    try:
        event = _EVENT.decode(raw)
        packed, body = _packed(event), bytes(raw)
        again = said_twice(body) if may_say_twice(body, _keys(event, packed)) else None
    except (msgspec.ValidationError, msgspec.DecodeError, RecursionError, ValueError) as error:
        return _refused(_id_of(raw), error)
    if again is not None:
        return Verdict(event.event_id, "refused", again, "SAID_TWICE", SAID_TWICE)
    return weigh(event, packed, now - OLDEST, now + AHEAD, into)


def judge_all(body: bytes, now: datetime, into: pb.EventsCollected) -> list[Verdict]:
    """Read a batch's body; at once where every event is well formed, else one by one.

    Raises:
        msgspec.ValidationError: it is no batch.
        msgspec.DecodeError, RecursionError: it is no JSON.
        RequestRefused: it tells its events twice.
    """
    try:
        events = _EVENTS.decode(body).events
    except (msgspec.ValidationError, RecursionError):
        events = []
    packed = [_packed(event) for event in events]
    if not events or may_say_twice(body, 1 + sum(map(_keys, events, packed))):
        raws = _BATCH.decode(body).events
        if _told_twice(body):
            raise invalid("/events", "SAID_TWICE", SAID_TWICE)
        return [judge(raw, now, into) for raw in raws]
    oldest, latest = now - OLDEST, now + AHEAD
    return [weigh(event, parts, oldest, latest, into) for event, parts in zip(events, packed, strict=True)]


def _told_twice(body: bytes) -> bool:
    try:
        return said_twice(body) == "/events"
    except (ValueError, RecursionError):
        return False  # one of the events is no JSON; its own verdict says so


def _packed(event: Event) -> tuple[bytes, bytes]:
    """Write an event's properties and context as they travel."""
    properties, context = event.properties, event.context
    return msgspec.json.encode(properties) if properties else b"", msgspec.json.encode(context) if context else b""


def _keys(event: Event, packed: tuple[bytes, bytes]) -> int:
    """Count the keys that an event was read from; a null of its own fields counts as not said."""
    count = 3 if event.anonymous_id is None else 4
    if event.properties is not None:
        count += 1 + keys_in(packed[0])
    if event.context is not None:
        count += 1 + keys_in(packed[1])
    who = event.identity
    if who is not None:
        told = (who.profile, who.email, who.phone, who.external_id)
        count += 5 - told.count(None)
    return count


def weigh(
    event: Event, packed: tuple[bytes, bytes], oldest: datetime, latest: datetime, into: pb.EventsCollected
) -> Verdict:
    """Judge a well-formed event, add it to what goes on the bus when it is accepted, and give the verdict."""
    if not _is_name(event.name):
        text = "A lower-case name of letters, digits and _, a letter first, at most 64."
        return Verdict(event.event_id, "refused", "/name", "NOT_VALID", text)
    identity = event.identity
    if identity is None:
        if event.anonymous_id is None:
            return Verdict(event.event_id, "refused", "/identity", "REQUIRED", "Tell anonymous_id or identity.")
    elif not any(getattr(identity, field) for field, _ in _KINDS):
        return Verdict(event.event_id, "refused", "/identity", "REQUIRED", "Tell at least one identifier.")
    time = event.time
    if time < oldest:
        return Verdict(event.event_id, "too_old", "/time", "TOO_OLD", "Older than 14 days: import it instead.")
    if time > latest:
        return Verdict(event.event_id, "refused", "/time", "IN_FUTURE", "More than a day ahead of our clock.")
    properties, context = packed
    for field, part in (("properties", properties), ("context", context)):
        if len(part) > JSON_LIMIT:
            return Verdict(event.event_id, "refused", f"/{field}", "TOO_LONG", f"At most {JSON_LIMIT} bytes.")
    # Not a message of its own, to be added later: making one costs several times what writing its fields does.
    collected = into.events.add(
        event_id=event.event_id,
        name=event.name,
        anonymous_id=event.anonymous_id or "",
        properties=properties,
        context=context,
    )
    # Not FromDatetime: it is a third of what an event costs here.
    collected.time.seconds = math.floor(time.timestamp())
    collected.time.nanos = time.microsecond * 1000
    if identity is not None:
        for field, kind in _KINDS:
            value = getattr(identity, field)
            if value:
                collected.identities.add(kind=kind, value=value)
    return Verdict(event.event_id, "accepted")


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


@dataclass(frozen=True, slots=True)
class _Part:
    """One request's events, written; `done` is told when the bus has them."""

    count: int
    body: bytes
    key: str
    trace: str
    done: asyncio.Future[None]


class Collector:
    """Brings events to the inbox, together where they arrive together."""

    def __init__(self, publisher: Publisher, clock: Clock) -> None:
        self._publisher = publisher
        self._clock = clock
        self._waiting: dict[Origin, deque[_Part]] = {}
        self._sending: set[asyncio.Task[None]] = set()
        self._count = 0

    async def take(self, origin: Origin, collected: pb.EventsCollected) -> None:
        """Return when the bus has acknowledged the events.

        Raises:
            Overloaded: too many wait already; nothing was taken.
            BusUnavailable: the bus does not take them; nothing is known to be taken.
        """
        count = len(collected.events)
        if not count:
            return
        if self._count + count > WAITING:
            raise Overloaded
        first = collected.events[0]
        part = _Part(
            count,
            collected.SerializeToString(),
            first.anonymous_id or first.event_id,
            traceparent(),
            asyncio.get_running_loop().create_future(),
        )
        queue = self._waiting.get(origin)
        if queue is None:
            queue = self._waiting[origin] = deque()
            task = asyncio.create_task(self._send(origin, queue))
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)
        queue.append(part)
        self._count += count
        await part.done

    async def _send(self, origin: Origin, queue: deque[_Part]) -> None:
        """Publish what waits until nothing does; while it is acknowledged the next messages fill."""
        try:
            while queue:
                await asyncio.sleep(0)  # lets everything that arrived in this turn of the loop join
                parts = list(queue)
                queue.clear()
                self._count -= sum(part.count for part in parts)
                try:
                    with consuming("collect", [part.trace for part in parts]):
                        await self._publisher.publish([self._fact(origin, each) for each in _messages(parts)])
                except Exception as error:  # told to everybody whose events were in it
                    _settle(parts, error)
                else:
                    _settle(parts, None)
        finally:
            del self._waiting[origin]

    def _fact(self, origin: Origin, parts: Sequence[_Part]) -> Fact:
        now = self._clock.now()
        head = pb.EventsCollected(source=origin.source, base=origin.base, trusted=origin.trusted)
        head.receive_time.FromDatetime(now)
        body = b"".join([head.SerializeToString(), *(part.body for part in parts)])
        return Fact(new_id(), "inbox", "events-collected", partition_of(parts[0].key), body, now)


def _messages(parts: Sequence[_Part]) -> list[list[_Part]]:
    """Share requests' events out to bus messages, in their order; none is cut."""
    messages: list[list[_Part]] = []
    count = size = 0
    for part in parts:
        if not messages or count + part.count > AT_ONCE or size + len(part.body) > BYTES_AT_ONCE:
            messages.append([])
            count = size = 0
        messages[-1].append(part)
        count += part.count
        size += len(part.body)
    return messages


def _settle(parts: Sequence[_Part], error: Exception | None) -> None:
    for part in parts:
        if part.done.done():
            continue
        if error is None:
            part.done.set_result(None)
        else:
            part.done.set_exception(error)
