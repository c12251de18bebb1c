"""Segment count: three filters and a workplace tuple, through the service's socket, beside the raw query.

The ceiling is the very query that the service sends, prepared beforehand, sent to the engine by its own client.
"""

import random
import time
from datetime import UTC, datetime
from typing import Any

from google.protobuf.struct_pb2 import Struct

from benchmarks.figures import Figure, latency, percentile
from benchmarks.ground import Ground, ground
from chassis.grpc import Peer
from chassis.kernel import new_id
from chassis.process import Running, open_engines
from gen.consilium.segment.v1 import segments_pb2, segments_pb2_grpc
from services.segment.adapters import engine
from services.segment.adapters.people import OpenSearchPeople
from services.segment.adapters.writer import PeopleWriter
from services.segment.bootstrap import alias_of, build, migrate
from services.segment.config import Settings
from services.segment.domain.catalogue import BUILT_IN
from services.segment.domain.face import ALL, Affiliation, Consent, Face
from services.segment.domain.following import Written
from tests.component.segment.owner import FakeProfiles

SERVICE = "consilium.segment.v1.Segments"
SPECIALTIES = [f"specialty-{number}" for number in range(60)]
ORGANISATIONS = [new_id() for _ in range(2_000)]
RULE: dict[str, Any] = {
    "all": [
        {"status": "active"},
        {"attribute": "sex", "op": "equals", "value": "f"},
        {"consent": {"controller": "main", "purpose": "marketing", "channel": "email", "topic": "news"}},
        {"affiliation": {"specialty": SPECIALTIES[:3], "organisation": ORGANISATIONS[:200]}},
    ]
}
ASKED = 200


def _people(count: int, seed: int = 7) -> list[Face]:
    drawn = random.Random(seed)
    now = datetime.now(UTC)
    return [
        Face(
            profile=new_id(),
            no=number,
            face=ALL,
            revision=1,
            status="active" if drawn.random() < 0.95 else "archived",
            kind="hcp",
            names=(f"Surname{drawn.randrange(50_000)}", f"Name{drawn.randrange(300)}"),
            attributes={"sex": (drawn.choice("fm"),), "city": (f"city-{drawn.randrange(100)}",)},
            affiliations=tuple(
                Affiliation(organisation=drawn.choice(ORGANISATIONS), specialty=drawn.choice(SPECIALTIES))
                for _ in range(drawn.choice((1, 1, 1, 2, 3)))
            ),
            consents=(Consent("main", "marketing", "email", "news", "granted", None, True),),
            channels=frozenset({"email"}),
            updated=now,
        )
        for number in range(1, count + 1)
    ]


async def measure(scale: float) -> list[Figure]:
    """Count 200 times each way over 50,000 people (1,000,000 at scale 20)."""
    with ground(search=True) as where:
        return await _measure(where, int(50_000 * scale))


async def _measure(where: Ground, people: int) -> list[Figure]:
    settings = Settings(**where.settings(opensearch=where.opensearch))
    engines = await open_engines(settings, "segment")
    await migrate(settings, engines)
    owner = FakeProfiles(engines.publisher)  # type: ignore[abstract]  # only its catalogue is asked
    await owner.start()
    client = engine.connect(where.opensearch)
    writer = PeopleWriter(client, alias_of(settings))
    faces = _people(people)
    for start in range(0, len(faces), 5_000):
        await writer.write([Written(face) for face in faces[start : start + 5_000]], BUILT_IN, datetime.now(UTC))
    await OpenSearchPeople(client, alias_of(settings)).settle()

    sent: list[dict[str, Any]] = []
    original = client.search

    async def noting(**arguments: Any) -> Any:
        sent.append(arguments)
        return await original(**arguments)

    client.search = noting
    running = Running(
        settings, engines, await build(settings, engines, peer=Peer(f"127.0.0.1:{owner.port}", "x"), client=client),
        "serve",
    )  # fmt: skip
    await running.start()
    peer = Peer(f"127.0.0.1:{running.port}", "segment", services=[SERVICE])
    stub: Any = segments_pb2_grpc.SegmentsStub(peer.channel)
    rule = Struct()
    rule.update(RULE)
    request = segments_pb2.PreviewSegmentRequest(rule=rule, sample=20)
    token = where.token("segment", (SERVICE,))
    try:
        answer = await peer.call(stub.PreviewSegment, request, token=token)
        assert answer.count > 0, "the rule must match somebody"
        query = sent[-1]
        client.search = original
        ours: list[float] = []
        raw: list[float] = []
        for _ in range(ASKED):
            began = time.perf_counter()
            await peer.call(stub.PreviewSegment, request, token=token)
            ours.append(1000 * (time.perf_counter() - began))
            began = time.perf_counter()
            await original(**query)
            raw.append(1000 * (time.perf_counter() - began))
    finally:
        await peer.close()
        await client.indices.delete(index=f"{alias_of(settings)}-*")
        await owner.stop()
        await running.stop()
    note = "the service's own query sent by the engine's client"
    return [
        latency(f"segment count, {people:,} people, p50", percentile(ours, 0.5), percentile(raw, 0.5), "ms", 1.5, note),
        latency(f"segment count, {people:,} people, p95", percentile(ours, 0.95), percentile(raw, 0.95), "ms", 1.5),
    ]
