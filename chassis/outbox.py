"""Facts, and how they wait inside the document whose write caused them.

A document that tells facts has, beside its own fields:

    lane         0 to 7; the lane that publishes it
    revision     raised by every write that tells facts
    outbox       [{id, revision, topic, event, partition, time, body, trace, cause}], oldest first
    published    the highest revision whose facts are all on the bus
    unpublished  True while some are not; absent otherwise (a partial index finds them after a crash)
    published_at when the last were

Promise: nobody writes and then publishes; `stamped` and `pushing` make the fields for the one write that changes the
document, the relay (chassis.relay) does the rest. Published facts stay ten minutes more, so that a bus which lost
what it acknowledged can be filled again.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from chassis.telemetry.tracing import traceparent

RETENTION = timedelta(minutes=10)
FIELDS = ("lane", "revision", "outbox", "published", "unpublished", "published_at")


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that happened, as it goes over the bus.

    `id` is made from business keys, so that a repeat is recognised; `body` is a serialised protobuf without anything
    personal; `trace` a W3C traceparent (the writer's, where it is not told), `cause` the id of the fact or request
    that led to it.
    """

    id: str
    topic: str
    event: str
    partition: int
    body: bytes
    time: datetime
    trace: str = ""
    cause: str = ""


def to_entry(fact: Fact, revision: int) -> dict[str, Any]:
    """Give the form in which a fact waits."""
    return {
        "id": fact.id,
        "revision": revision,
        "topic": fact.topic,
        "event": fact.event,
        "partition": fact.partition,
        "time": fact.time,
        "body": fact.body,
        "trace": fact.trace or traceparent(),
        "cause": fact.cause,
    }


def from_entry(entry: Mapping[str, Any]) -> Fact:
    """Read a waiting fact."""
    return Fact(
        id=entry["id"],
        topic=entry["topic"],
        event=entry["event"],
        partition=entry["partition"],
        body=bytes(entry["body"]),
        time=entry["time"],
        trace=entry.get("trace", ""),
        cause=entry.get("cause", ""),
    )


def stamped(
    document: dict[str, Any],
    facts: Iterable[Fact],
    now: datetime,
    previous: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Give a whole document ready to be inserted, or to replace `previous` by compare-and-set on its revision.

    The document must carry its new `revision` and its `lane`. What waited in `previous` goes on waiting.
    """
    published = previous.get("published", 0) if previous else 0
    kept = [
        entry
        for entry in (previous or {}).get("outbox", ())
        if entry["revision"] > published or entry["time"] > now - RETENTION
    ]
    fresh = [to_entry(fact, document["revision"]) for fact in facts]
    waiting = bool(fresh) or any(entry["revision"] > published for entry in kept)
    result = {**document, "outbox": kept + fresh, "published": published}
    if waiting:
        result["unpublished"] = True
    else:
        result.pop("unpublished", None)
    if previous and "published_at" in previous:
        result["published_at"] = previous["published_at"]
    return result


def pushing(facts: Sequence[Fact], revision: int) -> dict[str, dict[str, Any]]:
    """Give the operators of an update that moves a document to `revision` and lets facts wait in it.

    Merge them into the update: `{"$set": {...own, **pushing["$set"]}, "$push": pushing["$push"]}`; the update's
    filter must hold the document's revision before.
    """
    return {
        "$set": {"revision": revision, "unpublished": True},
        "$push": {"outbox": {"$each": [to_entry(fact, revision) for fact in facts]}},
    }


def waiting(document: Mapping[str, Any]) -> list[Fact]:
    """Give the facts of a document that are not on the bus yet, in order."""
    published = document.get("published", 0)
    return [from_entry(entry) for entry in document.get("outbox", ()) if entry["revision"] > published]
