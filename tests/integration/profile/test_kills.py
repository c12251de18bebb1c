"""A kill between every two steps of a write: whoever comes next finds, or makes, exactly one true state."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chassis.kernel import FixedClock
from chassis.outbox import waiting
from services.profile.app import App
from services.profile.bootstrap import wire
from services.profile.commands.change import Request, see
from services.profile.commands.erasing import erase_profile
from services.profile.commands.profiles import ProfileInput, archive_profile, create_profile, merge_profiles
from services.profile.commands.records import StagedDraft, put_records
from services.profile.commands.upkeep import finish_erasures, finish_writes, sweep_orphans
from services.profile.domain.people import fold
from services.profile.domain.record import Contact, ContactPoint
from tests.integration.profile.conftest import Ground
from tests.unit.profile.people_samples import CONGRESS, MAIL, PARTNER, PHONE, REGISTRY, a_draft

pytestmark = pytest.mark.faults

STEPS = ["keys", "claim", "commit", "view", "settled"]


class Killed(BaseException):
    """The process is gone: nothing catches it."""


class Kill:
    """Kills at the n-th time that a point is passed."""

    def __init__(self, point: str, times: int = 1) -> None:
        self.point, self.left = point, times

    def __call__(self, point: str) -> None:
        if point == self.point:
            self.left -= 1
            if self.left == 0:
                raise Killed


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2026, 5, 4, 12, tzinfo=UTC))


@pytest.fixture
def survivors(ground: Ground, clock: FixedClock) -> App:
    ground.engines.clock = clock
    return wire(ground.settings, ground.engines)


def killed_at(ground: Ground, point: str, times: int = 1) -> App:
    """Another process, which dies at a point; nothing of its memory is shared."""
    return replace(wire(ground.settings, ground.engines), fault=Kill(point, times))


ROWS = [
    StagedDraft(a_draft(REGISTRY, "k1", contacts=(Contact(MAIL),)), "1"),
    StagedDraft(a_draft(CONGRESS, "k1", contacts=(Contact(PHONE),)), "2"),
]
BRIDGE = StagedDraft(a_draft(PARTNER, "k1", contacts=(Contact(MAIL), Contact(PHONE))), "3")


async def check_truth(ground: Ground, app: App) -> None:
    """The views are the fold of the commits, every fact waits once, nothing is left open."""
    database = ground.engines.database
    commits = {document["_id"]: document async for document in database["commits"].find()}
    assert not [document for document in commits.values() if "open" in document]
    streams = {document["stream"] for document in commits.values()}
    people = fold((stored.commit for stored in await app.ledger.read(streams)), {})
    facts: list[str] = []
    async for document in database["view_people"].find():
        home = document["_id"]
        facts += [fact.id for fact in waiting(document) if fact.event != "profile-changed"]
        if document["status"] in {"active", "archived"}:
            assert people.root(home) == home
            person = (await see(home, "*", app)).person
            assert {record.id: record for record in person.records} == {
                record.id: record for record in people.person(home).records
            }
    expected = {
        f"{key}.{index}"
        for key, document in commits.items()
        for index, event in enumerate(document["events"])
        if event["type"] in {"record-opened", "record-split", "profile-absorbs", "profile-releases", "profile-archived"}
    }
    assert sorted(facts) == sorted(expected)


@pytest.mark.parametrize("point", STEPS[:4])
async def test_a_kill_in_a_bulk(ground: Ground, survivors: App, clock: FixedClock, point: str) -> None:
    with pytest.raises(Killed):
        await put_records(ROWS, killed_at(ground, point))
    clock.advance(timedelta(seconds=31))
    await finish_writes(survivors)
    results = await put_records(ROWS, survivors)

    assert len({result.profile for result in results}) == 2
    assert await ground.engines.database["commits"].count_documents({}) == 2
    await check_truth(ground, survivors)


@pytest.mark.parametrize(("point", "times"), [*((point, 1) for point in STEPS), ("commit", 2), ("view", 2)])
async def test_a_kill_while_two_people_become_one(
    ground: Ground, survivors: App, clock: FixedClock, point: str, times: int
) -> None:
    await put_records(ROWS, survivors)
    with pytest.raises(Killed):
        await put_records([BRIDGE], killed_at(ground, point, times))
    clock.advance(timedelta(seconds=31))
    await finish_writes(survivors)
    results = await put_records([*ROWS, BRIDGE], survivors)

    assert len({result.profile for result in results}) == 1
    await check_truth(ground, survivors)


async def test_a_view_that_lags_behind_does_not_stop_the_next_writer(ground: Ground, survivors: App) -> None:
    await put_records(ROWS, survivors)
    changed = StagedDraft(a_draft(REGISTRY, "k1", contacts=(Contact(MAIL),), attributes={"city": "oral"}), "1")
    with pytest.raises(Killed):
        await put_records([replace(changed, draft=replace(changed.draft, attributes={}))], killed_at(ground, "commit"))

    [result] = await put_records([changed], survivors)

    assert result.action == "updated"
    assert result.profile is not None
    person = (await see(result.profile, "*", survivors)).person
    assert {key: each.value for key, each in person.records[0].attributes.items()} == {"city": "oral"}
    assert person.records[0].version == 3


@pytest.mark.parametrize("point", STEPS[:4])
async def test_whoever_repeats_a_creation_is_shown_the_person(
    ground: Ground, survivors: App, clock: FixedClock, point: str
) -> None:
    given = ProfileInput("hcp", {"family_name": "Ким", "city": "omsk"}, (Contact(MAIL),), pinned=("city",))
    request = Request("steward", key="once", body=b"the same")
    with pytest.raises(Killed):
        await create_profile(given, "main", request, killed_at(ground, point))
    clock.advance(timedelta(seconds=31))

    seen = await create_profile(given, "main", request, survivors)

    [record] = seen.person.records
    assert record.attributes["city"].value == "omsk"
    assert record.pinned == {"city"}
    assert (await create_profile(given, "main", request, survivors)).person.id == seen.person.id
    await check_truth(ground, survivors)


@pytest.mark.parametrize("point", ["commit", "view"])
async def test_whoever_repeats_a_change_at_once_is_shown_what_it_did(
    ground: Ground, survivors: App, point: str
) -> None:
    profile = (await put_records(ROWS, survivors))[0].profile or ""
    request = Request("steward", key="once", body=b"the same")
    with pytest.raises(Killed):
        await archive_profile(profile, "left", "", request, killed_at(ground, point))

    assert (await archive_profile(profile, "left", "", request, survivors)).person.archived
    await check_truth(ground, survivors)


@pytest.mark.parametrize("point", ["decided", "commit", "view"])
async def test_a_kill_in_a_merge_by_hand(ground: Ground, survivors: App, clock: FixedClock, point: str) -> None:
    one, other = (result.profile or "" for result in await put_records(ROWS, survivors))
    with pytest.raises(Killed):
        await merge_profiles(one, other, Request("steward"), killed_at(ground, point))
    clock.advance(timedelta(seconds=31))
    await finish_writes(survivors)
    await merge_profiles(one, other, Request("steward"), survivors)

    assert (await see(other, "*", survivors)).person.id == one
    await check_truth(ground, survivors)


@pytest.mark.parametrize("point", ["decided", "forgotten", "commit", "view", "tombstone", "destroyed"])
async def test_a_kill_in_an_erasure(ground: Ground, survivors: App, clock: FixedClock, point: str) -> None:
    [profile, _] = (result.profile or "" for result in await put_records(ROWS, survivors))
    with pytest.raises(Killed):
        await erase_profile(profile, "request", Request("steward"), killed_at(ground, point))
    clock.advance(timedelta(seconds=31))
    await finish_writes(survivors)
    await finish_erasures(survivors)

    assert await survivors.erasures.pending() == []
    assert (await see(profile, "*", survivors)).person.records == ()
    assert await ground.engines.mongo.database("keys")["data_keys"].count_documents({}) == 1
    digest = survivors.digest("email", MAIL.value)
    assert await ground.engines.database["identity_keys"].count_documents({"_id": f"email|{digest}"}) == 0


async def test_what_dead_writers_left_is_swept_and_what_lives_is_not(ground: Ground, survivors: App) -> None:
    with pytest.raises(Killed):
        await put_records(ROWS, killed_at(ground, "claim"))
    ground.engines.clock = later = FixedClock(datetime.now(UTC) + timedelta(days=2))
    app = wire(ground.settings, ground.engines)
    [living] = await put_records([BRIDGE], survivors_at(ground, later))

    assert await sweep_orphans(app) >= 2

    keys = ground.engines.mongo.database("keys")["data_keys"]
    assert await keys.count_documents({}) == 1
    assert (await see(living.profile or "", "*", app)).person.records
    assert await ground.engines.database["identity_keys"].count_documents({"claim": {"$ne": None}}) == 0


def survivors_at(ground: Ground, clock: FixedClock) -> App:
    ground.engines.clock = clock
    return wire(ground.settings, ground.engines)


async def test_a_frozen_writer_that_wakes_after_its_claim_died_writes_nothing(
    ground: Ground, survivors: App, clock: FixedClock
) -> None:
    overtaken: list[object] = []

    def freeze(point: str) -> None:
        if point == "claim" and not overtaken:
            overtaken.append(point)
            raise Killed

    with pytest.raises(Killed):
        await put_records(ROWS, replace(survivors, fault=freeze))
    clock.advance(timedelta(seconds=31))
    results = await put_records(ROWS, survivors)

    assert [result.action for result in results] == ["created", "created"]
    point = ContactPoint("email", MAIL.value)
    digest = survivors.digest(point.kind, point.value)
    key = await ground.engines.database["identity_keys"].find_one({"_id": f"email|{digest}"})
    assert key is not None
    assert key["claim"] is None
