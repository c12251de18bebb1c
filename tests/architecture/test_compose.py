"""compose.yaml as an operator relies on it: hardened, without surprises, and told only what processes know."""

import re
from typing import Any

import pytest
import yaml

from chassis.settings import variables
from tests.architecture.tree import ROOT, SERVICES
from tools.configuration import settings_of

FILE = ROOT / "deploy/docker/compose.yaml"
PRODUCT = (*SERVICES, "gateway")
OURS = re.compile(r"^\$\{CONSILIUM_\w+_IMAGE:-consilium/\w+:dev\}$")
BY_THE_IMAGE = {
    "CONSILIUM_HOST", "CONSILIUM_GRPC_PORT", "CONSILIUM_METRICS_PORT", "CONSILIUM_HTTP_PORT", "CONSILIUM_DATA_DIR",
}  # fmt: skip


@pytest.fixture(scope="module")
def services() -> dict[str, dict[str, Any]]:
    """Give the services with their anchors resolved."""
    found: dict[str, dict[str, Any]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))["services"]
    return found


def told(service: dict[str, Any]) -> dict[str, str]:
    """Give the variables of a service, secrets by the name that they stand for."""
    return {name.removesuffix("_FILE"): str(value) for name, value in service["environment"].items()}


def test_every_image_can_be_another_and_none_is_the_latest(services: dict[str, dict[str, Any]]) -> None:
    images = {name: service["image"] for name, service in services.items()}

    assert {
        name: image for name, image in images.items() if not re.fullmatch(r"\$\{CONSILIUM_\w+_IMAGE:-\S+:\S+\}", image)
    } == {}
    assert [name for name, image in images.items() if ":latest" in image] == []


def test_processes_of_ours_are_hardened(services: dict[str, dict[str, Any]]) -> None:
    ours = {name: service for name, service in services.items() if OURS.match(service["image"])}

    assert {*PRODUCT, *(f"migrate-{name}" for name in SERVICES)} <= ours.keys()
    for name, service in ours.items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["tmpfs"] == ["/tmp"], name  # noqa: S108 - the one writable place of a container


@pytest.mark.parametrize("process", PRODUCT)
def test_a_process_is_told_what_it_needs_and_nothing_unknown(services: dict[str, dict[str, Any]], process: str) -> None:
    known = {each.name: each for each in variables(settings_of(process))}
    given = told(services[process])

    # Addresses of all processes are told to each.
    own = {name for name in given if not name.endswith("_ADDRESS")}
    assert own - known.keys() == set()
    assert {name for name, each in known.items() if each.required} - given.keys() == set()
    assert given.keys() & BY_THE_IMAGE == set()
    if process != "gateway":
        assert told(services[f"migrate-{process}"]) == given


@pytest.mark.parametrize("process", PRODUCT)
def test_peers_and_engines_are_called_by_their_names_in_the_network(
    services: dict[str, dict[str, Any]], process: str
) -> None:
    addresses = {name: value for name, value in told(services[process]).items() if name.endswith("_ADDRESS")}

    for name, value in addresses.items():
        assert value == f"{name.removeprefix('CONSILIUM_').removesuffix('_ADDRESS').lower()}:7000"
    known = {each.name for each in variables(settings_of(process)) if each.name.endswith("_ADDRESS")}
    assert known - addresses.keys() == set()


@pytest.mark.parametrize("process", PRODUCT)
def test_secrets_are_files(services: dict[str, dict[str, Any]], process: str) -> None:
    secret = {each.name for each in variables(settings_of(process)) if each.secret}
    plain = {name for name, value in services[process]["environment"].items() if name in secret and value}

    # Addresses that may hold a password are the operator's, given by his own .env.
    assert plain <= {
        "CONSILIUM_MONGODB",
        "CONSILIUM_NATS",
        "CONSILIUM_SMTP",
        "CONSILIUM_CLICKHOUSE",
        "CONSILIUM_OPENSEARCH",
    }
    for name in services[process]["environment"]:
        if name.endswith("_FILE"):
            assert services[process]["environment"][name].removeprefix("/run/secrets/") in services[process]["secrets"]


def test_only_doors_for_people_are_open_and_only_on_this_machine(services: dict[str, dict[str, Any]]) -> None:
    ports = {name: service["ports"] for name, service in services.items() if "ports" in service}

    assert ports.keys() == {"gateway", "keycloak", "mailbox"}
    assert all(port.startswith("127.0.0.1:") for listed in ports.values() for port in listed)
