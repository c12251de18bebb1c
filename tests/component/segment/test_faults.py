"""What segment does when something is away, comes twice, or two workers do the same."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from chassis.grpc import Peer
from chassis.process import Running, open_engines
from gen.consilium.segment.v1 import segments_pb2 as pb
from services.segment.bootstrap import build, migrate
from tests.component.segment.conftest import Segment, segment_process, struct
from tests.logged import logged
from tests.outages import lasting
from tests.polling import until

pytestmark = [pytest.mark.opensearch, pytest.mark.faults]

MOSCOW = {"attribute": "city", "value": "moscow"}


class Wire:
    """A wire to an engine that can be cut: what is open breaks, what comes is turned away."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self._open: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None
        self.port = 0

    async def mend(self) -> None:
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        assert self._server is not None
        self._server.close()
        for writer in list(self._open):
            writer.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection(self._host, self._port)
        self._open |= {writer, far_writer}
        try:
            await asyncio.gather(_copy(reader, far_writer), _copy(far_reader, writer))
        finally:
            self._open -= {writer, far_writer}


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()


@asynccontextmanager
async def wired(address: str) -> AsyncIterator[Wire]:
    parts = urlsplit(address)
    wire = Wire(parts.hostname or "", parts.port or 0)
    await wire.mend()
    try:
        yield wire
    finally:
        await wire.cut()


async def test_a_migration_waits_for_the_search_engine(segment: Segment) -> None:
    async with wired(segment.settings.opensearch) as wire, httpx.AsyncClient(timeout=30) as client:
        settings = replace(
            segment.settings, namespace=f"{segment.settings.namespace}-late", opensearch=f"http://127.0.0.1:{wire.port}"
        )
        await wire.cut()
        migrating = asyncio.create_task(migrate(settings, segment.engines))
        await asyncio.wait([migrating], timeout=1.0)
        assert not migrating.done()
        await wire.mend()
        await asyncio.wait_for(migrating, 30)
        alias = f"{segment.settings.opensearch}/{settings.namespace}-profiles"
        assert (await client.head(alias)).status_code == 200
        (await client.delete(f"{alias}-v1")).raise_for_status()


async def test_while_search_is_away_nothing_is_lost_and_readiness_says_so(
    mongodb_url: str, nats_url: str, opensearch_url: str, namespace: str
) -> None:
    async with (
        wired(opensearch_url) as wire,
        segment_process(mongodb_url, nats_url, f"http://127.0.0.1:{wire.port}", namespace) as segment,
    ):
        people = [segment.owner.person(no, {"city": "moscow"}) for no in range(1, 21)]
        await segment.owner.put(people[:10])
        await segment.indexed(10)

        await wire.cut()
        await segment.owner.put(people)

        async def said() -> bool:
            readiness = await segment.running.readiness()
            return not readiness["opensearch"] and any(
                name.startswith("segment-index-") and not answer for name, answer in readiness.items()
            )

        with logged() as lines:
            await until(said, 20)
            await asyncio.sleep(lasting(0.0, 120.0))
        opened = lines.of("consumer.circuit_open")
        assert opened["reason"] == "opensearch"
        assert opened["do"]
        refused = await segment.refusal(segment.stub.SearchPeople, pb.SearchPeopleRequest())
        assert refused.reason == "DEPENDENCY_UNAVAILABLE"

        await wire.mend()
        await segment.indexed(20)

        async def ready() -> bool:
            return all((await segment.running.readiness()).values())

        await until(ready, 20)
        dead = await segment.engines.bus.jetstream.stream_info(f"{namespace}_dead".upper())
        assert dead.state.messages == 0


async def test_the_same_facts_again_change_and_tell_nothing(segment: Segment) -> None:
    people = [segment.owner.person(no, {"city": "moscow"}) for no in range(1, 11)]
    await segment.owner.put(people)
    await segment.indexed(10)
    made = await segment.ask(segment.stub.CreateSegment, pb.CreateSegmentRequest(
        name="Москва", kind=pb.SEGMENT_KIND_LIVE, rule=struct(MOSCOW)))  # fmt: skip
    await until(lambda: _told(segment, 10))
    asked = segment.owner.asked

    await segment.owner.repeat(people)

    await until(lambda: segment.owner.asked > asked)
    await segment.indexed(10)
    assert made.members == 10
    assert await _told(segment, 10)


async def _told(segment: Segment, joined: int) -> bool:
    facts = await segment.facts()
    assert len(facts) == len(set(facts))
    return sum(event == "member-joined" for event, _, _ in facts) == joined


async def test_two_workers_together_end_where_one_would(segment: Segment) -> None:
    engines = await open_engines(segment.settings, "segment")
    peer = Peer(f"127.0.0.1:{segment.owner.port}", "profile")
    second = Running(segment.settings, engines, await build(segment.settings, engines, peer=peer), "work")
    await second.start()
    try:
        people = [segment.owner.person(no, {"city": "moscow" if no % 2 else "kazan"}) for no in range(1, 121)]
        await segment.owner.put(people)
        made = await segment.ask(segment.stub.CreateSegment, pb.CreateSegmentRequest(
            name="Москва", kind=pb.SEGMENT_KIND_LIVE, rule=struct(MOSCOW)))  # fmt: skip
        for round_ in range(3):
            for person in people:
                _move(person, "moscow" if (person.no + round_) % 3 else "kazan")
            await segment.owner.put(people)
        expected = {person.id for person in people if (person.no + 2) % 3}

        async def settled() -> bool:
            found = await segment.ask(segment.stub.GetSegment, pb.GetSegmentRequest(id=made.id))
            return found.members == len(expected) and set(await segment.members(made.id)) == expected

        await until(settled, 40)
        await until(lambda: _balanced(segment, made.id, expected), 20)
    finally:
        await second.stop()


def _move(person: Any, city: str) -> None:
    for attributes in (person.attributes, person.faces[0].attributes):
        attributes["city"].value.code = city


async def _balanced(segment: Segment, key: str, expected: set[str]) -> bool:
    """Joined and left of everybody add up to where he is."""
    balance: dict[str, int] = {}
    for event, owner, profile in await segment.facts():
        if owner == key and profile:
            balance[profile] = balance.get(profile, 0) + (1 if event == "member-joined" else -1)
    assert set(balance.values()) <= {0, 1}
    return {profile for profile, inside in balance.items() if inside} == expected
