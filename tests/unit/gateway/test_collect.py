"""What waits for the bus: together, bounded, answered once."""

import asyncio
from collections.abc import Sequence
from typing import Any, cast

import pytest

from chassis.bus import BusUnavailable, Publisher
from chassis.kernel import SystemClock
from chassis.outbox import Fact
from gateway import collect
from gateway.collect import Collector, Origin, Overloaded
from gen.consilium.profile.v1 import events_pb2 as pb

SITE = Origin("site", "main", trusted=False)


class MemoryPublisher:
    """Takes facts when it is let, or refuses them."""

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.batches: list[pb.EventsCollected] = []
        self.away = False

    async def publish(self, facts: Sequence[Fact]) -> list[int]:
        await self.gate.wait()
        if self.away:
            raise BusUnavailable
        self.batches += [pb.EventsCollected.FromString(fact.body) for fact in facts]
        return list(range(len(facts)))


def a_collector() -> tuple[Collector, MemoryPublisher]:
    publisher = MemoryPublisher()
    return Collector(cast(Publisher, publisher), SystemClock()), publisher


def events(count: int, prefix: str = "e", size: int = 0) -> pb.EventsCollected:
    return pb.EventsCollected(
        events=[pb.CollectedEvent(event_id=f"{prefix}{number}", properties=bytes(size)) for number in range(count)]
    )


async def test_nothing_is_answered_before_the_bus_has_it() -> None:
    collector, publisher = a_collector()

    taking = asyncio.create_task(collector.take(SITE, events(1)))
    await asyncio.sleep(0.01)
    assert not taking.done()

    publisher.gate.set()
    await taking
    assert len(publisher.batches) == 1


async def test_what_arrives_meanwhile_fills_the_next_message_up_to_its_bound() -> None:
    collector, publisher = a_collector()
    takes = [asyncio.create_task(collector.take(SITE, events(100, f"{n}-"))) for n in range(12)]
    await asyncio.sleep(0.01)

    publisher.gate.set()
    await asyncio.gather(*takes)

    sizes = [len(batch.events) for batch in publisher.batches]
    assert sum(sizes) == 1200
    assert max(sizes) == collect.AT_ONCE
    assert len(sizes) == 3


async def test_a_message_takes_no_more_requests_than_the_bus_carries() -> None:
    collector, publisher = a_collector()
    publisher.gate.set()

    await asyncio.gather(*(collector.take(SITE, events(1, f"{n}-", size=400_000)) for n in range(5)))

    assert [[each.event_id for each in batch.events] for batch in publisher.batches] == [
        ["0-0", "1-0"],
        ["2-0", "3-0"],
        ["4-0"],
    ]


async def test_events_of_different_origins_do_not_mix() -> None:
    collector, publisher = a_collector()
    publisher.gate.set()

    await asyncio.gather(
        collector.take(SITE, events(1)), collector.take(Origin("app", "partner", trusted=True), events(1))
    )

    assert {(batch.source, batch.base, batch.trusted) for batch in publisher.batches} == {
        ("site", "main", False),
        ("app", "partner", True),
    }


async def test_overload_is_said_before_anything_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collect, "WAITING", 250)
    collector, publisher = a_collector()
    takes = [asyncio.create_task(collector.take(SITE, events(100, f"{n}-"))) for n in range(3)]
    await asyncio.sleep(0.01)
    waiting = asyncio.create_task(collector.take(SITE, events(100, "late-")))

    outcomes: list[Any] = []
    publisher.gate.set()
    for each in (*takes, waiting):
        try:
            await each
        except Overloaded as refused:
            outcomes.append(refused)

    assert outcomes
    assert all(refused.retry_after == 1.0 for refused in outcomes)
    assert sum(len(batch.events) for batch in publisher.batches) == 400 - 100 * len(outcomes)


async def test_a_bus_that_is_away_is_told_to_everybody_who_waits() -> None:
    collector, publisher = a_collector()
    publisher.away = True
    takes = [asyncio.create_task(collector.take(SITE, events(1, f"{n}-"))) for n in range(5)]
    publisher.gate.set()

    told = await asyncio.gather(*takes, return_exceptions=True)
    publisher.away = False
    await collector.take(SITE, events(1))

    assert all(isinstance(each, BusUnavailable) for each in told)
    assert len(publisher.batches) == 1
