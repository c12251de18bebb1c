"""The configuration reference is the settings' own; whoever starts processes sets what they know and all they need."""

from pathlib import Path

import pytest

from chassis.settings import read, variables
from deploy.local.environment import process_environment
from deploy.local.keys import keys
from deploy.local.table import Ports
from tests.architecture.tree import ROOT
from tools.configuration import PROCESSES, settings_of, text

KNOWN = {each.name for process in PROCESSES for each in variables(settings_of(process))}


def test_the_reference_is_what_the_settings_say() -> None:
    committed = (ROOT / "docs/admin/configuration.md").read_text(encoding="utf-8")

    assert committed == text(), "python -m tools.configuration > docs/admin/configuration.md"


def test_every_variable_is_explained() -> None:
    assert [each.name for process in PROCESSES for each in variables(settings_of(process)) if not each.about] == []


def test_one_name_means_one_thing_in_every_process() -> None:
    kinds: dict[str, set[str]] = {}
    for process in PROCESSES:
        for each in variables(settings_of(process)):
            kinds.setdefault(each.name, set()).add(f"{each.kind}, secret {each.secret}")

    assert {name: kind for name, kind in kinds.items() if len(kind) > 1} == {}


@pytest.mark.parametrize("process", PROCESSES)
def test_one_machine_tells_each_process_what_it_knows_and_all_it_needs(process: str, tmp_path: Path) -> None:
    addresses = {
        "CONSILIUM_MONGODB": "mongodb://127.0.0.1:27100/?replicaSet=rs0",
        "CONSILIUM_NATS": "nats://127.0.0.1:4300",
        "CONSILIUM_OPENSEARCH": "http://127.0.0.1:9300",
        "CONSILIUM_ISSUER": "http://127.0.0.1:8090/realms/consilium",
        "CONSILIUM_SMTP": "smtp://127.0.0.1:2525",
    }
    told = process_environment(
        process, ports=Ports(), keys=keys(tmp_path), addresses=addresses, namespace="consilium", directory=tmp_path
    )

    read(settings_of(process), told)
    assert {name.removesuffix("_FILE") for name in told} - KNOWN == set()
