"""What is on disk of users and API keys: a change here needs a migration."""

from datetime import UTC, datetime
from typing import Any

import pytest
from pymongo import AsyncMongoClient

from chassis.mongo.schema import UnfitDocumentError, checked, indexes_of
from services.access.adapters import schema
from services.access.adapters.mongo import MongoApiKeys
from services.access.domain.api_keys import ApiKey

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
USER: dict[str, Any] = {
    "_id": "3f1c",
    "lane": 0,
    "revision": 1,
    "roles": ["analyst"],
    "workspaces": ["main"],
    "last_seen_at": NOW,
}
KEY: dict[str, Any] = {
    "_id": "key-1",
    "lane": 7,
    "revision": 2,
    "title": "Webinar platform",
    "digest": "0" * 64,
    "roles": ["analyst"],
    "workspaces": ["main"],
    "created_by": "3f1c",
    "created_at": NOW,
    "expires_at": NOW,
    "revoked_at": None,
}


def test_what_is_kept_fits() -> None:
    assert checked(schema.User, USER) is USER
    assert checked(schema.ApiKey, KEY) is KEY
    kept = {**USER, "name": "sealed", "language": "ru", "preferences": {"theme": "dark"}}
    assert checked(schema.User, kept) is kept


def test_a_key_in_place_of_its_digest_is_refused() -> None:
    with pytest.raises(UnfitDocumentError, match=r"^api_keys: unfit digest, secret$"):
        checked(schema.ApiKey, {**KEY, "digest": "ck_key-1_secret", "secret": "secret"})


async def test_a_broken_key_never_leaves_for_the_store() -> None:
    nowhere = AsyncMongoClient[dict[str, Any]]("mongodb://127.0.0.1:1", connect=False, serverSelectionTimeoutMS=100)
    broken = ApiKey("key-1", "", "", (), (), "3f1c", NOW.replace(tzinfo=None), NOW)

    with pytest.raises(UnfitDocumentError, match=r"^api_keys: unfit created_at, digest$"):
        await MongoApiKeys(nowhere["access"]).add(broken)


def test_the_indexes_are_those_of_every_installation() -> None:
    assert indexes_of(schema.User) == [([("last_seen_at", -1), ("_id", -1)], {"name": "last_seen"})]
    assert indexes_of(schema.ApiKey) == [([("created_at", -1), ("_id", -1)], {"name": "newest"})]
