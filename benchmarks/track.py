"""The HTTP door beside a bare one: track events single and by the hundred, and the hop to a service.

Both sides run as one process of their own and receive the same prepared requests from the same load.
"""

import base64
import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from typing import Any

import grpc
import httpx
from nats.js import api

from benchmarks.figures import Figure, latency, percentile, rate
from benchmarks.ground import Ground, ground
from benchmarks.http_load import load, request
from chassis.bus import connect, ensure_streams
from chassis.grpc import Principal, Server, Verifier, actions_of, sign
from chassis.kernel import new_id
from deploy.local.children import free_ports
from gen.consilium.access.v1 import tokens_pb2, tokens_pb2_grpc
from gen.consilium.profile.v1 import catalogue_pb2, catalogue_pb2_grpc
from tests.polling import until

CATALOGUE, TOKENS = "consilium.profile.v1.Catalogue", "consilium.access.v1.Tokens"
HUNDRED = 100


class _Catalogue(catalogue_pb2_grpc.CatalogueServicer):
    async def ListBases(self, _request: Any, _context: Any) -> catalogue_pb2.ListBasesResponse:  # noqa: N802 - proto's
        return catalogue_pb2.ListBasesResponse(bases=[catalogue_pb2.Base(key="main", title="Main")])


class _Tokens(tokens_pb2_grpc.TokensServicer):
    """Gives everybody every action: the cost of asking is access's own, and paid once a minute."""

    def __init__(self, where: Ground) -> None:
        self._where = where
        self._actions = frozenset({*actions_of([CATALOGUE]).values(), "activities.collect"})

    async def IssueTokens(self, request: Any, _context: Any) -> tokens_pb2.IssueTokensResponse:  # noqa: N802
        principal = Principal("benchmark", "system", (), "main", ("main",), self._actions)
        now = time.time()
        answer = tokens_pb2.IssueTokensResponse(
            tokens={name: sign(self._where.key, principal, name, now=now) for name in request.audiences},
            principal=tokens_pb2.Principal(
                id=principal.id, kind=tokens_pb2.PRINCIPAL_KIND_SYSTEM, workspace="main", workspaces=["main"],
                actions=sorted(self._actions),
            ),
        )  # fmt: skip
        answer.expire_time.FromSeconds(int(now) + 60)
        return answer


def _event(number: int) -> dict[str, Any]:
    return {
        "event_id": f"{os.getpid()}-{number}-{time.monotonic_ns()}",
        "name": "page_viewed",
        "time": datetime.now(UTC).isoformat(),
        "anonymous_id": f"device-{number % 1000}",
        "properties": {"page": "home", "seconds": number % 60},
    }


async def measure(scale: float) -> list[Figure]:
    """Send 4,000 singles, 400 batches and 4,000 hops each way."""
    with ground() as where:
        return await _measure(where, int(4_000 * scale))


async def _measure(where: Ground, count: int) -> list[Figure]:
    bus = await connect(where.nats, namespace=where.namespace, service="benchmark")
    bus.stream_share = 0.05
    await ensure_streams(bus)
    await bus.jetstream.add_stream(
        api.StreamConfig(name=f"{where.namespace}-bare".replace(".", "-"), subjects=[f"{where.namespace}.bare.>"])
    )
    public = where.key.public_key().public_bytes_raw()
    servers = [
        Server([(catalogue_pb2_grpc.add_CatalogueServicer_to_server, _Catalogue(), CATALOGUE)],  # type: ignore[abstract]  # one call is asked
               Verifier(public, "profile"), host="127.0.0.1", port=0),
        Server([(tokens_pb2_grpc.add_TokensServicer_to_server, _Tokens(where), TOKENS)],
               Verifier(public, "access"), host="127.0.0.1", port=0),
    ]  # fmt: skip
    # The bare side calls the same servicer without the door's checks in front of it.
    plain = grpc.aio.server()
    catalogue_pb2_grpc.add_CatalogueServicer_to_server(_Catalogue(), plain)  # type: ignore[abstract]  # one call is asked
    plain_port = plain.add_insecure_port("127.0.0.1:0")
    await plain.start()
    for server in servers:
        await server.start()
    door, bare = free_ports(2)
    environment = {
        **os.environ,
        "CONSILIUM_NAMESPACE": where.namespace,
        "CONSILIUM_MONGODB": where.mongodb,
        "CONSILIUM_NATS": where.nats,
        "CONSILIUM_INSTALLATION_KEY": base64.b64encode(where.installation_key).decode(),
        "CONSILIUM_PRINCIPAL_KEY": base64.b64encode(public).decode(),
        "CONSILIUM_SERVICE_SECRET": "a benchmark's own secret",
        "CONSILIUM_CONSOLE_SECRET": "unused here",
        "CONSILIUM_ISSUER": "http://127.0.0.1:9/realms/none",
        "CONSILIUM_HTTP_PORT": str(door),
        "CONSILIUM_PROFILE_ADDRESS": f"127.0.0.1:{servers[0].port}",
        "CONSILIUM_ACCESS_ADDRESS": f"127.0.0.1:{servers[1].port}",
    }
    beside = [str(bare), where.nats, f"127.0.0.1:{plain_port}", where.namespace]
    processes = _started([["gateway"], ["benchmarks.bare", *beside]], environment)
    try:
        await _answers(f"http://127.0.0.1:{door}/healthz")
        await _answers(f"http://127.0.0.1:{bare}/hop")
        return await _compare(door, bare, count)
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(20)
        for server in servers:
            await server.stop(0)
        await plain.stop(0)
        await bus.close()


def _started(modules: list[list[str]], environment: dict[str, str]) -> list[subprocess.Popen[bytes]]:
    return [subprocess.Popen([sys.executable, "-m", *module], env=environment) for module in modules]


async def _answers(url: str) -> None:
    async def answers() -> bool:
        try:
            async with httpx.AsyncClient() as http:
                return (await http.get(url)).status_code == 200
        except httpx.HTTPError:
            return False

    await until(answers, 30, every=0.2)


async def _compare(door: int, bare: int, count: int) -> list[Figure]:
    headers = {"Authorization": f"Bearer {new_id()}", "Content-Type": "application/json"}

    def single(number: int) -> bytes:
        return json.dumps(_event(number)).encode()

    def batch(number: int) -> bytes:
        return json.dumps({"events": [_event(number * HUNDRED + each) for each in range(HUNDRED)]}).encode()

    figures = []
    for title, make, path, requests, least, unit in (
        ("track, single events", single, "/v1/track", count, 0.70, "events/s"),
        ("track, batches of 100", batch, "/v1/track:batch", count // 10, 0.60, "events/s"),
    ):
        each = HUNDRED if make is batch else 1
        bodies = [make(number) for number in range(2 * requests)]
        theirs = [request("POST", "/track", headers, body) for body in bodies[:requests]]
        mine = [request("POST", path, headers, body) for body in bodies[requests:]]
        raw, _ = await load(bare, theirs.__getitem__, requests=requests, connections=32)
        ours, _ = await load(door, mine.__getitem__, requests=requests, connections=32)
        note = "bare route that awaits JetStream's acknowledgement of each request"
        figures.append(rate(title, each * requests / ours, each * requests / raw, unit, least, note))
    hop = request("GET", "/hop", headers)
    bases = request("GET", "/v1/bases", headers)
    raw, _ = await load(bare, lambda _: hop, requests=count, connections=16)
    ours, _ = await load(door, lambda _: bases, requests=count, connections=16)
    figures.append(rate("gateway hop", count / ours, count / raw, "requests/s", 0.75, "bare FastAPI and grpc.aio"))
    _, alone_raw = await load(bare, lambda _: hop, requests=count // 4, connections=1)
    _, alone = await load(door, lambda _: bases, requests=count // 4, connections=1)
    theirs_p50, ours_p50 = percentile(alone_raw, 0.5), percentile(alone, 0.5)
    figures.append(
        latency(
            "gateway hop, p50 alone", ours_p50, theirs_p50, "ms", (theirs_p50 + 0.3) / theirs_p50, "at most 0.3 ms more"
        )
    )
    return figures
