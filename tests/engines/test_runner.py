"""The runner as a process: however it is asked to stop, it leaves nobody behind and its folder to the next."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.local.children import HOST, free_ports, taken
from deploy.local.claim import claim
from deploy.local.engines.realm import PEOPLE
from deploy.local.system import ROOT
from deploy.local.table import Ports
from tests.polling import until

# The mailbox and most of the migrations, which wait for a database that does not answer.
_SEVERAL = 3


def alone(runner: int) -> None:
    os.kill(runner, signal.SIGINT)


def the_group(runner: int) -> None:
    os.killpg(runner, signal.SIGINT)


def the_end_of_the_terminal(runner: int) -> None:
    os.kill(runner, signal.SIGHUP)


def for_good(runner: int) -> None:
    os.kill(runner, signal.SIGKILL)


@pytest.mark.timeout(240)
@pytest.mark.parametrize(
    ("ask", "code"), [(alone, 0), (the_group, 0), (the_end_of_the_terminal, 0), (for_good, -signal.SIGKILL)]
)
def test_a_stopped_runner_leaves_no_child(tmp_path: Path, ask: Callable[[int], None], code: int) -> None:
    command = [sys.executable, "-m", "deploy.local.run", "--directory", str(tmp_path), "--no-story"]
    with (tmp_path / "screen").open("wb") as screen:
        runner = subprocess.Popen(
            [*command, "--shift", str(_free_shift())],
            cwd=ROOT, env={**os.environ, **_engines_that_are_away(tmp_path)}, stdout=screen, stderr=screen,
            start_new_session=True,
        )  # fmt: skip
    try:
        asyncio.run(until(lambda: runner.poll() is not None or len(_children(runner.pid)) > _SEVERAL, 90))
        assert runner.poll() is None, (tmp_path / "screen").read_text(encoding="utf-8")
        children = _children(runner.pid)

        ask(runner.pid)

        assert runner.wait(60) == code, (tmp_path / "screen").read_text(encoding="utf-8")
        asyncio.run(until(lambda: not any(map(_alive, children)), 30))
    finally:
        runner.kill()
        runner.wait(10)
    claim(tmp_path).close()


def _children(parent: int) -> set[int]:
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(parent)], capture_output=True, text=True, check=False)
    return {int(line) for line in found.stdout.split()}


def _alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def _free_shift() -> int:
    return next(by for by in range(1, 5000) if not any(taken(port) for _, port in Ports().shifted(by).listed()))


def _engines_that_are_away(directory: Path) -> dict[str, str]:
    """Name engines where nobody listens, so that nothing heavy is started."""
    mongodb, nats, opensearch, issuer = free_ports(4)
    secrets = directory / "realm.json"
    secrets.write_text(
        json.dumps({"console": "x", "system": "x", "passwords": {each.name: "x" for each in PEOPLE}}), encoding="utf-8"
    )
    return {
        "CONSILIUM_MONGODB": f"mongodb://{HOST}:{mongodb}/?replicaSet=rs0",
        "CONSILIUM_NATS": f"nats://{HOST}:{nats}",
        "CONSILIUM_OPENSEARCH": f"http://{HOST}:{opensearch}",
        "CONSILIUM_ISSUER": f"http://{HOST}:{issuer}/realms/consilium",
        "CONSILIUM_REALM_SECRETS": str(secrets),
    }
