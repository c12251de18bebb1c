"""Channel on real MongoDB, JetStream and SMTP, with its neighbours played over real gRPC."""

from collections.abc import AsyncIterator

import pytest

from chassis.process import Running
from services.channel.config import Settings
from tests.contract.channel.sink import Sink
from tests.integration.channel.neighbours import Neighbours
from tests.integration.channel.system import Campaigner, Console, migrated, settings_of, started


@pytest.fixture
async def sink() -> AsyncIterator[Sink]:
    sink = await Sink().start()
    yield sink
    await sink.stop()


@pytest.fixture
async def neighbours() -> AsyncIterator[Neighbours]:
    neighbours = await Neighbours().start()
    yield neighbours
    await neighbours.stop()


@pytest.fixture
async def settings(mongodb_url: str, nats_url: str, namespace: str, neighbours: Neighbours, sink: Sink) -> Settings:
    settings = settings_of(mongodb=mongodb_url, nats=nats_url, namespace=namespace, neighbours=neighbours, sink=sink)
    await migrated(settings)
    return settings


@pytest.fixture
async def campaigner(settings: Settings, neighbours: Neighbours) -> AsyncIterator[Campaigner]:
    campaigner = await Campaigner(settings, neighbours).start()
    yield campaigner
    await campaigner.stop()


@pytest.fixture
async def running(settings: Settings) -> AsyncIterator[Running]:
    running = await started(settings)
    yield running
    await running.stop()


@pytest.fixture
async def console(running: Running, neighbours: Neighbours) -> AsyncIterator[Console]:
    console = Console(running.port, neighbours)
    yield console
    await console.close()
