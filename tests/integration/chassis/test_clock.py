"""Time as services tell it: by MongoDB's clock, whatever that of their machine says."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from pymongo import AsyncMongoClient

from chassis.kernel import SystemClock
from chassis.mongo import Session, connect
from chassis.mongo import clock as clock_module
from chassis.mongo.clock import StoreClock, store_clock
from chassis.mongo.session import Document
from deploy.local.children import free_ports
from tests.logged import logged
from tests.polling import until

NEAR = timedelta(seconds=0.5)  # two round trips of an engine under load


@pytest.fixture
async def session(mongodb_url: str, namespace: str) -> AsyncIterator[Session]:
    session = await connect(mongodb_url, namespace)
    yield session
    await session.close()


async def stored(session: Session) -> datetime:
    """Ask MongoDB for the moment that its own updates are dated with."""
    moments = session.database("test")["moments"]
    await moments.update_one({"_id": "now"}, [{"$set": {"at": "$$NOW"}}], upsert=True)
    moment: datetime = ((await moments.find_one({"_id": "now"})) or {})["at"]
    return moment


@pytest.fixture
def minutes_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set this machine's clock five minutes ahead."""
    monkeypatch.setattr(SystemClock, "now", lambda _self: datetime.now(UTC) + timedelta(minutes=5))


@pytest.mark.usefixtures("minutes_ahead")
async def test_a_machine_whose_clock_is_wrong_tells_the_stores_time_and_that_it_is_wrong(session: Session) -> None:
    clock = await store_clock(session)
    with logged() as lines:
        following = asyncio.create_task(clock.follow())
        told = await until(lambda: lines.of("clock.wrong"))
    following.cancel()

    assert abs(clock.now() - await stored(session)) < NEAR
    assert told["seconds"] == 300
    assert told["do"]


async def test_a_clock_that_drifted_follows_the_store_again(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock_module, "LOOK_EVERY", 0.05)
    right, clock = await store_clock(session), StoreClock(session, datetime(2020, 1, 1, tzinfo=UTC))
    assert abs(clock.now() - right.now()) > NEAR
    following = asyncio.create_task(clock.follow())

    await until(lambda: abs(clock.now() - right.now()) < NEAR)

    following.cancel()
    assert abs(clock.now() - await stored(session)) < NEAR


async def test_the_count_goes_on_while_the_store_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock_module, "LOOK_EVERY", 0.01)
    gone: AsyncMongoClient[Document] = AsyncMongoClient(port=free_ports(1)[0], serverSelectionTimeoutMS=20)
    clock = StoreClock(Session(gone, "gone"), datetime(2020, 1, 1, tzinfo=UTC))
    before = clock.now()
    following = asyncio.create_task(clock.follow())

    await until(lambda: clock.now() - before > timedelta(seconds=0.3))

    assert not following.done()
    following.cancel()
    await gone.close()
