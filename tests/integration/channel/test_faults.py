"""Workers that die, freeze and compete: nobody gets two letters, nothing is lost, doubt stays within its bound."""

import asyncio
import os
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from deploy.local.children import free_ports
from deploy.local.engines import mongodb
from services.channel.adapters.smtp.provider import AHEAD
from services.channel.config import Settings
from tests.contract.channel.sink import Sink
from tests.integration.channel.neighbours import Neighbours
from tests.integration.channel.system import Campaigner, environment_of, migrated, settings_of, started
from tests.outages import lasting
from tests.polling import until

pytestmark = pytest.mark.faults

IN_WRITING = 32  # outcomes of the last ten milliseconds
# What a dead worker had taken and not admitted comes back from the bus after its ack_wait of a minute.
BACK_SECONDS = 150.0
ROOT = Path(__file__).parents[3]
Start = Callable[[], "asyncio.Future[asyncio.subprocess.Process]"]


class Workers:
    """Worker processes of channel."""

    def __init__(self, settings: Settings, log: Path) -> None:
        self._settings, self._log = settings, log
        self.running: list[asyncio.subprocess.Process] = []

    async def start(self) -> asyncio.subprocess.Process:
        with self._log.open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "services.channel", "work",
                cwd=ROOT, env=environment_of(self._settings), stderr=log, stdout=log,
            )  # fmt: skip
        self.running.append(process)
        return process

    async def stop(self) -> None:
        for process in self.running:
            if process.returncode is None:
                process.send_signal(signal.SIGCONT)
                process.terminate()
        for process in self.running:
            try:
                async with asyncio.timeout(10):
                    await process.wait()
            except TimeoutError:
                process.kill()
                await process.wait()


@pytest.fixture
async def workers(settings: Settings, tmp_path: Path) -> AsyncIterator[Workers]:
    workers = Workers(settings, tmp_path / "workers.log")
    yield workers
    await workers.stop()


async def checked(campaigner: Campaigner, sink: Sink, count: int, deaths: int, connections: int) -> Counter[str]:
    """Wait for every outcome and hold what must hold after any fault."""
    outcomes = await campaigner.outcomes(count, BACK_SECONDS)
    documents = await campaigner.documents()
    assert len(documents) == count
    assert {document["state"] for document in documents.values()} == {"done"}
    letters = Counter(letter.recipient for letter in sink.letters)
    assert max(letters.values()) == 1
    unconfirmed = sum(number for name, number in outcomes.items() if name.startswith("unconfirmed"))
    delivered = sum(number for name, number in outcomes.items() if name.startswith("delivered"))
    assert delivered + unconfirmed == count
    assert delivered <= len(sink.letters) <= delivered + unconfirmed
    # Two letters per connection, those marked ahead, and outcomes not yet written, for each death.
    assert unconfirmed <= deaths * (2 + AHEAD) * connections + IN_WRITING
    print(f"unconfirmed: {unconfirmed} of {count} after {deaths} deaths")  # noqa: T201  # the figure is asked for
    return outcomes


async def admitted(campaigner: Campaigner, count: int, workers: int = 1) -> None:
    """Wait until so many messages are claimed by so many workers."""

    async def all_claimed() -> bool:
        query = {"campaign": campaigner.campaign}
        messages = campaigner.database["messages"]
        return await messages.count_documents(query) == count and len(await messages.distinct("worker")) == workers

    await until(all_claimed, 40)


@pytest.mark.parametrize("stage", ["connect", "recipient", "data", "content", "done"])
async def test_a_worker_killed_between_any_two_steps_leaves_no_second_letter(
    stage: str, settings: Settings, workers: Workers, campaigner: Campaigner, sink: Sink
) -> None:
    first = await workers.start()
    hits = 0

    def hook(at: str) -> None:
        nonlocal hits
        hits += at == stage
        if hits == (1 if stage == "connect" else 25) and first.returncode is None:
            os.kill(first.pid, signal.SIGKILL)

    sink.hook = hook
    if stage != "connect":
        sink.gate.clear()
    sink.final_seconds = 0.01
    await campaigner.request(campaigner.people(*(f"p{n}@x.example" for n in range(120))))
    if stage != "connect":
        await admitted(campaigner, 120)
    await workers.start()
    sink.gate.set()
    await until(lambda: first.returncode is not None, 30)
    await checked(campaigner, sink, 120, 1, settings.smtp_connections)


async def test_two_workers_compete_and_one_is_killed_in_the_middle_of_a_send(
    settings: Settings, workers: Workers, campaigner: Campaigner, sink: Sink
) -> None:
    first, _ = await workers.start(), await workers.start()
    await until(lambda: _lanes_shared(campaigner), 30)
    sink.gate.clear()
    await campaigner.request(campaigner.people(*(f"p{n}@x.example" for n in range(500))))
    await admitted(campaigner, 500, 2)
    sink.final_seconds = 0.02
    sink.gate.set()
    await until(lambda: len(sink.letters) > 100, 30)
    first.kill()
    await checked(campaigner, sink, 500, 1, settings.smtp_connections)


async def _lanes_shared(campaigner: Campaigner) -> bool:
    leases = campaigner.database["leases"]
    return len(await leases.distinct("owner", {"_id": {"$regex": "^lane:"}})) == 2


async def test_a_worker_frozen_beyond_its_lease_wakes_and_sends_nothing_twice(
    settings: Settings, workers: Workers, campaigner: Campaigner, sink: Sink
) -> None:
    first = await workers.start()
    sink.gate.clear()
    people = campaigner.people(*(f"p{n}@x.example" for n in range(300)))
    await campaigner.request(people)
    await admitted(campaigner, 300)
    await workers.start()
    sink.final_seconds = 0.02
    sink.gate.set()
    await until(lambda: len(sink.letters) > 50, 30)
    first.send_signal(signal.SIGSTOP)
    await until(lambda: _nearly_done(campaigner, 250), 40)
    first.send_signal(signal.SIGCONT)
    await checked(campaigner, sink, 300, 1, settings.smtp_connections)
    # Awake, it works on under its new name.
    await campaigner.request(people[:20], node="second")
    await until(lambda: _done_at(campaigner, "second", 20), 30)
    assert len(Counter(letter.recipient for letter in sink.letters)) == 300


async def _nearly_done(campaigner: Campaigner, count: int) -> bool:
    query = {"campaign": campaigner.campaign, "state": "done"}
    return await campaigner.database["messages"].count_documents(query) >= count


async def _done_at(campaigner: Campaigner, node: str, count: int) -> bool:
    query = {"campaign": campaigner.campaign, "node": node, "state": "done"}
    return await campaigner.database["messages"].count_documents(query) == count


async def test_mongod_killed_under_load_loses_no_outcome_and_repeats_no_letter(
    tmp_path: Path, nats_url: str, namespace: str, neighbours: Neighbours, sink: Sink
) -> None:
    ports = free_ports(mongodb.PORTS)
    engine = mongodb.start(tmp_path / "mongod", ports).wait(60)
    settings = settings_of(mongodb=engine.address, nats=nats_url, namespace=namespace, neighbours=neighbours, sink=sink)
    await migrated(settings)
    campaigner = await Campaigner(settings, neighbours).start()
    running = await started(settings, "work")
    try:
        sink.final_seconds = 0.05
        await campaigner.request(campaigner.people(*(f"p{n}@x.example" for n in range(300))))
        await until(lambda: len(sink.letters) > 60, 60)
        engine.process.kill()
        engine.process.wait()
        await asyncio.sleep(lasting(1.0, 20.0))
        engine = mongodb.start(tmp_path / "mongod", ports)
        await asyncio.to_thread(engine.wait, 60)
        await checked(campaigner, sink, 300, 1, settings.smtp_connections)
        assert not running.failed.is_set()
    finally:
        await running.stop()
        await campaigner.stop()
        engine.stop()
