"""The declared form of what test_documents.py keeps: what fits, what is refused, what is indexed."""

from dataclasses import replace
from typing import Any

import pytest
from pymongo import AsyncMongoClient

from chassis.kernel import SystemClock
from chassis.mongo import Session
from chassis.mongo.schema import UnfitDocumentError, checked, indexes_of
from services.campaign.adapters import schema
from services.campaign.adapters.mongo.campaigns import MongoCampaigns
from services.campaign.adapters.mongo.documents import to_document
from services.campaign.domain.blocks import Block, BlockKind
from services.campaign.ports import Kept
from tests.unit.campaign.builders import LATER, NOW, a_campaign, a_sending_campaign, a_template

TOLD = {"lane": 0, "revision": 1}
CREATION = {"principal": "person-1", "key": "", "digest": "0"}


def test_what_is_kept_fits() -> None:
    template, version = a_template().publish(NOW)

    for campaign in (a_campaign(), a_sending_campaign(), a_sending_campaign().stop(LATER)):
        checked(schema.Campaign, {**to_document(campaign), **TOLD, "creation": CREATION})
    for letter in (a_template(), template):
        checked(schema.Template, {**to_document(letter), **TOLD, "creation": CREATION})
    checked(schema.TemplateVersion, {"_id": "template-1/1", **to_document(version)})


def test_a_letter_of_blocks_fits_and_a_strange_block_is_named_by_its_place() -> None:
    content = replace(a_template().draft, blocks=(Block(BlockKind.HEADING, "News"), Block(BlockKind.FOOTER)))
    document = {**to_document(replace(a_template(), draft=content.composed())), **TOLD, "creation": CREATION}
    checked(schema.Template, document)

    document["draft"]["blocks"][1]["colour"] = "red"
    with pytest.raises(UnfitDocumentError, match=r"^templates: unfit draft\.blocks\[1\]\.colour$"):
        checked(schema.Template, document)


def test_what_is_wrong_inside_is_named_by_its_path() -> None:
    campaign = to_document(a_sending_campaign())
    campaign["settings"] |= {"control_percent": 101, "colour": "red"}
    campaign["run"]["pace"]["since"] = "now"

    with pytest.raises(
        UnfitDocumentError,
        match=r"^campaigns: unfit run\.pace\.since, settings\.colour, settings\.control_percent$",
    ):
        checked(schema.Campaign, {**campaign, **TOLD})


async def test_a_broken_campaign_never_leaves_for_the_store() -> None:
    nowhere = AsyncMongoClient[dict[str, Any]]("mongodb://127.0.0.1:1", connect=False, serverSelectionTimeoutMS=100)
    campaigns = MongoCampaigns(Session(nowhere, "nowhere"), SystemClock())

    with pytest.raises(UnfitDocumentError, match=r"^campaigns: unfit settings\.control_percent$"):
        await campaigns.save(Kept(a_campaign(), 1), a_campaign(control_percent=-1))
    with pytest.raises(UnfitDocumentError, match=r"^campaigns: unfit updated_at$"):
        await campaigns.save(Kept(a_campaign(), 1), replace(a_campaign(), updated_at=NOW.replace(tzinfo=None)))


def test_the_indexes_are_those_of_every_installation() -> None:
    newest = [
        ([("workspace", 1), ("updated_at", -1), ("_id", -1)], {"name": "newest"}),
        ([("updated_at", -1), ("_id", -1)], {"name": "newest_of_all"}),
    ]

    pictures = ([("pictures", 1)], {"name": "pictures"})

    assert indexes_of(schema.Template) == [*newest, pictures]
    assert indexes_of(schema.TemplateVersion) == [pictures]
    assert indexes_of(schema.Campaign) == [
        *newest,
        ([("lane", 1), ("state", 1), ("updated_at", 1)], {"name": "lane_state"}),
    ]
