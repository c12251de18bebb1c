"""Relay, lanes and consumers on real MongoDB and JetStream."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from chassis import relay as relay_module
from chassis.bus import Bus, Consumer, Delivery, Publisher, connect, ensure_streams, run_lane, stream_name
from chassis.bus.connection import UNAVAILABLE
from chassis.bus.dead import letters, replay
from chassis.kernel import Code, Problem, SystemClock, lane_of, new_id, partition_of
from chassis.kernel.problem import DeadlineExceeded
from chassis.mongo import Lanes, Session
from chassis.mongo import connect as connect_mongo
from chassis.outbox import Fact, pushing, stamped
from chassis.relay import Relay
from deploy.local.children import free_ports
from deploy.local.engines import nats
from tests.logged import logged
from tests.polling import until


@pytest.fixture
async def bus(nats_url: str, namespace: str) -> AsyncIterator[Bus]:
    bus = await connect(nats_url, namespace=namespace, service="test")
    bus.stream_share = 0.001
    await ensure_streams(bus, ("profile", "dead"))
    yield bus
    await bus.close()


@pytest.fixture
async def session(mongodb_url: str, namespace: str) -> AsyncIterator[Session]:
    session = await connect_mongo(mongodb_url, namespace)
    yield session
    await session.close()


def fact(key: str, event: str = "profile-changed", name: str | None = None) -> Fact:
    return Fact(name or new_id(), "profile", event, partition_of(key), key.encode(), datetime.now(UTC))


def document(key: str, revision: int, facts: Sequence[Fact], previous: Any = None) -> dict[str, Any]:
    now = datetime.now(UTC)
    return stamped({"_id": key, "lane": lane_of(partition_of(key)), "revision": revision}, facts, now, previous)


class Taken:
    """What a consumer's handler received."""

    def __init__(self, fail: Callable[[Delivery], Exception | None] = lambda _fact: None) -> None:
        self.facts: list[Delivery] = []
        self._fail = fail

    async def __call__(self, batch: Sequence[Delivery]) -> None:
        for delivery in batch:
            error = self._fail(delivery)
            if error is not None:
                raise error
        self.facts += batch

    @property
    def ids(self) -> list[str]:
        return [fact.id for fact in self.facts]


async def running(bus: Bus, taken: Taken) -> list[asyncio.Task[None]]:
    return [asyncio.create_task(run_lane(bus, Consumer("profile", "check", taken), lane)) for lane in range(8)]


async def stop(tasks: Sequence[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_facts_of_inserts_replacements_and_updates_reach_the_consumer_in_order(
    bus: Bus, session: Session
) -> None:
    people = session.database("test")["people"]
    await relay_module.ensure_indexes(people)
    taken, key = Taken(), new_id()
    before = [fact(new_id()) for _ in range(50)]
    await people.insert_many([document(one.body.decode(), 1, [one]) for one in before])  # nobody published these yet
    lanes = Lanes(session.database("test"), tick=0.1)
    relay = Relay(session.database("test"), ["people"], Publisher(bus), SystemClock())

    async def idle(_lane: int) -> None:
        await asyncio.Event().wait()

    tasks = [asyncio.create_task(lanes.run(idle)), asyncio.create_task(relay.run(lanes)), *await running(bus, taken)]
    try:
        await until(lambda: len(taken.facts) == 50)
        chain = [fact(key) for _ in range(30)]
        first = document(key, 1, chain[:1])
        await people.insert_one(first)
        previous = first
        for number, one in enumerate(chain[1:20], start=2):
            previous = document(key, number, [one], previous)
            await people.replace_one({"_id": key, "revision": number - 1}, previous)
        for number, one in enumerate(chain[20:], start=21):
            await people.update_one({"_id": key, "revision": number - 1}, pushing([one], number))
        await until(lambda: set(taken.ids) >= {one.id for one in chain})

        order = [name for name in dict.fromkeys(taken.ids) if name in {one.id for one in chain}]
        assert order == [one.id for one in chain]

        async def marked() -> bool:
            return not await people.count_documents({"unpublished": True})

        await until(marked)
    finally:
        await stop(tasks)


@pytest.mark.faults
async def test_a_bus_that_comes_back_without_its_disk_is_filled_again(
    session: Session, namespace: str, tmp_path: Path
) -> None:
    people = session.database("test")["people"]
    await relay_module.ensure_indexes(people)
    ports = free_ports(2)
    server = nats.start(tmp_path / "before", ports).wait(20)
    bus = await connect(server.addresses["nats"], namespace=namespace, service="test")
    lanes = Lanes(session.database("test"), tick=0.1)
    relay = Relay(session.database("test"), ["people"], Publisher(bus), SystemClock())
    bus.returned.append(relay.on_bus_returned)

    async def idle(_lane: int) -> None:
        await asyncio.Event().wait()

    async def ensured() -> bool:
        try:
            await ensure_streams(bus, ("profile",))
        except UNAVAILABLE:
            return False
        return True

    async def held() -> int:
        return int((await bus.jetstream.stream_info(stream_name(namespace, "profile"))).state.messages)

    async def holds(count: int) -> bool:
        return await held() == count

    tasks = [asyncio.create_task(lanes.run(idle)), asyncio.create_task(relay.run(lanes))]
    try:
        await ensured()
        told = [fact(new_id()) for _ in range(40)]
        await people.insert_many([document(one.body.decode(), 1, [one]) for one in told])
        await until(lambda: holds(40))

        with logged() as lines:
            server.process.kill()
            server.process.wait()
            server = nats.start(tmp_path / "after", ports).wait(20)
            await until(ensured)
            await until(lambda: holds(40))
            refilled = await until(lambda: lines.of("relay.refilled"))
        assert refilled["facts"] == 40
        assert refilled["do"]
    finally:
        await stop(tasks)
        await bus.close()
        server.process.kill()


@pytest.mark.faults
async def test_a_fact_that_cannot_be_handled_ends_in_the_dead_letters_and_stops_nothing(bus: Bus) -> None:
    class Wrong(Problem):
        code = Code.INVALID_ARGUMENT
        reason = "WRONG"
        template = "This one is wrong."

    bad, good = fact("a" * 36), [fact("a" * 36) for _ in range(20)]
    healed = False
    taken = Taken(lambda one: Wrong() if one.id == bad.id and not healed else None)
    await Publisher(bus).publish([*good[:10], bad, *good[10:]])
    tasks = await running(bus, taken)
    try:
        await until(lambda: set(taken.ids) >= {one.id for one in good})
        found = await until(lambda: letters(bus, 10))
        assert [(headers["dead-reason"], headers["ce-id"]) for _, headers in found] == [("WRONG", bad.id)]

        healed = True
        await replay(bus, found[0][0])
        await until(lambda: bad.id in taken.ids)
        assert await letters(bus, 10) == []
    finally:
        await stop(tasks)


@pytest.mark.faults
# A peer knows nobody while its clock is wrong, and answers nobody in time while it is overrun: no fault of the facts.
@pytest.mark.parametrize("answer", [Code.UNAVAILABLE, Code.UNAUTHENTICATED, Code.DEADLINE_EXCEEDED])
async def test_an_engine_that_is_away_spends_no_attempts(bus: Bus, answer: Code) -> None:
    class Away(Problem):
        code = answer
        reason = answer.name

    back = asyncio.Event()
    taken = Taken(lambda _one: None if back.is_set() else Away())
    circuits: list[tuple[str, bool]] = []
    one = fact("b" * 36)
    lane = lane_of(one.partition)
    await Publisher(bus).publish([one])
    task = asyncio.create_task(
        run_lane(bus, Consumer("profile", "check", taken), lane, lambda name, opened: circuits.append((name, opened)))
    )
    try:
        await until(lambda: (f"test-check-{lane}", True) in circuits)
        back.set()
        await until(lambda: taken.ids == [one.id])
        assert circuits[-1] == (f"test-check-{lane}", False)
        assert taken.facts[0].deliveries == 1
        assert await letters(bus, 10) == []
    finally:
        await stop([task])


async def test_what_is_too_much_for_a_peer_at_once_is_asked_one_by_one(bus: Bus) -> None:
    key, told = "e" * 36, [fact("e" * 36) for _ in range(20)]
    circuits: list[tuple[str, bool]] = []
    taken: list[Delivery] = []

    async def slow(batch: Sequence[Delivery]) -> None:
        if len(batch) > 1:
            raise DeadlineExceeded("profile")
        taken.extend(batch)

    await Publisher(bus).publish(told)
    lane, consumer = lane_of(partition_of(key)), Consumer("profile", "check", slow)
    task = asyncio.create_task(run_lane(bus, consumer, lane, lambda name, opened: circuits.append((name, opened))))
    try:
        await until(lambda: [one.id for one in taken] == [one.id for one in told])
        assert {one.deliveries for one in taken} == {1}
        assert circuits == []
    finally:
        await stop([task])


async def test_facts_that_come_while_more_are_awaited_are_handled_together(bus: Bus) -> None:
    sizes: list[int] = []

    async def handler(batch: Sequence[Delivery]) -> None:
        sizes.append(len(batch))

    facts = [fact("b" * 36) for _ in range(40)]
    lane = lane_of(facts[0].partition)
    task = asyncio.create_task(run_lane(bus, Consumer("profile", "check", handler, gather=2.0), lane))
    try:
        for each in facts:
            await Publisher(bus).publish([each])
        await until(lambda: sum(sizes) == len(facts))
        assert len(sizes) < len(facts) / 4
    finally:
        await stop([task])


async def test_a_lost_lane_leaves_no_open_circuit(bus: Bus) -> None:
    class Away(Problem):
        code = Code.UNAVAILABLE
        reason = "DEPENDENCY_UNAVAILABLE"

    circuits: list[tuple[str, bool]] = []
    one = fact("b" * 36)
    lane = lane_of(one.partition)
    await Publisher(bus).publish([one])
    consumer = Consumer("profile", "check", Taken(lambda _one: Away()))
    task = asyncio.create_task(run_lane(bus, consumer, lane, lambda name, opened: circuits.append((name, opened))))
    await until(lambda: circuits)
    await stop([task])

    assert circuits == [(f"test-check-{lane}", True), (f"test-check-{lane}", False)]


async def test_a_fact_that_is_wrong_after_an_outage_leaves_no_open_circuit(bus: Bus) -> None:
    class Away(Problem):
        code = Code.UNAVAILABLE
        reason = "DEPENDENCY_UNAVAILABLE"

    class Wrong(Problem):
        code = Code.INVALID_ARGUMENT
        reason = "WRONG"

    errors: list[Problem] = [Away()]
    circuits: list[tuple[str, bool]] = []
    one = fact("c" * 36)
    lane = lane_of(one.partition)
    await Publisher(bus).publish([one])
    consumer = Consumer("profile", "check", Taken(lambda _one: errors.pop() if errors else Wrong()))
    task = asyncio.create_task(run_lane(bus, consumer, lane, lambda name, opened: circuits.append((name, opened))))
    try:
        await until(lambda: letters(bus, 10))
        assert circuits == [(f"test-check-{lane}", True), (f"test-check-{lane}", False)]
    finally:
        await stop([task])


async def test_lanes_are_shared_and_taken_over(session: Session) -> None:
    database = session.database("test")

    async def idle(_lane: int) -> None:
        await asyncio.Event().wait()

    first, second = (Lanes(database, lease=timedelta(seconds=1), tick=0.1) for _ in range(2))
    one = asyncio.create_task(first.run(idle))
    try:
        await until(lambda: len(first.held) == 8)
        two = asyncio.create_task(second.run(idle))
        await until(lambda: len(first.held) == 4 and len(second.held) == 4)
        assert not first.held & second.held
        await stop([one])
        await until(lambda: len(second.held) == 8)
        await stop([two])
    finally:
        await stop([one])


async def test_a_lane_changes_hands_only_when_its_work_has_ended(session: Session) -> None:
    database = session.database("test")
    working: set[int] = set()
    met: list[int] = []

    async def slow_to_end(lane: int) -> None:
        if lane in working:
            met.append(lane)
        working.add(lane)
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0.4)
            working.discard(lane)

    first, second = (Lanes(database, lease=timedelta(seconds=3), tick=0.1) for _ in range(2))
    tasks = [asyncio.create_task(first.run(slow_to_end))]
    try:
        await until(lambda: len(working) == 8)
        tasks.append(asyncio.create_task(second.run(slow_to_end)))
        await until(lambda: len(second.held) == 4 and len(working) == 8)
        assert met == []
    finally:
        await stop(tasks)


@pytest.mark.faults
async def test_an_outage_longer_than_the_ack_wait_costs_nothing_that_was_delivered_an_attempt(bus: Bus) -> None:
    class Away(Problem):
        code = Code.UNAVAILABLE
        reason = "DEPENDENCY_UNAVAILABLE"

    class Wrong(Problem):
        code = Code.INVALID_ARGUMENT
        reason = "WRONG"

    back, began = asyncio.Event(), asyncio.Event()
    key = "d" * 36
    bad, others = fact(key), [fact(key) for _ in range(20)]

    async def handle(batch: Sequence[Delivery]) -> None:
        if any(one.id == bad.id for one in batch):
            raise Wrong  # so that the batch is handled one by one
        began.set()
        if not back.is_set():
            raise Away
        taken.facts.extend(batch)

    taken = Taken()
    publisher = Publisher(bus)
    await publisher.publish([*others[:9], bad])
    consumer = Consumer("profile", "check", handle, batch=20, ack_wait=1.0)
    task = asyncio.create_task(run_lane(bus, consumer, lane_of(bad.partition)))
    try:
        await asyncio.wait_for(began.wait(), 20)
        await publisher.publish(others[9:])  # delivered to the same hands while they wait
        await asyncio.sleep(4.0)  # the outage: four times as long as the bus waits for an answer
        back.set()
        await until(lambda: {one.id for one in others} <= set(taken.ids))
        assert {one.deliveries for one in taken.facts} == {1}
        assert len(taken.facts) == len(others)
    finally:
        await stop([task])


async def test_a_handler_that_takes_longer_than_the_ack_wait_keeps_its_facts(bus: Bus) -> None:
    key, taken = "f" * 36, Taken()
    told = [fact(key) for _ in range(10)]

    async def slow(batch: Sequence[Delivery]) -> None:
        await asyncio.sleep(3.0)  # a peer that takes three times as long as the bus waits for an answer
        await taken(batch)

    await Publisher(bus).publish(told)
    consumer = Consumer("profile", "check", slow, ack_wait=1.0)
    task = asyncio.create_task(run_lane(bus, consumer, lane_of(partition_of(key))))
    try:
        await until(lambda: {one.id for one in taken.facts} == {one.id for one in told}, 60)
        assert [one.deliveries for one in taken.facts] == [1] * len(told)
    finally:
        await stop([task])


async def test_a_consumer_of_an_older_version_is_brought_up_to_date_and_goes_on_where_it_was(bus: Bus) -> None:
    key = "e" * 36
    lane = lane_of(partition_of(key))
    before, after = [fact(key) for _ in range(3)], [fact(key) for _ in range(3)]
    name, stream = f"test-check-{lane}", stream_name(bus.namespace, "profile")
    publisher = Publisher(bus)
    old, new = Taken(), Taken()

    await publisher.publish(before)
    task = asyncio.create_task(run_lane(bus, Consumer("profile", "check", old, batch=10, ack_wait=30.0), lane))
    await until(lambda: len(old.facts) == 3)
    await stop([task])
    await publisher.publish(after)
    task = asyncio.create_task(run_lane(bus, Consumer("profile", "check", new, batch=20), lane))
    try:
        await until(lambda: len(new.facts) == 3)
    finally:
        await stop([task])

    config = (await bus.jetstream.consumer_info(stream, name)).config
    assert (config.ack_wait, config.max_ack_pending) == (60.0, 80)
    assert new.ids == [one.id for one in after]
