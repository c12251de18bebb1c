"""Faults of docs/runbooks/faults.md: after each one the log alone names the cause, the place and what to do."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from pymongo import AsyncMongoClient
from pymongo.errors import ServerSelectionTimeoutError

from chassis import relay as relay_module
from chassis.bus import Bus, Consumer, Delivery, Publisher, connect, ensure_streams, run_lane
from chassis.grpc import Peer, actions_of
from chassis.kernel import Code, Problem, SystemClock, new_id
from chassis.kernel.problem import DependencyUnavailable, Unauthenticated
from chassis.mongo import Lanes, Session
from chassis.operations import TRIES, Operations, Work
from chassis.relay import Relay
from deploy.local.children import free_ports
from deploy.local.engines import nats
from gen.consilium.access.v1 import people_pb2, people_pb2_grpc
from tests.integration.chassis.test_bus import bus, document, fact, session, stop
from tests.integration.chassis.test_door import SERVICE, peer, stub, token
from tests.logged import Lines, logged
from tests.polling import until

__all__ = ["bus", "peer", "session"]  # fixtures of the neighbours


@pytest.fixture
def lines() -> Iterator[Lines]:
    """Catch what is logged during the test."""
    with logged() as caught:
        yield caught


class Wrong(Problem):
    """A fact that no repeat makes right."""

    code = Code.FAILED_PRECONDITION
    reason = "WRONG"
    template = "It is wrong."


async def _told(lines: Lines, event: str) -> Mapping[str, Any]:
    line: Mapping[str, Any] = await until(lambda: lines.of(event), 30)
    assert line["do"], "the line says what to do"
    return line


async def _consumed(bus: Bus, handle: Callable[[], Any], lines: Lines, event: str) -> tuple[str, Mapping[str, Any]]:
    """Publish a fact, let a consumer of `handle` meet it, and give its id and the line of the event."""
    one = fact(new_id())

    async def handler(_batch: Sequence[Delivery]) -> None:
        await handle()

    tasks = [asyncio.create_task(run_lane(bus, Consumer("profile", "check", handler), lane)) for lane in range(8)]
    try:
        await Publisher(bus).publish([one])
        return one.id, await _told(lines, event)
    finally:
        await stop(tasks)


async def test_1_mongodb_goes_away_under_a_consumer(bus: Bus, lines: Lines) -> None:
    gone: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(port=free_ports(1)[0], serverSelectionTimeoutMS=100)

    _, line = await _consumed(bus, lambda: gone.admin.command("ping"), lines, "consumer.circuit_open")

    assert line["reason"] == "mongodb"
    assert line["consumer"].startswith("test-check-")
    await gone.close()


async def test_2_nats_goes_away(session: Session, namespace: str, tmp_path: Path, lines: Lines) -> None:
    people = session.database("test")["people"]
    await relay_module.ensure_indexes(people)
    server = nats.start(tmp_path, free_ports(2)).wait(30)
    bus = await connect(server.addresses["nats"], namespace=namespace, service="test")
    await ensure_streams(bus, ("profile",))
    lanes = Lanes(session.database("test"), tick=0.1)

    async def idle(_lane: int) -> None:
        await asyncio.Event().wait()

    relay = Relay(session.database("test"), ["people"], Publisher(bus), SystemClock())
    tasks = [asyncio.create_task(lanes.run(idle)), asyncio.create_task(relay.run(lanes))]
    try:
        server.process.kill()
        await _told(lines, "bus.lost")
        key = new_id()
        await people.insert_one(document(key, 1, [fact(key)]))
        assert (await _told(lines, "relay.waiting"))["kind"] == "BusUnavailable"
    finally:
        await stop(tasks)
        with contextlib.suppress(ConnectionError):  # there is nobody left to take leave of
            await bus.close()


async def test_3_nats_is_away_at_the_start(lines: Lines) -> None:
    waiting = asyncio.create_task(connect(f"nats://127.0.0.1:{free_ports(1)[0]}", namespace="t", service="test"))

    line = await _told(lines, "bus.error")

    assert "CONSILIUM_NATS" in line["do"]
    await stop([waiting])  # type: ignore[list-item]  # it gives a bus, which nobody wants


async def test_4_a_peer_is_away_under_a_consumer(bus: Bus, lines: Lines) -> None:
    away = Peer(f"127.0.0.1:{free_ports(1)[0]}", "profile")
    people = people_pb2_grpc.PeopleStub(away.channel)  # type: ignore[no-untyped-call,unused-ignore]  # generated

    _, line = await _consumed(
        bus, lambda: away.call(people.GetMe, people_pb2.GetMeRequest()), lines, "consumer.circuit_open"
    )

    assert line["reason"] == "profile"
    await away.close()


async def test_16_a_peer_is_silent_under_a_consumer(bus: Bus, lines: Lines) -> None:
    silent = await asyncio.start_server(lambda _reader, _writer: None, "127.0.0.1", free_ports(1)[0])
    peer = Peer(f"127.0.0.1:{silent.sockets[0].getsockname()[1]}", "profile")
    people = people_pb2_grpc.PeopleStub(peer.channel)  # type: ignore[no-untyped-call,unused-ignore]  # generated

    _, line = await _consumed(
        bus, lambda: peer.call(people.GetMe, people_pb2.GetMeRequest(), timeout=0.2), lines, "consumer.circuit_open"
    )

    assert line["reason"] == "profile"
    await peer.close()
    silent.close()


async def test_14_a_peer_does_not_know_the_service(bus: Bus, lines: Lines) -> None:
    async def refused() -> None:
        raise Unauthenticated

    _, line = await _consumed(bus, refused, lines, "consumer.circuit_open")

    assert line["reason"] == "principal"
    assert "clocks" in line["do"]


async def test_5_a_fact_that_no_handler_can_take(bus: Bus, lines: Lines) -> None:
    async def bug() -> None:
        raise KeyError("anna@example.org")

    async def wrong() -> None:
        raise Wrong

    _, failed = await _consumed(bus, bug, lines, "consumer.fact_failed")
    name, buried = await _consumed(bus, wrong, lines, "consumer.fact_buried")

    assert failed["error"] == "KeyError"
    assert failed["place"][-1].endswith(" bug")
    assert failed["fingerprint"]
    assert "anna" not in lines.getvalue()
    assert buried["reason"] == "WRONG"
    assert "chassis.bus.dead" in buried["do"]
    assert name in {line.get("fact") for line in lines.all()}


async def test_6_a_bug_in_a_call(peer: Peer, lines: Lines) -> None:
    with pytest.raises(Problem):
        await peer.call(stub(peer).ListRoles, people_pb2.ListRolesRequest(), token=token("roles.read"))

    line = await _told(lines, "rpc.failed")
    assert line["method"].endswith("/ListRoles")
    assert line["error"] == "ZeroDivisionError"
    assert line["place"][-1].endswith(" ListRoles")
    assert "example.org" not in lines.getvalue()


@pytest.fixture
def store_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a call's store be away; asked for before the server takes its handlers."""

    async def away(*_: object) -> None:
        raise ServerSelectionTimeoutError("mongodb://user:secret@host")

    monkeypatch.setattr("tests.integration.chassis.test_door._People.ListAudit", away)


async def test_7_the_store_is_away_under_a_call(store_away: None, peer: Peer, lines: Lines) -> None:
    action = actions_of([SERVICE])[f"/{SERVICE}/ListAudit"]
    with pytest.raises(Problem):
        await peer.call(stub(peer).ListAudit, people_pb2.ListAuditRequest(), token=token(action))

    line = await _told(lines, "rpc.refused")
    assert (line["method"].rpartition("/")[2], line["reason"]) == ("ListAudit", "DEPENDENCY_UNAVAILABLE")
    assert "secret" not in lines.getvalue()


@pytest.fixture
async def operations(session: Session) -> AsyncIterator[Operations]:
    """Give the operations of a service, being done."""
    made = Operations(session.database("test"), "profile", SystemClock())
    runner = asyncio.create_task(made.run())
    yield made
    await stop([runner])


async def test_8_long_work_fails_by_a_bug(operations: Operations, lines: Lines) -> None:
    tries: list[str] = []

    async def bug(work: Work) -> Mapping[str, Any]:
        tries.append(work.id)
        raise KeyError("anna@example.org")

    operations.does("bug", bug)
    begun = await operations.begin("bug", subject="s", workspace="main", principal="p")

    line = await _told(lines, "operation.failed")
    assert (line["operation"], line["error"]) == (begun["_id"], "KeyError")
    assert line["place"][-1].endswith(" bug")
    assert tries == [begun["_id"]] * TRIES
    stumbled = lines.of("operation.stumbled")
    assert (stumbled["operation"], stumbled["error"], stumbled["place"][-1]) == (
        begun["_id"], "KeyError", line["place"][-1],
    )  # fmt: skip
    assert "anna" not in lines.getvalue()


async def test_9_long_work_loses_its_engine(operations: Operations, lines: Lines) -> None:
    async def lost(_work: Work) -> Mapping[str, Any]:
        raise DependencyUnavailable("opensearch")

    operations.does("lost", lost)
    begun = await operations.begin("lost", subject="s", workspace="main", principal="p")

    line = await _told(lines, "operation.waiting")
    assert (line["operation"], line["reason"]) == (begun["_id"], "DEPENDENCY_UNAVAILABLE")
