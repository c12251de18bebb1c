"""The whole system for end-to-end tests, by the runner's own code, on free ports in a temporary folder."""

import json
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, fields
from pathlib import Path
from secrets import token_hex

import pytest

from deploy.local.addresses import write_addresses
from deploy.local.children import free_ports
from deploy.local.screen import say
from deploy.local.system import System
from deploy.local.table import Ports


@pytest.fixture(scope="session")
def system() -> Iterator[System]:
    """Give the running system: gateway, services, mailbox and engines; `addresses.json` lies in its directory.

    Engines that the environment names are used as they are, in a namespace of this session's own.
    """
    yield from _started()


@pytest.fixture
def empty_system(system: System, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[System]:
    """Give a second, empty installation on the engines of the first one."""
    for variable, address in system.addresses().items():
        monkeypatch.setenv(variable, address)
    secrets = tmp_path / "realm.json"
    secrets.write_text(json.dumps(asdict(system.keys.realm)), encoding="utf-8")
    monkeypatch.setenv("CONSILIUM_REALM_SECRETS", str(secrets))
    yield from _started()


def _started() -> Iterator[System]:
    directory = Path(tempfile.mkdtemp(prefix="consilium-e2e-"))
    directory.chmod(0o711)
    names = [field.name for field in fields(Ports)]
    ports = Ports(**dict(zip(names, free_ports(len(names)), strict=True)))
    running = System(directory, ports, say, heap="512m", namespace=f"t{token_hex(5)}")
    try:
        running.start()
        write_addresses(running)
        yield running
    finally:
        running.stop()
        shutil.rmtree(directory, ignore_errors=True)
