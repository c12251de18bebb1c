"""Declared documents: what a small, slow-moving collection holds and how it is indexed, said with mongoengine.

Promise: `checked` lets through what fits its class exactly (every required field there, no stranger, nothing that
would first have to be converted) and gives the document back untouched; its refusal names fields, never values.
mongoengine only declares and judges: it opens no connection, reads nothing and writes nothing, and no object of its
classes is ever made, which would cost ten times as much. I/O stays with the session's client.
Not here: collections that are written in bulk, whose documents are plain.
"""

# mypy: disallow-subclassing-any=False
# The line above: mongoengine has no types; its classes are subclassed here once, services subclass these.

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any, ClassVar

from mongoengine import (
    BooleanField,
    DateTimeField,
    DictField,
    EmbeddedDocument,
    EmbeddedDocumentField,
    IntField,
    ListField,
    StringField,
    ValidationError,
)
from mongoengine import Document as Declared

from chassis.kernel import LANES
from chassis.mongo.session import Database, Document
from chassis.outbox import FIELDS

Index = tuple[list[tuple[str, int]], dict[str, Any]]
"""Keys with their directions, and the options of an index, its name among them."""


class UnfitDocumentError(Exception):
    """A document breaks its schema: a bug of the writer; `fields` are paths within the document."""

    def __init__(self, collection: str, fields: tuple[str, ...]) -> None:
        super().__init__(f"{collection}: unfit {', '.join(fields)}")
        self.collection, self.fields = collection, fields


class Text(StringField):
    """A text; with `choices`, one of them."""

    def _validate_choices(self, value: Any) -> None:
        self.validate(value)  # a choice is looked up by its hash, which not every value has
        super()._validate_choices(value)


class Whole(IntField):
    """A whole number."""

    def validate(self, value: Any) -> None:
        """Refuse flags, and digits in a text."""
        if not isinstance(value, int) or isinstance(value, bool):
            self.error("not a whole number")
        super().validate(value)


class Flag(BooleanField):
    """Yes or no."""


class Moment(DateTimeField):
    """A moment that knows its time zone."""

    def validate(self, value: Any) -> None:
        """Refuse texts, days and moments of an unknown zone."""
        if not isinstance(value, datetime) or value.tzinfo is None:
            self.error("not a moment")


class Texts(ListField):
    """A list of texts; required means that it is there, it may be empty."""

    def validate(self, value: Any) -> None:
        """Refuse a single text, and anything else among the texts."""
        if not isinstance(value, list | tuple) or not all(isinstance(each, str) for each in value):
            self.error("not a list of texts")


class Tree(DictField):
    """A mapping whose keys are data, judged by the domain; required means that it is there, it may be empty."""

    def validate(self, value: Any) -> None:
        """Refuse what is no mapping, or has keys that are no texts."""
        if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
            self.error("not a mapping")


class Part(EmbeddedDocumentField):
    """A field that holds an `Inner`."""


class Parts(ListField):
    """A list of one kind of `Inner`; required means that it is there, it may be empty."""

    def __init__(self, kind: "type[Inner]", **options: Any) -> None:
        super().__init__(EmbeddedDocumentField(kind), **options)
        self.kind = kind


class Inner(EmbeddedDocument):
    """A document inside a document."""

    meta: ClassVar[dict[str, Any]] = {"abstract": True}


class Kept(Declared):
    """A document of a collection; `meta` names the collection and its indexes."""

    meta: ClassVar[dict[str, Any]] = {"abstract": True}


class Telling(Kept):
    """A document whose changes are told: it has an outbox, whose own fields (chassis.outbox) are not judged here."""

    meta = {"abstract": True}

    lane = Whole(required=True, min_value=0, max_value=LANES - 1)
    revision = Whole(required=True, min_value=1)


def checked(schema: type[Kept], document: Document) -> Document:
    """Give back the very document if it fits its schema.

    Raises:
        UnfitDocumentError: it does not; the error names the fields.
    """
    unfit = tuple(sorted(_unfit(schema, document, FIELDS if issubclass(schema, Telling) else ())))
    if unfit:
        raise UnfitDocumentError(schema._meta["collection"], unfit)
    return document


def indexes_of(schema: type[Kept]) -> list[Index]:
    """Give the indexes that a schema declares, as the driver takes them."""
    return [
        (list(spec["fields"]), {name: value for name, value in spec.items() if name != "fields"})
        for spec in schema._meta["index_specs"]
    ]


async def ensure_declared(database: Database, *schemas: type[Kept]) -> None:
    """Create what the schemas declare; called by a migration. Those that are there stay as they are."""
    for schema in schemas:
        for keys, options in indexes_of(schema):
            await database[schema._meta["collection"]].create_index(keys, **options)


def _unfit(schema: Any, document: Mapping[str, Any], aside: Collection[str], path: str = "") -> Iterator[str]:
    """Give the paths of fields that are unknown, missing or wrong; what mongoengine says of them quotes values."""
    fields = {field.db_field: field for field in schema._fields.values()}
    for name in document:
        if name not in fields and name not in aside:
            yield f"{path}{name}"
    for name, field in fields.items():
        value = document.get(name)
        if value is None:
            if field.required:
                yield f"{path}{name}"
        elif isinstance(field, Part):
            if isinstance(value, Mapping):
                yield from _unfit(field.document_type, value, (), f"{path}{name}.")
            else:
                yield f"{path}{name}"
        elif isinstance(field, Parts):
            if isinstance(value, list | tuple) and all(isinstance(each, Mapping) for each in value):
                for place, each in enumerate(value):
                    yield from _unfit(field.kind, each, (), f"{path}{name}[{place}].")
            else:
                yield f"{path}{name}"
        elif not _fits(field, value):
            yield f"{path}{name}"


def _fits(field: Any, value: object) -> bool:
    try:
        field._validate(value)
    except ValidationError:
        return False
    return True
