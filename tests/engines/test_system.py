"""The runner's own promises that need no running service."""

import socket
from pathlib import Path

import pytest

from deploy.local.children import HOST, free_ports
from deploy.local.system import PortsTakenError, System
from deploy.local.table import Ports


def test_a_taken_port_is_named_before_anything_starts(tmp_path: Path) -> None:
    said: list[str] = []
    (port,) = free_ports(1)
    with socket.socket() as stranger:
        stranger.bind((HOST, port))
        stranger.listen()
        system = System(tmp_path, Ports(campaign=port), lambda name, text: said.append(f"{name} {text}"))

        with pytest.raises(PortsTakenError, match=rf"{port} \(campaign\)"):
            system.start()

    assert system.running() == []
    assert said == []


def test_the_ports_of_an_engine_that_runs_elsewhere_are_not_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign, mongodb = free_ports(2)
    monkeypatch.setenv("CONSILIUM_MONGODB", f"mongodb://{HOST}:{mongodb}/?replicaSet=rs0")
    with socket.socket() as engine, socket.socket() as stranger:
        for listener, port in ((engine, mongodb), (stranger, campaign)):
            listener.bind((HOST, port))
            listener.listen()
        system = System(tmp_path, Ports(campaign=campaign, mongodb=mongodb), lambda *_: None)

        with pytest.raises(PortsTakenError) as told:
            system.start()

    assert f"{mongodb} (mongodb)" not in str(told.value)


def test_every_port_of_the_table_is_low_and_its_own() -> None:
    ports = [port for _, port in Ports().listed()]

    assert len(set(ports)) == len(ports)
    assert max(ports) < 32768
