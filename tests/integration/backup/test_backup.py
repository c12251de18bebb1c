"""A backup is taken beside running writers, put back, and is the same state; an erased person stays erased."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pymongo
import pytest

from chassis.backup.__main__ import Settings as BackupSettings
from chassis.backup.__main__ import dump, restore, show
from chassis.backup.sets import APART, STAMP, BackupWrong, forget, opened
from chassis.files import SealedFiles, ensure_bucket
from chassis.kernel import new_id
from services.profile import queries
from services.profile.bootstrap import wire
from services.profile.commands.change import Request
from services.profile.commands.erasing import erase_profile
from services.profile.commands.records import StagedDraft, put_records
from services.profile.commands.upkeep import finish_erasures
from services.profile.domain.record import Contact, ContactPoint
from tests.integration.profile.conftest import Ground
from tests.unit.profile.people_samples import REGISTRY, a_draft

PEOPLE = 40


def _settings(ground: Ground) -> BackupSettings:
    known = ground.settings
    return BackupSettings(
        namespace=known.namespace, mongodb=known.mongodb, nats=known.nats, installation_key=known.installation_key
    )


def _both(ground: Ground, root: Path) -> tuple[Path, Path]:
    """Take the data, then what is kept apart."""
    return dump(_settings(ground), root / "data", 3), dump(_settings(ground), root / "keys", 7, APART)


async def _people(ground: Ground, first: int, count: int) -> list[str]:
    drafts = [
        StagedDraft(
            a_draft(
                REGISTRY,
                f"k{number}",
                contacts=(Contact(ContactPoint("email", f"person{number}@example.org")),),
                attributes={"family_name": f"Иванов{number}", "given_name": "Пётр"},
            ),
            str(number),
        )
        for number in range(first, first + count)
    ]
    return [str(each.profile) for each in await put_records(drafts, ground.app)]


@pytest.fixture
def client(mongodb_url: str) -> Iterator[pymongo.MongoClient[dict[str, Any]]]:
    with pymongo.MongoClient[dict[str, Any]](mongodb_url, tz_aware=True) as opened_client:
        yield opened_client


def _state(client: pymongo.MongoClient[dict[str, Any]], namespace: str) -> dict[str, tuple[int, str, list[str]]]:
    """Give count, digest and indexes of every collection."""
    state = {}
    for name in client.list_database_names():
        if name.startswith(f"{namespace}_"):
            for collection in client[name].list_collection_names():
                documents = list(client[name][collection].find(sort=[("_id", 1)]))
                text = json.dumps(documents, default=str, sort_keys=True)
                indexes = sorted(str(sorted(index.items())) for index in client[name][collection].list_indexes())
                digest = hashlib.sha256(text.encode()).hexdigest()
                state[f"{name}/{collection}"] = (len(documents), digest, indexes)
    return state


async def test_what_was_restored_is_the_same_state(
    ground: Ground,
    client: pymongo.MongoClient[dict[str, Any]],
    tmp_path: Path,
) -> None:
    namespace = ground.settings.namespace
    people = await _people(ground, 0, PEOPLE)
    await ensure_bucket(ground.engines.bus, "pictures", None)
    pictures = SealedFiles(ground.engines.bus, ground.settings.installation_key, "pictures")
    await pictures.put("logo", _once(b"a picture" * 20_000))
    before = _state(client, namespace)

    place, apart = await asyncio.to_thread(_both, ground, tmp_path)
    with pytest.raises(BackupWrong, match="--replace"):
        await asyncio.to_thread(restore, _settings(ground), place, apart, replace=False)
    for name in client.list_database_names():  # the machine is lost, and the bus with it
        if name.startswith(f"{namespace}_"):
            client.drop_database(name)
    await ground.engines.bus.jetstream.delete_object_store(f"{namespace}-pictures")
    await asyncio.to_thread(restore, _settings(ground), place, apart, replace=False)

    assert _state(client, namespace) == before
    assert before[f"{namespace}_profile/view_people"][0] == PEOPLE
    fresh = wire(ground.settings, ground.engines)
    for profile in people[:3]:
        assert (await queries.get_profile(profile, "*", fresh)).seen.person.id == profile
    with (tmp_path / "picture").open("w+b") as picture:
        assert await pictures.fetch("logo", picture) == len(b"a picture" * 20_000)
    await asyncio.to_thread(show, place)


async def test_a_backup_beside_writers_is_one_moment(
    ground: Ground,
    client: pymongo.MongoClient[dict[str, Any]],
    tmp_path: Path,
) -> None:
    await _people(ground, 0, PEOPLE)
    done = asyncio.Event()

    async def write() -> None:
        number = 1_000
        while not done.is_set():
            await _people(ground, number, 5)
            number += 5

    writing = asyncio.create_task(write())
    try:
        place, apart = await asyncio.to_thread(_both, ground, tmp_path)
    finally:
        done.set()
        await writing
    await asyncio.to_thread(restore, _settings(ground), place, apart, replace=True)

    # A view is written after its commits: each view's streams are there, at no lower version than it folded.
    database = client[f"{ground.settings.namespace}_profile"]
    versions: dict[str, int] = {}
    for commit in database["commits"].find({}, {"stream": 1, "version": 1}):
        versions[commit["stream"]] = max(versions.get(commit["stream"], 0), commit["version"])
    views = list(database["view_people"].find({}, {"streams": 1}))
    assert len(views) >= PEOPLE
    for view in views:
        for stream, version in view.get("streams", {}).items():
            assert versions.get(stream, 0) >= version
    wrapped = client[f"{ground.settings.namespace}_keys"]["data_keys"]
    records = [stream.removeprefix("record:") for stream in versions if stream.startswith("record:")]
    assert wrapped.count_documents({"_id": {"$in": records}}) == len(records)


async def test_whoever_was_erased_since_the_backup_is_erased_again(
    ground: Ground,
    client: pymongo.MongoClient[dict[str, Any]],
    tmp_path: Path,
) -> None:
    gone, stays = (await _people(ground, 0, 2))[:2]
    place, apart = await asyncio.to_thread(_both, ground, tmp_path)
    await erase_profile(gone, "asked by the person", Request("steward"), ground.app)

    await asyncio.to_thread(restore, _settings(ground), place, apart, replace=True)
    fresh = wire(ground.settings, ground.engines)
    assert await finish_erasures(fresh) == 1

    seen = await queries.get_profile(stays, "*", fresh)
    assert seen.seen.person.id == stays
    view = client[f"{ground.settings.namespace}_profile"]["view_people"].find_one({"_id": gone})
    assert view is not None
    assert view["status"] == "erased"
    assert "Иванов0" not in str(view)
    records = [each["records"] for each in client[f"{ground.settings.namespace}_erasures"]["erasures"].find()]
    for record in records[0]:
        assert client[f"{ground.settings.namespace}_keys"]["data_keys"].find_one({"_id": record}) is None


async def test_a_damaged_or_foreign_backup_touches_nothing(
    ground: Ground,
    client: pymongo.MongoClient[dict[str, Any]],
    tmp_path: Path,
) -> None:
    await _people(ground, 0, 3)
    place, apart = await asyncio.to_thread(_both, ground, tmp_path)
    before = _state(client, ground.settings.namespace)
    foreign = BackupSettings(
        namespace=ground.settings.namespace,
        mongodb=ground.settings.mongodb,
        nats=ground.settings.nats,
        installation_key=bytes(32),
    )

    with pytest.raises(BackupWrong, match="CONSILIUM_INSTALLATION_KEY"):
        await asyncio.to_thread(restore, foreign, place, apart, replace=True)
    await _people(ground, 50, 1)
    younger = await asyncio.to_thread(dump, _settings(ground), tmp_path / "later", 3)
    with pytest.raises(BackupWrong, match="older than"):
        await asyncio.to_thread(restore, _settings(ground), younger, apart, replace=True)
    before = _state(client, ground.settings.namespace)
    file = place / "data" / "profile" / "view_people.bson.gz"
    file.write_bytes(file.read_bytes()[:-8])
    with pytest.raises(BackupWrong, match="missing or altered"):
        await asyncio.to_thread(restore, _settings(ground), place, apart, replace=True)
    (apart / "keys" / "manifest.json").unlink()
    with pytest.raises(BackupWrong, match="not finished"):
        opened(apart / "keys")
    assert _state(client, ground.settings.namespace) == before


def test_old_backups_go_and_keys_of_a_week_ago_go_first(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    for days in (1, 3, 8, 20):
        (tmp_path / (now - timedelta(days=days)).strftime(STAMP) / "keys").mkdir(parents=True)
    (tmp_path / f"not-a-backup-{new_id()}").mkdir()

    forget(tmp_path, 3)

    left = sorted(path.name for path in tmp_path.iterdir() if not path.name.startswith("not"))
    assert left == sorted((now - timedelta(days=days)).strftime(STAMP) for days in (1, 3, 8))
    assert [(tmp_path / name / "keys").is_dir() for name in left] == [False, True, True]


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content
