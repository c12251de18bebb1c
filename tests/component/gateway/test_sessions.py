"""Sessions in the real store: sealed, ending, renewed once."""

from datetime import timedelta

import pytest

from chassis.crypto import Sealer
from chassis.kernel import SystemClock
from gateway.sessions import (
    MongoSessions,
    ProviderTokens,
    Session,
    id_of,
    new_cookie,
    renewed,
)
from tests.component.gateway.conftest import House

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOW = SystemClock().now()
TOKENS = ProviderTokens("access", 0.0, "refresh", "identity")


def a_session() -> Session:
    return Session(id_of(new_cookie()), TOKENS, "main", NOW, NOW)


async def test_what_is_kept_opens_only_in_its_place_and_with_its_key(house: House) -> None:
    collection = house.gateway.mongo.database("gateway")["sessions"]
    sessions = MongoSessions(collection, Sealer(b"1" * 32, "s"))
    one, other = a_session(), a_session()
    await sessions.insert(one)
    await sessions.insert(other)

    assert (await sessions.get(one.id)) == one
    assert await MongoSessions(collection, Sealer(b"2" * 32, "s")).get(one.id) is None
    moved = await collection.find_one({"_id": other.id})
    assert moved is not None
    await collection.update_one({"_id": one.id}, {"$set": {"tokens": moved["tokens"]}})
    assert await sessions.get(one.id) is None


async def test_of_two_renewals_one_counts(house: House) -> None:
    sessions = house.gateway.sessions
    session = a_session()
    await sessions.insert(session)
    fresh = [renewed(session, ProviderTokens(f"access-{n}", 1.0, "r", "i")) for n in range(2)]

    outcomes = [await sessions.renew(each, session.tokens) for each in fresh]

    assert outcomes == [True, False]
    kept = await sessions.get(session.id)
    assert kept is not None
    assert kept.tokens.access == "access-0"


async def test_the_store_forgets_by_itself_and_use_never_goes_back(house: House) -> None:
    collection = house.gateway.mongo.database("gateway")["sessions"]
    sessions, session = house.gateway.sessions, a_session()
    await sessions.insert(session)

    await sessions.touch(session.id, NOW + timedelta(minutes=5))
    await sessions.touch(session.id, NOW)

    kept = await sessions.get(session.id)
    assert kept is not None
    assert kept.used_at == NOW + timedelta(minutes=5)
    indexes = await collection.index_information()
    assert indexes[MongoSessions.INDEX]["expireAfterSeconds"] == 0
    await sessions.remove(session.id)
    assert await sessions.get(session.id) is None
