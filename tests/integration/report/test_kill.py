"""Report killed with -9 while it takes facts: when it has come back, every fact counts exactly once."""

import asyncio
import base64
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from nats.js import api
from pymongo import MongoClient

from chassis.bus import Bus, Publisher, connect, ensure_streams, stream_name
from chassis.bus.subjects import durable_name, lane_subjects
from chassis.grpc import Peer, Principal, sign
from chassis.kernel import LANES, Problem, new_id, partition_of
from chassis.outbox import Fact
from deploy.local.children import free_ports
from gen.consilium.channel.v1 import events_pb2, messages_pb2
from gen.consilium.report.v1 import reports_pb2 as pb
from gen.consilium.report.v1 import reports_pb2_grpc

pytestmark = pytest.mark.faults

MESSAGES = 1_500
KILLS = 3
BATCH = 100
ACK_WAIT = 5.0


@dataclass
class Process:
    """Report as its own process, which may be killed and started anew over the same data."""

    environment: dict[str, str]
    log: Path
    child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as out:
            self.child = subprocess.Popen(
                [sys.executable, "-m", "services.report", "run"], env=self.environment, stdout=out, stderr=out
            )

    def kill(self) -> None:
        assert self.child is not None
        self.child.send_signal(signal.SIGKILL)
        self.child.wait()
        # The dead worker's lanes would be free in 15 s; the test need not sit that out.
        with MongoClient[dict[str, Any]](self.environment["CONSILIUM_MONGODB"]) as mongo:
            mongo[f"{self.environment['CONSILIUM_NAMESPACE']}_report"]["leases"].delete_many({})

    def stop(self) -> None:
        if self.child is not None and self.child.poll() is None:
            self.child.terminate()
            self.child.wait(30)


@dataclass
class Reporter:
    """What the test does to report and asks of it."""

    process: Process
    bus: Bus
    publisher: Publisher
    peer: Peer
    key: Ed25519PrivateKey

    async def figures(self, campaign: str) -> dict[str, int]:
        principal = Principal("tester", "person", (), "*", ("*",), frozenset({"reports.read"}))
        stub: Any = reports_pb2_grpc.ReportsStub(self.peer.channel)
        answer = await self.peer.call(
            stub.QueryReport,
            pb.QueryReportRequest(metrics=["requested", "delivered", "opened", "reached"], campaigns=[campaign]),
            token=sign(self.key, principal, "report", now=time.time()),
            timeout=30,
        )
        return {name: value.numerator for name, value in answer.rows[0].values.items()}

    async def figures_at_last(self, campaign: str, wanted: dict[str, int], seconds: float) -> dict[str, int]:
        end = time.monotonic() + seconds
        got: dict[str, int] = {}
        while time.monotonic() < end and got != wanted:
            with contextlib.suppress(Problem):  # it is starting
                got = await self.figures(campaign)
            await asyncio.sleep(0.2)
        return got

    async def waiting(self) -> int:
        """Count the facts that report has not acknowledged."""
        stream = stream_name(self.bus.namespace, "delivery")
        infos = [
            await self.bus.jetstream.consumer_info(stream, durable_name("report", "deliveries", lane))
            for lane in range(LANES)
        ]
        return sum((info.num_pending or 0) + (info.num_ack_pending or 0) for info in infos)

    async def until_waiting(self, good: Callable[[int], bool], seconds: float = 60) -> None:
        """Look closely until as many facts wait as the test wants."""
        async with asyncio.timeout(seconds):
            while not good(await self.waiting()):  # noqa: ASYNC110 - what is waited for happens in another process
                await asyncio.sleep(0.005)

    async def dead(self) -> int:
        """Count dead letters."""
        info = await self.bus.jetstream.stream_info(stream_name(self.bus.namespace, "dead"))
        return int(info.state.messages)


@pytest.fixture
async def reporter(namespace: str, mongodb_url: str, nats_url: str, tmp_path: Path) -> AsyncIterator[Reporter]:
    key = Ed25519PrivateKey.generate()
    [port] = free_ports(1)
    environment = {
        **os.environ,
        "CONSILIUM_NAMESPACE": namespace,
        "CONSILIUM_MONGODB": mongodb_url,
        "CONSILIUM_NATS": nats_url,
        "CONSILIUM_GRPC_PORT": str(port),
        "CONSILIUM_INSTALLATION_KEY": base64.b64encode(os.urandom(32)).decode(),
        "CONSILIUM_SERVICE_SECRET": base64.b64encode(os.urandom(16)).decode(),
        "CONSILIUM_PRINCIPAL_KEY": base64.b64encode(key.public_key().public_bytes_raw()).decode(),
        "CONSILIUM_DATA_DIR": str(tmp_path),
    }
    bus = await connect(nats_url, namespace=namespace, service="report")
    await ensure_streams(bus)
    await _hasten(bus)
    process = Process(environment, tmp_path / "report.log")
    reporter = Reporter(process, bus, Publisher(bus), Peer(f"127.0.0.1:{port}", "report"), key)
    yield reporter
    process.stop()
    await reporter.peer.close()
    await bus.close()


async def _hasten(bus: Bus) -> None:
    """Make the consumers beforehand with a short wait, so that what a kill left unacknowledged comes again soon."""
    for lane in range(LANES):
        await bus.jetstream.add_consumer(
            stream_name(bus.namespace, "delivery"),
            api.ConsumerConfig(
                durable_name=durable_name("report", "deliveries", lane),
                deliver_policy=api.DeliverPolicy.ALL,
                ack_policy=api.AckPolicy.EXPLICIT,
                ack_wait=ACK_WAIT,
                max_ack_pending=1_000,
                filter_subjects=lane_subjects(bus.namespace, "delivery", lane),
            ),
        )


def facts_of(campaign: str, number: int) -> list[Fact]:
    profile, message = new_id(), new_id()
    finished = events_pb2.MessageFinished(
        message=message,
        campaign=campaign,
        entry=1,
        profile=profile,
        channel="email",
        outcome=messages_pb2.OUTCOME_DELIVERED,
        subject=f"record-{number}",
        workspace="main",
    )
    opened = events_pb2.MessageMarked(
        message=message,
        campaign=campaign,
        entry=1,
        profile=profile,
        subject=f"record-{number}",
        workspace="main",
        mark=messages_pb2.Mark(kind="opened"),
    )
    now = datetime.now(UTC)
    told = [("message-opened", opened.SerializeToString())] if number % 3 == 0 else []
    told.append(("message-delivered", finished.SerializeToString()))
    return [Fact(f"{message}-{event}", "delivery", event, partition_of(profile), body, now) for event, body in told]


async def test_every_fact_counts_once_after_kills_in_the_middle(reporter: Reporter) -> None:
    campaign = new_id()
    facts = [fact for number in range(MESSAGES) for fact in facts_of(campaign, number)]
    opened = sum(fact.event == "message-opened" for fact in facts)

    async def publish(share: list[Fact]) -> None:
        for start in range(0, len(share), BATCH):
            await reporter.publisher.publish(share[start : start + BATCH])
            await asyncio.sleep(0.01)

    reporter.process.start()
    part = -(-len(facts) // KILLS)
    for kill in range(KILLS):
        before = await reporter.waiting()
        await publish(facts[kill * part : (kill + 1) * part])
        # Kill while it works: it has taken some of what waits, and not yet all.
        most = before + part
        await reporter.until_waiting(lambda left: 0 < left < most)  # noqa: B023 - asked within this round only
        reporter.process.kill()
        reporter.process.start()

    wanted = {"requested": MESSAGES, "delivered": MESSAGES, "opened": opened, "reached": MESSAGES}
    assert await reporter.figures_at_last(campaign, wanted, 120) == wanted
    await reporter.until_waiting(lambda left: left == 0)
    assert await reporter.dead() == 0
    assert await reporter.figures_at_last(campaign, wanted, 5) == wanted
