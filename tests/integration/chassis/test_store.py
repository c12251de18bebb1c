"""Event store, operations, migrations and transactions on real MongoDB."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chassis.events import Commit, CommitExists, EventStore, VersionTaken
from chassis.kernel import Code, Problem, SystemClock, new_id
from chassis.kernel.problem import Conflict
from chassis.mongo import Migration, Session, connect, migrate
from chassis.operations import Operations, OperationUnknown, Work, operation_id, service_of
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


async def test_two_migrations_at_once_run_each_step_once(session: Session) -> None:
    ran: list[int] = []

    async def step(_database: Any) -> None:
        ran.append(1)
        await asyncio.sleep(0.05)

    steps = [Migration(number, "step", step) for number in (1, 2)]
    counts = await asyncio.gather(*(migrate(session.database("test"), steps) for _ in range(3)))

    assert (sum(counts), len(ran)) == (2, 2)
