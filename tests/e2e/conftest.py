"""The whole system for end-to-end tests, by the runner's own code, on free ports in a temporary folder."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest

from deploy.local.system import System
from tests.installation import installed


@pytest.fixture(scope="session")
def system() -> Iterator[System]:
    """Give the running system: gateway, services, mailbox and engines; `addresses.json` lies in its directory."""
    with installed() as running:
        yield running


@pytest.fixture
def empty_system(system: System, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[System]:
    """Give a second, empty installation on the engines of the first one."""
    for variable, address in system.addresses().items():
        monkeypatch.setenv(variable, address)
    secrets = tmp_path / "realm.json"
    secrets.write_text(json.dumps(asdict(system.keys.realm)), encoding="utf-8")
    monkeypatch.setenv("CONSILIUM_REALM_SECRETS", str(secrets))
    with installed() as running:
        yield running
