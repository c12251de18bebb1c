"""The list of clients as the console asks for it, through gateway, segment's index and profile's views.

The ceiling is the very query that segment sends for such a request, sent to the engine by its own client.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import httpx
from opensearchpy import AsyncOpenSearch, helpers
from pymongo.asynchronous.collection import AsyncCollection

from benchmarks.door import TOKENS, Tokens, answers, environment, started, stopped
from benchmarks.figures import Figure, latency, percentile
from benchmarks.ground import Ground, ground
from benchmarks.people import BASE, CITIES, SOURCE, SPECIALTIES, drafts
from chassis.bus.streams import ensure_streams
from chassis.grpc import Peer, Server, Verifier, actions_of
from chassis.kernel import lane_of, new_id, partition_of
from chassis.process import Running, open_engines
from deploy.local.children import free_ports
from gen.consilium.access.v1 import tokens_pb2_grpc
from gen.consilium.operations.v1 import operations_pb2, operations_pb2_grpc
from gen.consilium.segment.v1 import segments_pb2, segments_pb2_grpc
from services.profile import bootstrap as profile
from services.profile.adapters.views import NAME as VIEWS
from services.profile.commands import put_records
from services.profile.config import Settings as ProfileSettings
from services.segment import bootstrap as segment
from services.segment.adapters import engine
from services.segment.adapters.profiles import SERVICES as ASKED_OF_PROFILE
from services.segment.adapters.rpc import SERVICE as SEGMENTS
from services.segment.config import Settings as SegmentSettings
from services.segment.domain.face import face_key

OPERATIONS = "consilium.operations.v1.Operations"
MOST_MS = 150
"""What a screen's part may take at the gateway, 95 times of 100."""

ASKED = 200
WRITTEN = 20_000
"""People who come by records as in life; who is beyond them is a copy of one, under an id of its own."""

COPIED_AT_ONCE = 2_000
ACTIVE = {"status": "active"}
ASKS: dict[str, Callable[[int], dict[str, Any]]] = {
    "page": lambda _: {"filter": ACTIVE},
    "filter": lambda turn: {
        "filter": {
            "all": [
                ACTIVE,
                {"attribute": "city", "op": "equals", "value": CITIES[turn % len(CITIES)]},
                {"affiliation": {"specialty": [SPECIALTIES[turn % len(CITIES)]]}},
            ]
        }
    },
    "sort": lambda turn: {"filter": ACTIVE, "order_by": ("name", "-name", "updated", "-updated")[turn % 4]},
}
"""What a person asks the list for, by turn."""


async def measure(scale: float) -> list[Figure]:
    """Ask 200 times each way over 20,000 people (1,000,000 at scale 50)."""
    with ground(search=True) as where:
        return await _measure(where, int(20_000 * scale))


async def _measure(where: Ground, people: int) -> list[Figure]:
    settings = ProfileSettings(**where.settings())
    engines = await open_engines(settings, "profile")
    await profile.migrate(settings, engines)
    await ensure_streams(engines.bus)
    owner = Running(settings, engines, await profile.build(settings, engines), "serve")
    await owner.start()
    app = profile.wire(settings, engines)
    await app.settings.add_base(BASE)
    await app.settings.add_source(SOURCE)
    await put_records(drafts(range(min(people, WRITTEN)), datetime(2026, 1, 1, tzinfo=UTC), "ru"), app)

    actions = {*actions_of([*ASKED_OF_PROFILE, SEGMENTS]).values()}
    access = Server([(tokens_pb2_grpc.add_TokensServicer_to_server, Tokens(where, actions), TOKENS)],
                    Verifier(where.public_key, "access"), host="127.0.0.1", port=0)  # fmt: skip
    await access.start()
    searching = SegmentSettings(
        **where.settings(opensearch=where.opensearch, access_address=f"127.0.0.1:{access.port}")
    )
    index, _ = await _started(where, searching, owner.port, "run")
    await _rebuild(where, index.port)
    await index.stop()
    # Nobody follows from here on: what is copied is no news to anybody.
    index, client = await _started(where, searching, owner.port, "serve")
    await _copy(engines.database[VIEWS], client, segment.alias_of(searching), people - WRITTEN)
    [port] = free_ports(1)
    services = {"profile": owner.port, "segment": index.port, "access": access.port}
    door = started("gateway", environment=environment(where, port, services))
    try:
        await client.indices.refresh(index=segment.alias_of(searching))
        await answers(f"http://127.0.0.1:{port}/healthz")
        return await _compare(client, port, people)
    finally:
        stopped([door])
        await client.indices.delete(index=f"{segment.alias_of(searching)}-*")
        await index.stop()
        await owner.stop()
        await access.stop(0)


async def _started(where: Ground, settings: SegmentSettings, owner: int, role: str) -> tuple[Running, AsyncOpenSearch]:
    """Start segment in a role; gives the client by which it asks the engine too."""
    engines = await open_engines(settings, "segment")
    await segment.migrate(settings, engines)
    client = engine.connect(where.opensearch)
    asking = Peer(f"127.0.0.1:{owner}", "profile", services=ASKED_OF_PROFILE, tokens=engines.tokens)
    index = Running(settings, engines, await segment.build(settings, engines, peer=asking, client=client), role)
    await index.start()
    return index, client


async def _copy(views: AsyncCollection[dict[str, Any]], client: AsyncOpenSearch, alias: str, more: int) -> None:
    """Write as many people more where a list reads them: their views and their documents, copies of those there."""
    originals = await views.find({}, {"outbox": 0, "unpublished": 0}).to_list() if more > 0 else []
    documents: dict[str, list[dict[str, Any]]] = {}
    async for hit in helpers.async_scan(client, index=alias, size=1_000):
        documents.setdefault(hit["_source"]["profile"], []).append(hit["_source"])
    for start in range(0, more, COPIED_AT_ONCE):
        people, indexed = [], []
        for number in range(start, min(more, start + COPIED_AT_ONCE)):
            original = originals[number % len(originals)]
            profile, no = new_id(), len(originals) + number + 1
            partition = partition_of(profile)
            homes = [{**home, "id": profile, "no": no} for home in original["homes"]]
            records = [{**record, "id": new_id(), "home": profile} for record in original["records"]]
            own = {"_id": profile, "homes": homes, "records": records, "partition": partition}
            people.append({**original, **own, "lane": lane_of(partition)})
            for document in documents[original["_id"]]:
                source = {**document, "profile": profile, "no": no, "partition": partition}
                indexed.append({"_index": alias, "_id": face_key(profile, document["face"]), "_source": source})
        await views.insert_many(people, ordered=False)
        await helpers.async_bulk(client, indexed, chunk_size=COPIED_AT_ONCE, request_timeout=60)


async def _rebuild(where: Ground, port: int) -> None:
    """Let segment fill its index from its owner, as an operator would."""
    peer = Peer(f"127.0.0.1:{port}", "segment", services=[SEGMENTS, OPERATIONS])
    token = where.token("segment", (SEGMENTS, OPERATIONS))
    stub: Any = segments_pb2_grpc.SegmentsStub(peer.channel)
    operations: Any = operations_pb2_grpc.OperationsStub(peer.channel)
    begun = await peer.call(stub.RebuildIndex, segments_pb2.RebuildIndexRequest(), token=token)
    operation = begun
    while not operation.done:
        await asyncio.sleep(0.5)
        token = where.token("segment", (SEGMENTS, OPERATIONS))
        request = operations_pb2.GetOperationRequest(id=begun.id)
        operation = await peer.call(operations.GetOperation, request, token=token)
    await peer.close()
    assert not operation.HasField("error"), operation.error.reason


async def _compare(client: Any, port: int, people: int) -> list[Figure]:
    sent: list[dict[str, Any]] = []
    original: Callable[..., Awaitable[Any]] = client.search

    async def noting(**arguments: Any) -> Any:
        sent.append(arguments)
        return await original(**arguments)

    figures = []
    headers = {"Authorization": f"Bearer {new_id()}"}
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=30) as http:
        for title, make in ASKS.items():
            ours: list[float] = []
            raw: list[float] = []
            for turn in range(-10, ASKED):
                client.search = noting
                body = {**make(turn), "page_size": 50, "archived": True}
                began = time.perf_counter()
                answer = await http.post("/v1/profiles:search", json=body)
                took = time.perf_counter() - began
                assert answer.status_code == 200, answer.text
                assert answer.json()["items"], "somebody is found"
                client.search = original
                began = time.perf_counter()
                await original(**sent[-1])
                if turn >= 0:
                    ours.append(1000 * took)
                    raw.append(1000 * (time.perf_counter() - began))
            mine, theirs = percentile(ours, 0.95), percentile(raw, 0.95)
            note = f"at most {MOST_MS} ms; p50 {percentile(ours, 0.5):.0f} ms; the raw query alone"
            figures.append(
                latency(f"list of {people:,} clients, {title}, p95", mine, theirs, "ms", MOST_MS / theirs, note)
            )
    return figures
