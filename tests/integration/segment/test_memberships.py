"""Containers on the real MongoDB: of two writers one wins, and every change is told in the same write."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from chassis.kernel import FixedClock, new_id
from chassis.mongo import Session, connect
from services.segment.adapters import bitmaps
from services.segment.adapters.absorptions import MongoAbsorptions
from services.segment.adapters.memberships import CHANGES, MongoMemberships
from services.segment.domain.membership import Container, MembershipChanged, empty
from tests.unit.segment.drawn import NOW


@pytest.fixture
async def session(mongodb_url: str, namespace: str) -> AsyncIterator[Session]:
    opened = await connect(mongodb_url, namespace)
    yield opened
    await opened.close()


def joined(container: Container, *numbers: int) -> tuple[Container, list[MembershipChanged]]:
    changes = [MembershipChanged(container.segment, new_id(), no, True, 1, NOW) for no in numbers]
    return replace(container, members=container.members | bitmaps.numbers(numbers)), changes


async def test_of_two_writers_one_wins_and_nothing_of_the_other_is_told(session: Session) -> None:
    memberships = MongoMemberships(session, "segment")
    segment = new_id()
    start = empty(segment, 0, bitmaps.numbers())

    won = await asyncio.gather(*(memberships.save(*joined(start, no), NOW) for no in range(1, 9)))

    assert won.count(True) == 1
    stored = (await memberships.containers([segment]))[segment, 0]
    assert (stored.revision, len(stored.members)) == (1, 1)
    assert await session.database("segment")[CHANGES].count_documents({}) == 1
    assert not await memberships.save(*joined(start, 50), NOW), "an old revision writes nothing"
    assert await memberships.save(*joined(stored, 51), NOW)


async def test_every_change_waits_for_the_relay_five_hundred_to_a_document(session: Session) -> None:
    memberships = MongoMemberships(session, "segment")
    segment = new_id()

    assert await memberships.save(*joined(empty(segment, 0, bitmaps.numbers()), *range(1, 1_202)), NOW)

    documents = await session.database("segment")[CHANGES].find().to_list()
    assert sorted(len(document["outbox"]) for document in documents) == [201, 500, 500]
    assert len({entry["id"] for document in documents for entry in document["outbox"]}) == 1_201
    assert (await memberships.counts([segment]))[segment].members == 1_201
    history = await memberships.history(segment, None, 10)
    assert [(line.members, line.joined, line.left) for line in history] == [(1_201, 1_201, 0)]


async def test_chains_of_absorptions_end_at_the_last_survivor(session: Session) -> None:
    absorptions = MongoAbsorptions(session.database("segment"), FixedClock(NOW))
    await absorptions.note({1: 2, 5: 5})
    await absorptions.note({2: 70_000})

    assert list(await absorptions.canonical(bitmaps.numbers([1, 2, 3]))) == [3, 70_000]
    await absorptions.note({2: 2})
    assert list(await absorptions.canonical(bitmaps.numbers([1, 3]))) == [2, 3]
    assert list(await absorptions.canonical(bitmaps.numbers([5]))) == [5]
