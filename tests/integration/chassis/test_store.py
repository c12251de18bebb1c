"""Event store, operations, migrations and transactions on real MongoDB."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chassis.events import Commit, CommitExists, EventStore, VersionTaken
from chassis.kernel import Code, FixedClock, Problem, SystemClock, derived_id, new_id
from chassis.kernel.problem import Conflict
from chassis.mongo import Migration, Session, connect, migrate
from chassis.operations import LEASE, Operations, OperationUnknown, Work, operation_id, service_of
from chassis.together import ended
from tests.polling import until


@pytest.fixture
async def session(mongodb_url: str, namespace: str) -> AsyncIterator[Session]:
    session = await connect(mongodb_url, namespace)
    yield session
    await session.close()


def commit(stream: str, version: int, **extra: Any) -> Commit:
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=version)
    return Commit(extra.pop("id", new_id()), stream, version, [{"type": "happened", "n": version}], at, extra)


async def test_of_two_writers_on_one_version_one_wins_and_the_other_writes_nothing(session: Session) -> None:
    store = EventStore(session.database("test"))
    await store.ensure_indexes()
    await store.append([commit("a", 1)])

    async with session.transaction() as transaction:
        await store.append([commit("a", 2), commit("b", 1)], transaction)
    with pytest.raises((VersionTaken, Conflict)):
        async with session.transaction() as transaction:
            await store.append([commit("c", 1), commit("a", 2)], transaction)

    found = await store.read(["a", "b", "c"])
    assert {stream: [one.version for one in commits] for stream, commits in found.items()} == {"a": [1, 2], "b": [1]}


async def test_a_commit_that_exists_is_told_apart_from_a_lost_race(session: Session) -> None:
    store = EventStore(session.database("test"))
    await store.ensure_indexes()
    first = commit("a", 1)
    await store.append([first])

    with pytest.raises(CommitExists):
        await store.append([commit("a", 2, id=first.id)])
    with pytest.raises(VersionTaken):
        await store.append([commit("a", 1)])


async def test_the_past_can_be_read_up_to_any_moment(session: Session) -> None:
    store = EventStore(session.database("test"))
    await store.ensure_indexes()
    await store.append([commit("a", version) for version in range(1, 6)])

    then = await store.read(["a"], until=datetime(2026, 1, 4, tzinfo=UTC))
    rest = await store.read(["a"], after={"a": 3})

    assert [one.version for one in then["a"]] == [1, 2, 3]
    assert [one.version for one in rest["a"]] == [4, 5]


async def test_the_id_of_an_operation_names_its_service() -> None:
    base = new_id()

    assert service_of(operation_id("segment")) == "segment"
    assert operation_id("report", base) == operation_id("report", base)
    assert service_of("nonsense") is None


class Refused(Problem):
    code = Code.FAILED_PRECONDITION
    reason = "REFUSED"
    template = "It cannot be done."


async def test_a_past_moment_cuts_no_stream_inside_where_clocks_disagree(session: Session) -> None:
    store = EventStore(session.database("test"))
    await store.ensure_indexes()
    noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    ahead, right = noon + timedelta(minutes=5), noon + timedelta(seconds=1)
    await store.append([Commit(new_id(), "a", 1, [{"type": "opened"}], ahead)])
    await store.append([Commit(new_id(), "a", 2, [{"type": "changed"}], right)])
    await store.append([Commit(new_id(), "b", 1, [{"type": "opened"}], right)])

    seen = await store.read(["a", "b"], until=noon + timedelta(minutes=1))
    assert {stream: [each.version for each in commits] for stream, commits in seen.items()} == {"b": [1]}
    seen = await store.read(["a", "b"], until=ahead)
    assert {stream: [each.version for each in commits] for stream, commits in seen.items()} == {"a": [1, 2], "b": [1]}


async def _run_out(session: Session, operation: str) -> None:
    """Let the lease of an operation run out."""
    documents = session.database("test")["operations"]
    await documents.update_one({"_id": operation}, {"$set": {"until": datetime(2000, 1, 1, tzinfo=UTC)}})


async def _ended(operations: Operations, operation: str) -> Mapping[str, Any]:
    async with asyncio.timeout(15):
        async for document in operations.watch(operation, "*", every=0.02):
            last = document
    return last


async def test_an_operation_runs_once_reports_and_ends_with_its_result(session: Session) -> None:
    operations = Operations(session.database("test"), "profile", SystemClock())
    seen: list[int] = []

    async def count(work: Work) -> Mapping[str, Any]:
        for number in range(1, work.input["to"] + 1):
            seen.append(number)
            await work.report(number, work.input["to"], "rows")
        return {"rows": work.input["to"]}

    async def refuse(_work: Work) -> Mapping[str, Any]:
        raise Refused

    operations.does("count", count)
    operations.does("refuse", refuse)
    runner = asyncio.create_task(operations.run())
    try:
        name = operation_id("profile", new_id())
        for _ in range(3):
            begun = await operations.begin(
                "count", subject="s", workspace="main", principal="p", given={"to": 5}, operation=name
            )
            assert begun["_id"] == name
        done = await _ended(operations, name)
        assert (done["result"], done["progress"]["done"], seen) == ({"rows": 5}, 5, [1, 2, 3, 4, 5])

        refused = await operations.begin("refuse", subject="s", workspace="main", principal="p")
        assert (await _ended(operations, refused["_id"]))["error"]["reason"] == "REFUSED"
        with pytest.raises(OperationUnknown):
            await operations.get(name, "partner")
    finally:
        runner.cancel()
        await asyncio.gather(runner, return_exceptions=True)


async def test_an_operation_stops_at_its_next_safe_point(session: Session) -> None:
    operations = Operations(session.database("test"), "profile", SystemClock())

    async def forever(work: Work) -> Mapping[str, Any]:
        done = 0
        while True:
            done += 1
            await work.report(done, 10_000_000, "rows")
            await asyncio.sleep(0.01)

    operations.does("forever", forever)
    runner = asyncio.create_task(operations.run())
    try:
        begun = await operations.begin("forever", subject="s", workspace="main", principal="p")

        async def moves() -> bool:
            return bool((await operations.get(begun["_id"], "main"))["progress"]["done"])

        await until(moves)
        await operations.cancel(begun["_id"], "main")
        assert (await _ended(operations, begun["_id"]))["error"]["reason"] == "CANCELLED"
    finally:
        runner.cancel()
        await asyncio.gather(runner, return_exceptions=True)


async def test_a_dead_workers_operation_is_taken_up_again(session: Session) -> None:
    database = session.database("test")
    first, second = (Operations(database, "profile", SystemClock()) for _ in range(2))
    begun_by: list[str] = []
    hang = asyncio.Event()

    async def hanging(_work: Work) -> Mapping[str, Any]:
        begun_by.append("first")
        await hang.wait()
        return {}

    async def quick(_work: Work) -> Mapping[str, Any]:
        begun_by.append("second")
        return {"done": 1}

    first.does("job", hanging)
    second.does("job", quick)
    one = asyncio.create_task(first.run())
    begun = await first.begin("job", subject="s", workspace="main", principal="p")
    await until(lambda: begun_by)
    one.cancel()  # gives the work back, as an orderly stop does
    await asyncio.gather(one, return_exceptions=True)
    two = asyncio.create_task(second.run())
    try:
        assert (await _ended(second, begun["_id"]))["result"] == {"done": 1}
        assert begun_by == ["first", "second"]
    finally:
        two.cancel()
        await asyncio.gather(two, return_exceptions=True)


async def test_a_worker_with_nothing_to_do_comes_before_a_busy_one(session: Session) -> None:
    database = session.database("test")
    door = Operations(database, "profile", SystemClock())
    workers = [Operations(database, "profile", SystemClock()) for _ in range(2)]
    free, doing = asyncio.Event(), [0, 0]

    def held_by(number: int) -> Callable[[Work], Awaitable[Mapping[str, Any]]]:
        async def hold(_work: Work) -> Mapping[str, Any]:
            doing[number] += 1
            await free.wait()
            return {}

        return hold

    for _ in range(4):
        await door.begin("job", subject="s", workspace="main", principal="p")
    for number, worker in enumerate(workers):
        worker.does("job", held_by(number))
    running = [asyncio.create_task(worker.run()) for worker in workers]
    try:
        await until(lambda: sum(doing) == 4)
        assert min(doing) >= 1
    finally:
        free.set()
        await ended(running)


async def test_a_worker_does_not_take_up_what_it_does_already(session: Session) -> None:
    operations = Operations(session.database("test"), "profile", SystemClock())
    begun: list[str] = []
    free = asyncio.Event()

    async def hold(work: Work) -> Mapping[str, Any]:
        begun.append(work.subject)
        if work.subject == "held":
            await free.wait()
        return {}

    operations.does("hold", hold)
    runner = asyncio.create_task(operations.run())
    try:
        held = await operations.begin("hold", subject="held", workspace="main", principal="p")
        await until(lambda: begun)
        await _run_out(session, held["_id"])  # an outage in which nobody could renew it
        later = await operations.begin("hold", subject="later", workspace="main", principal="p")
        await _ended(operations, later["_id"])
        assert begun == ["held", "later"]
        free.set()
        assert (await _ended(operations, held["_id"]))["result"] == {}
    finally:
        await ended([runner])


async def test_work_that_meets_another_writer_is_taken_up_again(session: Session) -> None:
    operations = Operations(session.database("test"), "profile", SystemClock())
    tries: list[str] = []

    async def meet(work: Work) -> Mapping[str, Any]:
        tries.append(work.id)
        if len(tries) == 1:
            raise Conflict
        return {"done": 1}

    operations.does("meet", meet)
    runner = asyncio.create_task(operations.run())
    try:
        begun = await operations.begin("meet", subject="s", workspace="main", principal="p")
        await until(lambda: tries)
        await _run_out(session, begun["_id"])
        assert (await _ended(operations, begun["_id"]))["result"] == {"done": 1}
        assert tries == [begun["_id"]] * 2
    finally:
        await ended([runner])


async def test_work_that_swallows_a_cancellation_does_not_hold_up_the_stop(session: Session) -> None:
    operations = Operations(session.database("test"), "profile", SystemClock())
    begun = asyncio.Event()

    async def deaf(_work: Work) -> Mapping[str, Any]:
        begun.set()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        await asyncio.Event().wait()
        return {}

    operations.does("deaf", deaf)
    runner = asyncio.create_task(operations.run())
    await operations.begin("deaf", subject="s", workspace="main", principal="p")
    await begun.wait()
    runner.cancel()
    done, _ = await asyncio.wait([runner], timeout=10)
    assert done == {runner}


async def test_operations_are_listed_newest_first_whatever_their_ids(session: Session) -> None:
    clock = FixedClock(datetime(2026, 1, 1, tzinfo=UTC))
    operations = Operations(session.database("test"), "segment", clock)
    made: list[str] = []
    for number in range(12):
        name = operation_id("segment", derived_id("refresh", str(number)))
        await operations.begin("refresh", subject="s", workspace="main", principal="p", operation=name)
        made.append(name)
        clock.advance(timedelta(seconds=number % 3))  # some in the same moment
    await operations.begin("refresh", subject="s", workspace="partner", principal="p")

    listed: list[str] = []
    after = None
    while page := await operations.page("main", running=False, after=after, limit=5):
        listed += [document["_id"] for document in page]
        after = (page[-1]["created_at"], page[-1]["_id"])
    times = [(await operations.get(name, "main"))["created_at"] for name in listed]
    assert sorted(listed) == sorted(made)
    assert times == sorted(times, reverse=True)
    assert await operations.page("main", running=True, after=None, limit=5, asker="somebody-else") == []
    assert len(await operations.page("main", running=True, after=None, limit=50, asker="p")) == len(made)


async def test_two_migrations_at_once_run_each_step_once(session: Session) -> None:
    ran: list[int] = []

    async def step(_database: Any) -> None:
        ran.append(1)
        await asyncio.sleep(0.05)

    steps = [Migration(number, "step", step) for number in (1, 2)]
    counts = await asyncio.gather(*(migrate(session.database("test"), steps) for _ in range(3)))

    assert (sum(counts), len(ran)) == (2, 2)


async def test_a_migration_longer_than_its_lease_is_run_by_one(session: Session) -> None:
    working: list[int] = []

    async def long(_database: Any) -> None:
        working.append(len(working))
        await asyncio.sleep(1.5)

    lease = timedelta(seconds=0.4)
    counts = await asyncio.gather(
        *(migrate(session.database("test"), [Migration(1, "long", long)], lease=lease) for _ in range(2))
    )

    assert (sorted(counts), working) == ([0, 1], [0])


@pytest.mark.parametrize("minutes", [-30, 30])
async def test_a_worker_whose_clock_is_wrong_neither_steals_work_nor_keeps_it(session: Session, minutes: int) -> None:
    database = session.database("test")
    wrong = Operations(database, "profile", FixedClock(datetime.now(UTC) + timedelta(minutes=minutes)))
    right = Operations(database, "profile", SystemClock())
    begun: list[str] = []
    free = asyncio.Event()

    def doing(name: str) -> Callable[[Work], Awaitable[Mapping[str, Any]]]:
        async def do(work: Work) -> Mapping[str, Any]:
            begun.append(f"{name} {work.subject}")
            if work.subject == "held":
                await free.wait()
            await work.report(1, 1, "rows")
            return {}

        return do

    wrong.does("job", doing("wrong"))
    right.does("job", doing("right"))
    one = asyncio.create_task(wrong.run())
    held = await wrong.begin("job", subject="held", workspace="main", principal="p")
    await until(lambda: begun)
    two = asyncio.create_task(right.run())
    try:
        for _ in range(6):  # whoever is free takes it, though the door's clock was wrong
            later = await wrong.begin("job", subject="later", workspace="main", principal="p")
            assert (await _ended(right, later["_id"]))["error"] is None
        assert begun[0] == "wrong held"
        assert "right held" not in begun
        lease = (await right.get(held["_id"], None))["until"] - datetime.now(UTC)
        assert timedelta(0) < lease <= LEASE
        free.set()
        assert (await _ended(right, held["_id"]))["error"] is None
    finally:
        await ended([one, two])
