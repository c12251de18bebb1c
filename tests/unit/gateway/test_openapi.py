"""The committed document is what the gateway serves, and the models are what the contracts say."""

import importlib
import inspect
import json
import pkgutil
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.descriptor import Descriptor
from pydantic import BaseModel

from chassis.grpc import actions_of
from chassis.grpc.freezes import OVERRIDE
from gateway import convert, models, openapi
from gateway.models.manner import Body, Listing, View
from gateway.peers import PROTO_SERVICES
from gen.consilium.access.v1 import accounts_pb2, freezes_pb2, people_pb2, tokens_pb2
from gen.consilium.campaign.v1 import campaigns_pb2, templates_pb2
from gen.consilium.channel.v1 import messages_pb2
from gen.consilium.operations.v1 import operations_pb2
from gen.consilium.profile.v1 import (
    catalogue_pb2,
    consents_pb2,
    dictionaries_pb2,
    imports_pb2,
    match_candidates_pb2,
    profiles_pb2,
)
from gen.consilium.report.v1 import reports_pb2
from gen.consilium.segment.v1 import segments_pb2
from gen.consilium.shared.v1 import values_pb2

COMMITTED = Path("docs/openapi.json")
RENAMED = {
    "BatchArchived": "BatchArchiveProfilesResponse",
    "CampaignCheck": "CheckCampaignResponse",
    "Erased": "EraseProfileResponse",
    "Explanation": "ExplainMembershipResponse",
    "FoundProfiles": "LookupProfilesResponse",
    "LetterCheck": "CheckLetterResponse",
    "LetterPreview": "PreviewLetterResponse",
    "MadeApiKey": "CreateApiKeyResponse",
    "Names": "GetNamesResponse",
    "MessageCounts": "CountMessagesResponse",
    "Overlaps": "OverlapSegmentsResponse",
    "ProfilesById": "BatchGetProfilesResponse",
    "Reconciliation": "ReconcileCampaignResponse",
    "Report": "QueryReportResponse",
    "SegmentPreview": "PreviewSegmentResponse",
    "StartedImport": "CreateImportResponse",
    "TestSent": "SendTestResponse",
    "ValueCounts": "CountValuesResponse",
    "CampaignCounts": "CountCampaignsResponse",
}
"""Answers whose name says what they are, where the contract's says whose response they are."""

MODULES = (
    accounts_pb2, freezes_pb2, people_pb2, tokens_pb2, campaigns_pb2, templates_pb2, messages_pb2, operations_pb2,
    catalogue_pb2, consents_pb2, dictionaries_pb2, imports_pb2, match_candidates_pb2, profiles_pb2, reports_pb2,
    segments_pb2, values_pb2,
)  # fmt: skip


def messages() -> dict[str, Descriptor]:
    return {name: each for module in MODULES for name, each in module.DESCRIPTOR.message_types_by_name.items()}


def models_of(base: type[BaseModel]) -> list[type[BaseModel]]:
    found = []
    for module in pkgutil.iter_modules(models.__path__, "gateway.models."):
        for _, each in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            ours = each.__module__ == module.name and module.name != "gateway.models.manner"
            if ours and issubclass(each, base) and not issubclass(each, Listing):  # lists have the door's own form
                found.append(each)
    return found


def test_the_committed_document_is_the_served_one() -> None:
    assert COMMITTED.read_text(encoding="utf-8") == openapi.text(), "make it anew: python -m gateway.openapi"


@pytest.mark.parametrize("model", models_of(View), ids=lambda model: model.__name__)
def test_an_answers_model_has_the_fields_of_its_contract(model: type[BaseModel]) -> None:
    contract = messages()[RENAMED.get(model.__name__, model.__name__)]
    hidden = convert.HIDDEN.get(contract.full_name, frozenset())

    told = {field.alias or name for name, field in model.model_fields.items()}

    assert told == {field.name for field in contract.fields} - hidden


@pytest.mark.parametrize("model", models_of(View), ids=lambda model: model.__name__)
def test_an_empty_message_is_a_valid_answer(model: type[BaseModel]) -> None:
    from google.protobuf import message_factory

    contract = messages()[RENAMED.get(model.__name__, model.__name__)]

    model.model_validate(convert.to_json(message_factory.GetMessageClass(contract)()))


def test_every_field_of_every_body_is_described() -> None:
    bare = [
        f"{model.__name__}.{name}"
        for model in models_of(Body)
        for name, field in model.model_fields.items()
        if not field.description
    ]

    assert bare == []


def test_every_operation_has_a_summary_a_description_and_says_how_it_refuses() -> None:
    document: dict[str, Any] = json.loads(COMMITTED.read_text(encoding="utf-8"))
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert operation.get("summary"), (method, path)
            assert operation.get("description"), (method, path)
            if path.startswith("/v1/"):
                assert {"401", "403", "404", "409", "412", "413", "422", "429", "503"} <= operation["responses"].keys()
                assert operation["security"]


def test_roles_name_declared_actions_only_and_every_action_has_a_role() -> None:
    services = {f"consilium.{name}" for names in PROTO_SERVICES.values() for name in names}
    declared = {action for action in actions_of(sorted(services)).values() if action not in {"public", "service"}}
    declared.add("activities.collect")  # the gateway's own: it goes to the bus, not to a service
    declared.add(OVERRIDE)  # no call of its own: it lets another through a freeze
    table: dict[str, list[str]] = json.loads(Path("services/access/data/roles.json").read_text(encoding="utf-8"))

    assert {action for actions in table.values() for action in actions} == declared
    assert set(table["administrator"]) == declared
