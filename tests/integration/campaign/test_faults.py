"""What a kill at any step of launch and release leaves behind: every person is asked for exactly once."""

import asyncio
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from types import ModuleType

import pytest

from chassis.kernel import Problem
from chassis.process import Running
from deploy.local.children import free_ports
from deploy.local.engines import mongodb, nats
from gen.consilium.campaign.v1 import campaigns_pb2 as pb
from services.campaign.config import Settings
from tests.integration.campaign.neighbours import Neighbours, PlayedChannel, people
from tests.integration.campaign.system import SEGMENT, Console, Worker, migrated, settings_of, started
from tests.outages import lasting
from tests.polling import until

pytestmark = pytest.mark.faults

PEOPLE = 1_500


@pytest.fixture
async def running(settings: Settings, neighbours: Neighbours) -> AsyncIterator[Running]:
    """The serving half alone; workers are processes of their own."""
    neighbours.segment.members[SEGMENT] = people(PEOPLE)
    running = await started(settings, "serve")
    yield running
    await running.stop()


@pytest.fixture
async def workers(settings: Settings, tmp_path: Path) -> AsyncIterator[list[Worker]]:
    workers = [Worker(settings, tmp_path) for _ in range(2)]
    yield workers
    for worker in workers:
        await worker.stop(signal.SIGKILL)


@pytest.mark.parametrize(
    ("kill_at", "nth"),
    [
        ("batches-kept", 1),
        ("batches-kept", 2),
        ("audience-kept", 1),
        ("release-decided", 1),
        ("batches-released", 1),
        ("release-decided", 2),
    ],
)
async def test_a_kill_at_any_step_changes_nothing_for_anybody(
    console: Console,
    channel: PlayedChannel,
    workers: list[Worker],
    kill_at: str,
    nth: int,
) -> None:
    campaign = await console.a_campaign(rate_per_minute=60_000)
    await workers[0].start(kill_at=kill_at, nth=nth)
    await console.launch(campaign.id)
    await workers[0].killed()

    await workers[1].start()
    done = await console.until_state(campaign.id, pb.CAMPAIGN_STATE_DONE)

    assert len({request.profile for request in channel.requests.values()}) == len(channel.requests) == PEOPLE
    assert dict(done.progress.outcomes) == {"delivered": PEOPLE}


async def test_two_workers_and_sudden_deaths_of_one_ask_once(
    console: Console, channel: PlayedChannel, workers: list[Worker]
) -> None:
    channel.pause = 0.001
    campaign = await console.a_campaign()
    await workers[0].start()
    await workers[1].start()
    await console.launch(campaign.id)
    for died in (0, 1):
        await until(lambda: len(channel.told) > 200 + 300 * died, seconds=60)  # noqa: B023 - it is called at once
        await workers[died].stop(signal.SIGKILL)
        await workers[died].start()

    done = await console.until_state(campaign.id, pb.CAMPAIGN_STATE_DONE)

    assert len({request.profile for request in channel.requests.values()}) == len(channel.requests) == PEOPLE
    assert dict(done.progress.outcomes) == {"delivered": PEOPLE}


async def test_a_worker_frozen_beyond_its_leases_wakes_and_asks_for_nothing_twice(
    console: Console, channel: PlayedChannel, workers: list[Worker]
) -> None:
    channel.pause = 0.001
    campaign = await console.a_campaign()
    await workers[0].start()
    await console.launch(campaign.id)
    await until(lambda: len(channel.told) > 100, seconds=60)
    workers[0].send(signal.SIGSTOP)
    await workers[1].start()
    frozen_at = len(channel.told)
    channel.pause = 0
    await until(lambda: len(channel.told) > frozen_at, seconds=60)
    workers[0].send(signal.SIGCONT)

    done = await console.until_state(campaign.id, pb.CAMPAIGN_STATE_DONE)

    assert len({request.profile for request in channel.requests.values()}) == len(channel.requests) == PEOPLE
    assert dict(done.progress.outcomes) == {"delivered": PEOPLE}


@pytest.mark.parametrize("engine", [nats, mongodb], ids=["nats", "mongod"])
async def test_an_engine_killed_under_a_send_loses_and_doubles_nobody(
    engine: ModuleType, mongodb_url: str, nats_url: str, namespace: str, neighbours: Neighbours, tmp_path: Path
) -> None:
    neighbours.segment.members[SEGMENT] = people(4_000)
    ports = free_ports(engine.PORTS)
    server = engine.start(tmp_path / "engine", ports).wait(60)
    settings = settings_of(
        mongodb=server.address if engine is mongodb else mongodb_url,
        nats=server.address if engine is nats else nats_url,
        namespace=namespace,
        neighbours=neighbours,
    )
    await migrated(settings)
    running = await started(settings)
    channel = PlayedChannel(settings.nats, namespace)
    await channel.start()
    console = Console(running.port, neighbours.keys)
    try:
        campaign = await console.a_campaign()
        await console.launch(campaign.id)
        for told in (500, 1_500):
            await until(lambda: len(channel.told) > told, seconds=60)  # noqa: B023 - it is called at once
            server.process.kill()
            server.process.wait()
            await asyncio.sleep(lasting(0.0, 20.0))
            server = engine.start(tmp_path / "engine", ports).wait(60)

        done = await console.until_state(campaign.id, pb.CAMPAIGN_STATE_DONE)

        assert len({request.profile for request in channel.requests.values()}) == len(channel.requests) == 4_000
        assert dict(done.progress.outcomes) == {"delivered": 4_000}
        assert await channel.dead() == 0
    finally:
        await console.close()
        await channel.stop()
        await running.stop()
        server.process.kill()
        server.process.wait()


async def test_a_launch_whose_process_died_before_its_work_was_begun_is_taken_up(
    settings: Settings, neighbours: Neighbours, console: Console, channel: PlayedChannel, workers: list[Worker]
) -> None:
    def die(point: str) -> None:
        if point == "launch-kept":
            raise RuntimeError("died here")

    campaign = await console.a_campaign()
    dying = await started(settings, "serve", fault=die)
    other = Console(dying.port, neighbours.keys)
    stopped = await console.a_campaign()
    for launched in (campaign, stopped):
        with pytest.raises(Problem):
            await other.launch(launched.id)
        assert (await console.get(launched.id)).state == pb.CAMPAIGN_STATE_LAUNCHING
    await other.close()
    await dying.stop()
    await console.call(console.campaigns.StopCampaign, pb.StopCampaignRequest(id=stopped.id))

    await workers[0].start()

    done = await console.until_state(campaign.id, pb.CAMPAIGN_STATE_DONE)
    assert (await console.operation(done.operation)).done
    assert (await console.get(stopped.id)).state == pb.CAMPAIGN_STATE_STOPPED
