"""What is on disk of segments: a change here needs a migration."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from pymongo import AsyncMongoClient

from chassis.mongo.schema import UnfitDocumentError, checked, indexes_of
from services.segment.adapters import schema
from services.segment.adapters.segments import MongoSegments
from services.segment.domain.segment import Segment, SegmentKind, created

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SEGMENT: dict[str, Any] = {
    "_id": "segment-1",
    "lane": 1,
    "revision": 4,
    "workspace": "main",
    "name": "Cardiologists",
    "kind": "live",
    "state": "active",
    "rule": {"all": [{"field": "city", "is": "moscow"}]},
    "uses": [],
    "auto_update": True,
    "created": NOW,
    "updated": NOW,
    "refreshed": None,
    "version": 2,
    "request": "digest",
    "outbox": [],
    "published": 0,
}


def a_segment() -> Segment:
    return created(
        "segment-1",
        workspace="main",
        name="Cardiologists",
        kind=SegmentKind.STATIC,
        rule=None,
        uses=frozenset(),
        auto_update=None,
        now=NOW,
    )


def test_what_is_kept_fits() -> None:
    assert checked(schema.Segment, SEGMENT) is SEGMENT


def test_a_rule_as_text_and_an_unknown_state_are_refused() -> None:
    with pytest.raises(UnfitDocumentError, match=r"^segments: unfit rule, state$"):
        checked(schema.Segment, {**SEGMENT, "rule": "{}", "state": "gone"})


async def test_a_broken_segment_never_leaves_for_the_store() -> None:
    nowhere = AsyncMongoClient[dict[str, Any]]("mongodb://127.0.0.1:1", connect=False, serverSelectionTimeoutMS=100)
    segments = MongoSegments(nowhere["segment"])
    broken = replace(a_segment(), updated=NOW.replace(tzinfo=None))

    with pytest.raises(UnfitDocumentError, match=r"^segments: unfit updated$"):
        await segments.add(broken, "digest")
    with pytest.raises(UnfitDocumentError, match=r"^segments: unfit updated$"):
        await segments.replace(replace(broken, revision=2))


def test_the_indexes_are_those_of_every_installation() -> None:
    assert indexes_of(schema.Segment) == [
        ([("workspace", 1), ("state", 1), ("updated", -1)], {"name": "workspace_state"}),
        ([("uses", 1)], {"name": "uses"}),
    ]
