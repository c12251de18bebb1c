"""Declared documents: what passes, what is refused, and what a refusal says."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from chassis.kernel import Clock, SystemClock
from chassis.mongo.schema import (
    Flag,
    Inner,
    Kept,
    Moment,
    Part,
    Telling,
    Text,
    Texts,
    Tree,
    UnfitDocumentError,
    Whole,
    checked,
    indexes_of,
)
from chassis.outbox import Fact, stamped

CLOCK: Clock = SystemClock()
SECRET = "ivanova@clinic.example"


class Shelf(Inner):
    """A place for tests."""

    row = Whole(required=True, min_value=1)
    note = Text()


class Book(Telling):
    """A thing for tests."""

    meta = {
        "collection": "books",
        "indexes": [
            {"name": "by_lane", "fields": ["lane", "-added", "_id"]},
            {"name": "tags", "fields": ["tags"], "sparse": True},
            {"name": "isbn", "fields": ["isbn"], "unique": True},
        ],
    }

    id = Text(primary_key=True)
    isbn = Text(required=True, max_length=17)
    kind = Text(required=True, choices=["novel", "atlas"])
    tags = Texts(required=True)
    lent = Flag(required=True)
    added = Moment(required=True)
    shelf = Part(Shelf, required=True)
    extra = Tree()


class Reader(Kept):
    """A thing that tells nothing."""

    meta = {"collection": "readers"}

    id = Text(primary_key=True)


def a_book(**changes: Any) -> dict[str, Any]:
    return {
        "_id": "1",
        "lane": 3,
        "revision": 1,
        "isbn": "978-5",
        "kind": "atlas",
        "tags": [],
        "lent": False,
        "added": datetime(2026, 3, 2, tzinfo=UTC),
        "shelf": {"row": 2},
        **changes,
    }


def test_what_fits_comes_back_untouched() -> None:
    book = a_book(extra={"any.thing": [1, {}]}, shelf={"row": 1, "note": None})
    before = {**book, "shelf": dict(book["shelf"])}

    assert checked(Book, book) is book
    assert book == before


def test_the_fields_of_an_outbox_pass_where_facts_are_told() -> None:
    now = CLOCK.now()
    book = stamped(a_book(), [Fact("1", "books", "book-added", 0, b"", now)], now)

    assert checked(Book, book) is book
    with pytest.raises(UnfitDocumentError, match="readers: unfit outbox, published"):
        checked(Reader, {"_id": "1", "outbox": [], "published": 0})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("_id", None),
        ("isbn", 9785),
        ("isbn", b"978-5"),
        ("isbn", "9" * 18),
        ("kind", "poem"),
        ("kind", {}),
        ("tags", None),
        ("tags", "one"),
        ("tags", ["one", 2]),
        ("lent", 0),
        ("lent", "false"),
        ("added", "2026-03-02"),
        ("added", date(2026, 3, 2)),
        ("added", datetime(2026, 3, 2)),  # noqa: DTZ001 - a moment of no zone is what is refused
        ("lane", 8),
        ("lane", "3"),
        ("revision", True),
        ("revision", 1.0),
        ("shelf", "second"),
        ("extra", []),
        ("extra", {1: "one"}),
        ("colour", "red"),
    ],
)
def test_what_would_have_to_be_converted_is_refused(field: str, value: object) -> None:
    with pytest.raises(UnfitDocumentError) as refused:
        checked(Book, a_book(**{field: value}))

    assert refused.value.fields == (field,)


def test_a_missing_field_and_one_inside_a_part_are_named_by_their_paths() -> None:
    book = a_book(shelf={"row": 0, "colour": "red"})
    del book["tags"]

    with pytest.raises(UnfitDocumentError) as refused:
        checked(Book, book)

    assert refused.value.fields == ("shelf.colour", "shelf.row", "tags")


def test_a_refusal_never_says_a_value() -> None:
    with pytest.raises(UnfitDocumentError) as refused:
        checked(Book, a_book(kind=SECRET, tags=SECRET, added=SECRET, lane=SECRET, shelf={"row": SECRET}))

    assert SECRET not in repr(refused.value)
    assert refused.value.__cause__ is None
    assert refused.value.__context__ is None


def test_indexes_come_from_the_declaration() -> None:
    assert indexes_of(Book) == [
        ([("lane", 1), ("added", -1), ("_id", 1)], {"name": "by_lane"}),
        ([("tags", 1)], {"name": "tags", "sparse": True}),
        ([("isbn", 1)], {"name": "isbn", "unique": True}),
    ]
    assert indexes_of(Reader) == []
