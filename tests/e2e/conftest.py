"""The whole system for end-to-end tests, by the runner's own code, on free ports in a temporary folder."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest

from deploy.local.children import free_ports
from deploy.local.system import System
from deploy.local.traces.receiver import Receiver
from tests.e2e.told import Told
from tests.installation import installed


@pytest.fixture(scope="session")
def told() -> Iterator[Told]:
    """Give what the system's processes export of themselves; each is told where to."""
    seen = Told()
    receiver = Receiver(free_ports(1)[0], seen.take)
    receiver.start()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.address)
        patch.setenv("OTEL_BSP_SCHEDULE_DELAY", "500")
        patch.setenv("OTEL_BSP_MAX_QUEUE_SIZE", "50000")
        yield seen
    receiver.stop()


@pytest.fixture(scope="session")
def system(told: Told) -> Iterator[System]:
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
