"""Contracts: every reason is listed, every call names its action, every action belongs to a role."""

import ast
import importlib
import inspect
import json
import pkgutil
import re

from chassis.grpc import actions_of
from chassis.kernel import Problem
from gen.consilium.shared.v1 import error_reason_pb2
from tests.architecture.tree import PRODUCT, ROOT, modules, parsed

ACTION = re.compile(r"^[a-z-]+\.[a-z-]+$")
GRPC_SERVICES = [
    "consilium.access.v1.Accounts",
    "consilium.access.v1.Freezes",
    "consilium.access.v1.People",
    "consilium.access.v1.Tokens",
    "consilium.campaign.v1.Campaigns",
    "consilium.campaign.v1.Templates",
    "consilium.channel.v1.Letters",
    "consilium.channel.v1.Links",
    "consilium.channel.v1.Messages",
    "consilium.operations.v1.Operations",
    "consilium.profile.v1.Catalogue",
    "consilium.profile.v1.Consents",
    "consilium.profile.v1.Dictionaries",
    "consilium.profile.v1.Imports",
    "consilium.profile.v1.MatchCandidates",
    "consilium.profile.v1.Profiles",
    "consilium.report.v1.Reports",
    "consilium.segment.v1.Segments",
]


def _problems() -> set[type[Problem]]:
    for path in modules(*PRODUCT):
        if (
            "problem" in path.stem
            or "errors" in path.parts
            or path.stem == "errors"
            or "Problem)" in (ROOT / path).read_text(encoding="utf-8")
        ):
            importlib.import_module(".".join(path.with_suffix("").parts))
    found: set[type[Problem]] = set()
    waiting = list(Problem.__subclasses__())
    while waiting:
        kind = waiting.pop()
        found.add(kind)
        waiting += kind.__subclasses__()
    return {kind for kind in found if kind.__module__.split(".")[0] in PRODUCT}


def test_every_reason_is_in_the_catalogue_and_every_one_there_is_used() -> None:
    listed = {name.removeprefix("ERROR_REASON_") for name in error_reason_pb2.ErrorReason.keys()}  # noqa: SIM118 - an enum wrapper, not a dict - {"UNSPECIFIED"}
    raised = {kind.reason for kind in _problems() if kind.reason}

    assert raised - listed == set()


def test_a_problem_has_a_docstring_and_a_sentence() -> None:
    mute = {
        kind.__qualname__
        for kind in _problems()
        if kind.reason and (not inspect.getdoc(kind) or not kind.template.strip())
    }

    assert mute == set()


def _load_contracts() -> None:
    import gen.consilium as root

    for module in pkgutil.walk_packages(root.__path__, "gen.consilium."):
        if module.name.endswith("_pb2"):
            importlib.import_module(module.name)


def test_every_call_names_its_action_and_every_action_belongs_to_a_role() -> None:
    _load_contracts()
    declared = set(actions_of(GRPC_SERVICES).values()) - {"public", "service"}
    roles = json.loads((ROOT / "services/access/data/roles.json").read_text(encoding="utf-8"))
    granted = {action for actions in _actions(roles) for action in actions}

    assert declared - granted == set(), "no role may do these"
    assert granted - declared - _asked_at_the_doors() == set(), "nothing asks for these"


def _asked_at_the_doors() -> set[str]:
    """Name the actions that the gateway and every service's door ask for, where no call carries them."""
    return {
        node.value
        for path in modules("gateway", "chassis/grpc")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and ACTION.match(node.value)
    }


def _actions(roles: object) -> list[list[str]]:
    if isinstance(roles, dict):
        entries = roles.get("roles", roles)
        values = entries.values() if isinstance(entries, dict) else entries
        return [value["actions"] if isinstance(value, dict) else value for value in values]
    raise AssertionError("roles.json is not an object")
