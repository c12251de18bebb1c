"""Acme's package, installed beside the product as its operator would, and processes that can see it."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from services.channel.config import Settings
from tests.contract.channel.sink import Sink
from tests.integration.channel.neighbours import Neighbours
from tests.integration.channel.system import Campaigner, environment_of, migrated, settings_of
from tests.integration.extending.package import install

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def acme(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with the package, built and installed without a network."""
    return install(tmp_path_factory.mktemp("installed"), tmp_path_factory.mktemp("source"))


@pytest.fixture
async def neighbours() -> AsyncIterator[Neighbours]:
    neighbours = await Neighbours().start()
    yield neighbours
    await neighbours.stop()


@pytest.fixture
async def settings(mongodb_url: str, nats_url: str, namespace: str, neighbours: Neighbours) -> Settings:
    # Nothing listens there: whatever arrives came another way.
    nowhere = Sink()
    settings = settings_of(mongodb=mongodb_url, nats=nats_url, namespace=namespace, neighbours=neighbours, sink=nowhere)
    await migrated(settings)
    return settings


@pytest.fixture
async def campaigner(settings: Settings, neighbours: Neighbours) -> AsyncIterator[Campaigner]:
    campaigner = await Campaigner(settings, neighbours).start()
    yield campaigner
    await campaigner.stop()


def environment(settings: Settings, acme: Path, **more: str) -> dict[str, str]:
    """Give the environment of a process that can see the package."""
    path = os.pathsep.join(filter(None, (str(acme), os.environ.get("PYTHONPATH", ""))))
    return {**environment_of(settings), "PYTHONPATH": path, **more}


@asynccontextmanager
async def process(environment: dict[str, str], *command: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run `python -m <command>` for the length of a block."""
    running = await asyncio.create_subprocess_exec(sys.executable, "-m", *command, cwd=ROOT, env=environment)
    try:
        yield running
    finally:
        with contextlib.suppress(ProcessLookupError):
            running.send_signal(signal.SIGTERM)
        async with asyncio.timeout(40):
            await running.wait()


async def ended(environment: dict[str, str], *command: str) -> tuple[int, str]:
    """Run `python -m <command>` to its end; gives its code and what it said on standard error."""
    running = await asyncio.create_subprocess_exec(
        sys.executable, "-m", *command, cwd=ROOT, env=environment, stderr=asyncio.subprocess.PIPE
    )
    try:
        async with asyncio.timeout(60):
            _, said = await running.communicate()
    finally:
        with contextlib.suppress(ProcessLookupError):
            running.kill()
    return running.returncode or 0, said.decode()
