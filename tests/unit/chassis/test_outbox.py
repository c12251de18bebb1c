"""Facts wait in the document that caused them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from chassis.outbox import Fact, pushing, stamped, waiting

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def _fact(name: str, at: datetime = NOW) -> Fact:
    return Fact(name, "profile", "profile-changed", 3, b"body", at)


def _document(revision: int, **extra: Any) -> dict[str, Any]:
    return {"_id": "x", "lane": 3, "revision": revision, **extra}


def test_unpublished_facts_survive_the_next_writes() -> None:
    first = stamped(_document(1), [_fact("a")], NOW)
    later = NOW + timedelta(hours=1)
    second = stamped(_document(2), [_fact("b", later)], later, first)

    assert [fact.id for fact in waiting(second)] == ["a", "b"]
    assert second["unpublished"] is True


def test_published_facts_stay_ten_minutes_and_are_not_published_again() -> None:
    first = {**stamped(_document(1), [_fact("a")], NOW), "published": 1, "published_at": NOW}
    del first["unpublished"]

    soon = stamped(_document(2), [_fact("b")], NOW + timedelta(minutes=5), first)
    late = stamped(_document(2), [_fact("b")], NOW + timedelta(minutes=15), first)

    assert [entry["id"] for entry in soon["outbox"]] == ["a", "b"]
    assert [fact.id for fact in waiting(soon)] == ["b"]
    assert [entry["id"] for entry in late["outbox"]] == ["b"]


def test_a_write_without_facts_leaves_nothing_to_publish() -> None:
    first = {**stamped(_document(1), [_fact("a")], NOW), "published": 1}

    assert "unpublished" not in stamped(_document(2), [], NOW, first)


def test_an_update_moves_the_revision_and_pushes() -> None:
    change = pushing([_fact("a")], 5)

    assert change["$set"] == {"revision": 5, "unpublished": True}
    assert change["$push"]["outbox"]["$each"][0]["revision"] == 5
