"""compose.yaml by compose itself: it is understood, and the whole system that it starts does the main job.

The engines are our own images behind the names that README tells to override; the report's warehouse is the embedded
one.
"""

import json
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.docker import build, compose, keys
from deploy.docker.engines import images
from deploy.local.children import HOST, free_ports
from deploy.local.story.__main__ import SEED, play
from tests.containers.part import until

pytestmark = [pytest.mark.containers, pytest.mark.timeout(600)]

PROJECT = "consilium-suite-compose"
ENGINES = ("mongodb", "nats", "opensearch", "keycloak")
ROWS = 600


@dataclass(frozen=True, slots=True)
class Composed:
    """Compose upon our file, with what an operator tells it."""

    program: Path
    told: Mapping[str, str]

    def __call__(self, *arguments: str) -> str:
        """Run one command of compose and return what it printed."""
        command = [str(self.program), "--project-name", PROJECT, "--file", str(compose.FILE), *arguments]
        done = subprocess.run(
            command, env={"PATH": "/usr/bin:/bin", **self.told}, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout


def ready(gateway: str) -> bool:
    """Tell whether everything behind a gateway answers."""
    try:
        return httpx.get(f"{gateway}/readyz", timeout=5).is_success
    except httpx.HTTPError:
        return False


@pytest.fixture
def composed(tmp_path: Path) -> Iterator[Composed]:
    """Give compose with free ports and secrets of its own; what it started is gone afterwards."""
    gateway, sign_in, mailbox = free_ports(3)
    told = {
        "CONSILIUM_SECRETS": str(keys.write(tmp_path / "keys", gateway)),
        "CONSILIUM_HTTP_PORT": str(gateway),
        "CONSILIUM_SIGN_IN_PORT": str(sign_in),
        "CONSILIUM_MAILBOX_PORT": str(mailbox),
        "CONSILIUM_PUBLIC_URL": f"http://localhost:{gateway}",
        **{f"CONSILIUM_{name.upper()}_IMAGE": build.name(name) for name in build.IMAGES},
        **{f"CONSILIUM_{name.upper()}_IMAGE": images.image(name, build.tag()) for name in ENGINES},
    }
    run = Composed(compose.obtain(), told)
    run("down", "--volumes", "--timeout", "20")
    # What mounts them runs as somebody else.
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(folder.stat().st_mode | 0o011)
    yield run
    run("down", "--volumes", "--timeout", "20")


def test_compose_understands_every_profile(composed: Composed) -> None:
    usual: dict[str, Any] = json.loads(composed("config", "--format", "json"))["services"]
    with_warehouse = json.loads(composed("--profile", "clickhouse", "config", "--format", "json"))["services"]

    assert with_warehouse.keys() - usual.keys() == {"clickhouse"}
    published = [port for service in usual.values() for port in service.get("ports", [])]
    assert {port["host_ip"] for port in published} == {HOST}
    assert len(published) == 3


def test_the_main_job_is_done_by_what_compose_starts(composed: Composed, tmp_path: Path) -> None:
    composed("up", "--detach", "--pull", "never")
    ports = composed.told
    gateway = f"http://{HOST}:{ports['CONSILIUM_HTTP_PORT']}"
    until(lambda: ready(gateway), 240, "compose's system answers")
    addresses = {
        "gateway": gateway,
        "public_url": ports["CONSILIUM_PUBLIC_URL"],
        "issuer": f"http://{HOST}:{ports['CONSILIUM_SIGN_IN_PORT']}/realms/consilium",
        "mailbox": f"http://{HOST}:{ports['CONSILIUM_MAILBOX_PORT']}",
        "smtp": "smtp://mailbox:2525",
        **json.loads((tmp_path / "keys" / "people.json").read_text(encoding="utf-8")),
    }
    (tmp_path / "addresses.json").write_text(json.dumps(addresses), encoding="utf-8")

    assert play(tmp_path, seed=SEED, rows=ROWS)
    ended = json.loads(f"[{','.join(composed('ps', '--all', '--format', 'json').splitlines())}]")
    assert {each["Service"]: each["ExitCode"] for each in ended if each["State"] == "exited" and each["ExitCode"]} == {}
