"""The runner's own promises that need no running service."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local.children import HOST, free_ports
from deploy.local.claim import AlreadyRunningError, claim
from deploy.local.system import ROOT, PortsTakenError, System
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


def test_a_second_system_of_one_folder_is_refused_and_leaves_the_first_alone(tmp_path: Path) -> None:
    addresses = tmp_path / "addresses.json"
    addresses.write_text("{}", encoding="utf-8")
    second = System(tmp_path, Ports(), lambda *_: None)
    with claim(tmp_path):
        with pytest.raises(AlreadyRunningError, match=rf"process {os.getpid()}"):
            second.start()
        second.stop()

        assert addresses.exists()
    with claim(tmp_path):
        pass


def test_a_killed_owner_leaves_its_folder_to_the_next(tmp_path: Path) -> None:
    script = "import sys, time; from pathlib import Path; from deploy.local.claim import claim; "
    script += "held = claim(Path(sys.argv[1])); print('held', flush=True); time.sleep(600)"
    owner = subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert owner.stdout is not None
    assert owner.stdout.readline() == "held\n"
    with pytest.raises(AlreadyRunningError, match=f"kill {owner.pid}"):
        claim(tmp_path)

    owner.send_signal(signal.SIGKILL)
    owner.wait(10)

    claim(tmp_path).close()


def test_nothing_is_wiped_under_a_running_system(tmp_path: Path) -> None:
    clean = ["make", "--silent", "-f", str(ROOT / "Makefile"), "clean"]
    kept = tmp_path / ".run" / "kept"
    with claim(tmp_path / ".run"):
        kept.touch()
        refused = subprocess.run(clean, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)

        assert refused.returncode != 0
        assert f"Consilium is running here (process {os.getpid()})" in refused.stderr
        assert kept.exists()
    subprocess.run(clean, cwd=tmp_path, capture_output=True, check=True, timeout=60)

    assert not (tmp_path / ".run").exists()


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


def test_the_whole_table_moves_where_some_port_is_taken() -> None:
    moved = Ports().shifted(1000)

    assert [port - 1000 for _, port in moved.listed()] == [port for _, port in Ports().listed()]
    with pytest.raises(ValueError, match="between 1024 and 32767"):
        Ports().shifted(10_000)
    with pytest.raises(ValueError, match="no browser opens 10080"):
        Ports().shifted(2000)
