"""Campaign on real MongoDB and JetStream, with its neighbours played over real gRPC."""

from collections.abc import AsyncIterator

import pytest

from chassis.process import Running
from services.campaign.config import Settings
from tests.integration.campaign.neighbours import Neighbours, PlayedChannel, people
from tests.integration.campaign.system import SEGMENT, Console, migrated, settings_of, started


@pytest.fixture
async def neighbours() -> AsyncIterator[Neighbours]:
    neighbours = Neighbours()
    await neighbours.start()
    neighbours.segment.members[SEGMENT] = people(250)
    yield neighbours
    await neighbours.stop()


@pytest.fixture
async def settings(mongodb_url: str, nats_url: str, namespace: str, neighbours: Neighbours) -> Settings:
    settings = settings_of(mongodb=mongodb_url, nats=nats_url, namespace=namespace, neighbours=neighbours)
    await migrated(settings)
    return settings


@pytest.fixture
async def channel(settings: Settings) -> AsyncIterator[PlayedChannel]:
    channel = PlayedChannel(settings.nats, settings.namespace)
    await channel.start()
    yield channel
    await channel.stop()


@pytest.fixture
async def running(settings: Settings) -> AsyncIterator[Running]:
    running = await started(settings)
    yield running
    await running.stop()


@pytest.fixture
async def console(running: Running, neighbours: Neighbours) -> AsyncIterator[Console]:
    console = Console(running.port, neighbours.keys)
    yield console
    await console.close()
