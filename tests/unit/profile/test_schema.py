"""What is on disk of bases, sources, attributes and organisations: a change here needs a migration."""

from dataclasses import replace
from typing import Any, cast

import pytest
from pymongo import AsyncMongoClient

from chassis.mongo.schema import Kept, UnfitDocumentError, checked, indexes_of
from chassis.mongo.session import Database
from services.profile.adapters import schema
from services.profile.adapters.organisations_mongo import MongoOrganisations
from services.profile.adapters.settings import MongoSettings, attribute_to, source_to
from services.profile.domain.catalogue import Attribute, PersonalClass, ValueType
from services.profile.domain.organisations import Place, new_organisation
from services.profile.domain.record import PersonKind
from services.profile.domain.sources import Base, ConsentTerms, Source

SOURCE = Source("registry", "main", "hcp", "State registry", consent=ConsentTerms("marketing", "news", "I agree"))
ATTRIBUTE = Attribute("blood_group", ValueType.CODE, PersonalClass.HEALTH, dictionary="blood_groups")
ORGANISATION: dict[str, Any] = {
    "_id": "organisation-1",
    "name": "Городская больница № 5",
    "synonyms": [],
    "parent": "organisation-2",
    "city": None,
    "version": 1,
    "keys": ["городская больница 5"],
    "sorted": "городская больница 5",
    "spellings": "городская больница 5",
}


@pytest.fixture
def nowhere() -> Database:
    """Give a database that nothing reaches: what gets so far fails by its deadline."""
    client = AsyncMongoClient[dict[str, Any]]("mongodb://127.0.0.1:1", connect=False, serverSelectionTimeoutMS=100)
    return client["profile"]


@pytest.mark.parametrize(
    ("of", "document"),
    [
        (schema.Base, {"_id": "main", "title": ""}),
        (schema.Source, source_to(SOURCE)),
        (schema.Source, source_to(replace(SOURCE, consent=None, external_id_kind="snils"))),
        (schema.Attribute, attribute_to(ATTRIBUTE)),
        (schema.Organisation, ORGANISATION),
    ],
)
def test_what_is_kept_fits(of: type[Kept], document: dict[str, Any]) -> None:
    assert checked(of, document) is document


def test_what_is_wrong_inside_is_named_by_its_path() -> None:
    broken = {**source_to(SOURCE), "priority": "1", "consent": {"purpose": "marketing", "topic": None, "wording": ""}}

    with pytest.raises(UnfitDocumentError, match=r"^sources: unfit consent\.topic, priority$"):
        checked(schema.Source, broken)
    with pytest.raises(UnfitDocumentError, match=r"^attributes: unfit personal$"):
        checked(schema.Attribute, {**attribute_to(ATTRIBUTE), "personal": "secret"})


async def test_what_is_broken_never_leaves_for_the_store(nowhere: Database) -> None:
    settings, organisations = MongoSettings(nowhere), MongoOrganisations(nowhere)
    organisation = replace(new_organisation(Place("Больница № 5", None)), version=0)

    with pytest.raises(UnfitDocumentError, match=r"^bases: unfit title$"):
        await settings.add_base(Base("main", cast("str", None)))
    with pytest.raises(UnfitDocumentError, match=r"^sources: unfit kind$"):
        await settings.add_source(replace(SOURCE, kind=cast("PersonKind", "robot")))
    with pytest.raises(UnfitDocumentError, match=r"^attributes: unfit multi$"):
        await settings.add_attribute(replace(ATTRIBUTE, multi=cast("bool", 1)))
    with pytest.raises(UnfitDocumentError, match=r"^organisations: unfit version$"):
        await organisations.add(organisation)
    with pytest.raises(UnfitDocumentError, match=r"^organisations: unfit version$"):
        await organisations.save(organisation)


def test_the_indexes_are_those_of_every_installation() -> None:
    assert [indexes_of(of) for of in (schema.Base, schema.Source, schema.Attribute)] == [[], [], []]
    assert indexes_of(schema.Organisation) == [
        ([("keys", 1)], {"name": "keys"}),
        ([("sorted", 1), ("_id", 1)], {"name": "by_name"}),
        ([("parent", 1)], {"name": "parents", "sparse": True}),
        ([("request", 1)], {"name": "request", "sparse": True, "unique": True}),
    ]
