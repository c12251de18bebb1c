"""Children end with their parent, however it ends."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.local.children import ChildError, Running, free_ports, spawn

_PARENT = """
import sys, time
from pathlib import Path
from deploy.local.children import spawn
child = spawn(["sleep", "600"], Path(sys.argv[1]) / "log", directory=Path(sys.argv[1]))
print(child.pid, flush=True)
time.sleep(600)
"""


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def _until(condition: Callable[[], bool], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return False


def test_a_killed_parent_takes_its_children_along(tmp_path: Path) -> None:
    parent = subprocess.Popen([sys.executable, "-c", _PARENT, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    assert _until(lambda: Path(f"/proc/{child}/comm").read_text(encoding="utf-8") == "sleep\n")

    os.kill(parent.pid, signal.SIGKILL)
    parent.wait(10)

    assert _until(lambda: not _alive(child))


def test_a_child_that_ends_early_shows_its_log(tmp_path: Path) -> None:
    log = tmp_path / "log"
    process = spawn(["sh", "-c", "echo port is taken; exit 3"], log, directory=tmp_path)
    running = Running("thing", process, log, {"thing": "nowhere"}, lambda: False)

    with pytest.raises(ChildError, match=r"thing ended with code 3(.|\n)*port is taken"):
        running.wait(10)


def test_a_child_that_will_not_stop_is_killed(tmp_path: Path) -> None:
    log = tmp_path / "log"
    process = spawn(["sh", "-c", "trap '' TERM; echo up; while :; do sleep 0.1; done"], log, directory=tmp_path)
    running = Running("deaf", process, log, {}, lambda: "up" in log.read_text(encoding="utf-8"), seconds_to_stop=0.5)
    running.wait(10)

    assert running.stop() == -signal.SIGKILL


def test_free_ports_are_distinct_and_low() -> None:
    ports = free_ports(50)

    assert len(set(ports)) == 50
    assert max(ports) < 32768
