"""The HTTP door beside a bare one: track events single and by the hundred, and the hop to a service.

Both sides run as one process of their own, in turns, and receive the same prepared requests from the same load; what
they put on the bus is the same, to streams of the same settings.
"""

from typing import Any

import grpc

from benchmarks.door import TOKENS, Tokens, answers, environment, started, stopped
from benchmarks.events import HUNDRED, batch, single
from benchmarks.figures import Figure, latency, percentile, rates
from benchmarks.ground import Ground, ground
from benchmarks.http_load import load, request
from chassis.bus import Bus, connect, ensure_streams
from chassis.bus.subjects import stream_name
from chassis.grpc import Server, Verifier, actions_of
from chassis.kernel import new_id
from deploy.local.children import free_ports
from gen.consilium.access.v1 import tokens_pb2_grpc
from gen.consilium.profile.v1 import catalogue_pb2, catalogue_pb2_grpc

CATALOGUE = "consilium.profile.v1.Catalogue"
ROUNDS = 7
"""Rounds in which each side has its turn, after one that nobody counts."""


class _Catalogue(catalogue_pb2_grpc.CatalogueServicer):
    async def ListBases(self, _request: Any, _context: Any) -> catalogue_pb2.ListBasesResponse:  # noqa: N802 - proto's
        return catalogue_pb2.ListBasesResponse(bases=[catalogue_pb2.Base(key="main", title="Main")])


async def measure(scale: float) -> list[Figure]:
    """Send 4,000 singles, 400 batches and 4,000 hops each way, in turns."""
    with ground() as where:
        return await _measure(where, int(4_000 * scale))


async def _measure(where: Ground, count: int) -> list[Figure]:
    bus = await connect(where.nats, namespace=where.namespace, service="benchmark")
    beside = await connect(where.nats, namespace=f"{where.namespace}-bare", service="benchmark")
    bus.stream_share = beside.stream_share = 0.05
    await ensure_streams(bus)
    await ensure_streams(beside, ("inbox",))
    actions = {*actions_of([CATALOGUE]).values(), "activities.collect"}
    servers = [
        Server([(catalogue_pb2_grpc.add_CatalogueServicer_to_server, _Catalogue(), CATALOGUE)],  # type: ignore[abstract]  # one call is asked
               Verifier(where.public_key, "profile"), host="127.0.0.1", port=0),
        Server([(tokens_pb2_grpc.add_TokensServicer_to_server, Tokens(where, actions), TOKENS)],
               Verifier(where.public_key, "access"), host="127.0.0.1", port=0),
    ]  # fmt: skip
    # The bare side calls the same servicer without the door's checks in front of it.
    plain = grpc.aio.server()
    catalogue_pb2_grpc.add_CatalogueServicer_to_server(_Catalogue(), plain)  # type: ignore[abstract]  # one call is asked
    plain_port = plain.add_insecure_port("127.0.0.1:0")
    await plain.start()
    for server in servers:
        await server.start()
    door, bare = free_ports(2)
    addresses = {"profile": servers[0].port, "access": servers[1].port}
    bare_told = [str(bare), where.nats, f"127.0.0.1:{plain_port}", beside.namespace]
    processes = [
        started("gateway", environment=environment(where, door, addresses)),
        started("benchmarks.bare", *bare_told),
    ]
    try:
        await answers(f"http://127.0.0.1:{door}/healthz")
        await answers(f"http://127.0.0.1:{bare}/hop")
        return await _compare(bus, beside, door, bare, count)
    finally:
        stopped(processes)
        for server in servers:
            await server.stop(0)
        await plain.stop(0)
        await bus.close()
        await beside.close()


async def _compare(bus: Bus, beside: Bus, door: int, bare: int, count: int) -> list[Figure]:
    headers = {"Authorization": f"Bearer {new_id()}", "Content-Type": "application/json"}
    figures = []
    for title, make, path, each, least in (
        ("track, single events", single, "", 1, 0.70),
        ("track, batches of 100", batch, ":batch", HUNDRED, 0.60),
    ):
        requests = max(1, count // (1 if each == 1 else 10) // ROUNDS)
        rounds = []
        for turn in range(ROUNDS + 1):
            bodies = [make(number) for number in range(2 * requests)]
            theirs = [request("POST", f"/track{path}", headers, body) for body in bodies[:requests]]
            mine = [request("POST", f"/v1/track{path}", headers, body) for body in bodies[requests:]]
            raw, _ = await load(bare, theirs.__getitem__, requests=requests, connections=32)
            ours, _ = await load(door, mine.__getitem__, requests=requests, connections=32)
            for one in (bus, beside):
                await one.jetstream.purge_stream(stream_name(one.namespace, "inbox"))
            if turn:
                rounds.append((each * requests / ours, each * requests / raw))
        note = "bare route that reads JSON and awaits JetStream's acknowledgement of the identical message"
        figures.append(rates(title, rounds, "events/s", least, note))
    return figures + await _hop(door, bare, count, headers)


async def _hop(door: int, bare: int, count: int, headers: dict[str, str]) -> list[Figure]:
    hop = request("GET", "/hop", headers)
    bases = request("GET", "/v1/bases", headers)
    busy: list[tuple[float, float]] = []
    alone: list[tuple[float, float]] = []
    for turn in range(ROUNDS + 1):
        requests = max(1, count // ROUNDS)
        raw, _ = await load(bare, lambda _: hop, requests=requests, connections=16)
        ours, _ = await load(door, lambda _: bases, requests=requests, connections=16)
        _, raw_times = await load(bare, lambda _: hop, requests=max(1, requests // 4), connections=1)
        _, times = await load(door, lambda _: bases, requests=max(1, requests // 4), connections=1)
        if turn:
            busy.append((requests / ours, requests / raw))
            alone.append((percentile(times, 0.5), percentile(raw_times, 0.5)))
    mine, theirs = sorted(alone, key=lambda each: each[0] - each[1])[ROUNDS // 2]
    return [
        rates("gateway hop", busy, "requests/s", 0.75, "bare FastAPI and grpc.aio"),
        latency("gateway hop, p50 alone", mine, theirs, "ms", (theirs + 0.3) / theirs, "at most 0.3 ms more"),
    ]
