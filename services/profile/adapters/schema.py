"""What the collections `bases`, `sources`, `attributes` and `organisations` hold.

People are not here: commits, views, identity keys and staged rows are written in bulk and have no schema.
"""

from chassis.mongo.schema import Flag, Inner, Kept, Part, Text, Texts, Whole
from services.profile.domain.catalogue import KINDS, PersonalClass, Survivorship, ValueType

_KINDS = sorted(KINDS)


class Base(Kept):
    """An owner of data, by key."""

    meta = {"collection": "bases"}

    id = Text(primary_key=True)
    title = Text(required=True)


class ConsentTerms(Inner):
    """What an opt-in column of a source means."""

    purpose = Text(required=True)
    topic = Text(required=True)
    wording = Text(required=True)


class Source(Kept):
    """Where records come from, by key."""

    meta = {"collection": "sources"}

    id = Text(primary_key=True)
    base = Text(required=True)
    kind = Text(required=True, choices=_KINDS)
    title = Text(required=True)
    confirms = Texts(required=True)
    priority = Whole(required=True)
    key_columns = Texts(required=True)
    external_id_kind = Text()
    country = Text(required=True)
    consent = Part(ConsentTerms)


class Attribute(Kept):
    """An entry of the catalogue, by key."""

    meta = {"collection": "attributes"}

    id = Text(primary_key=True)
    type = Text(required=True, choices=[each.value for each in ValueType])
    personal = Text(required=True, choices=[each.value for each in PersonalClass])
    kinds = Texts(required=True)
    title = Text(required=True)
    dictionary = Text()
    multi = Flag(required=True)
    survivorship = Text(required=True, choices=[each.value for each in Survivorship])


class Organisation(Kept):
    """A clinic, hospital or company: its names, and their comparable forms to find it by."""

    meta = {
        "collection": "organisations",
        "indexes": [
            {"name": "keys", "fields": ["keys"]},
            {"name": "by_name", "fields": ["sorted", "_id"]},
            {"name": "parents", "fields": ["parent"], "sparse": True},
            {"name": "request", "fields": ["request"], "sparse": True, "unique": True},
        ],
    }

    id = Text(primary_key=True)
    name = Text(required=True)
    synonyms = Texts(required=True)
    parent = Text()
    city = Text()
    version = Whole(required=True, min_value=1)
    keys = Texts(required=True)
    sorted = Text(required=True)
    spellings = Text(required=True)
    request = Text()
    asked = Text()
