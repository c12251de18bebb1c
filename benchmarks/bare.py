"""The bare counterparts of the door, as a process of their own: `python -m benchmarks.bare PORT NATS GRPC NAMESPACE`.

`GET /hop` is FastAPI and one gRPC call; `POST /track` and `/track:batch` are FastAPI routes that read JSON and await
JetStream's acknowledgement of one message: the one that the door writes for such a request, envelope and all, prepared
beforehand. No sign-in, no checks, no verdicts, no telemetry.
"""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import cache
from typing import Any

import grpc
import uvicorn
from fastapi import FastAPI, Request

from benchmarks.events import batch
from chassis.bus import Bus, connect
from chassis.bus.publisher import headers_of
from chassis.bus.subjects import subject
from chassis.kernel import new_id
from chassis.outbox import Fact
from gateway.collect import judge_all
from gen.consilium.profile.v1 import catalogue_pb2, catalogue_pb2_grpc
from gen.consilium.profile.v1 import events_pb2 as pb


@cache
def prepared(events: int) -> bytes:
    """Give what the door puts on the bus for a request of so many events; made in the round that nobody counts."""
    now = datetime.now(UTC)
    collected = pb.EventsCollected(source="site", base="main", trusted=True)
    collected.receive_time.FromDatetime(now)
    judge_all(batch(0, events), now, collected)
    if len(collected.events) != events:
        raise ValueError("the prepared events were not accepted")
    return collected.SerializeToString()


def application(nats: str, target: str, namespace: str) -> FastAPI:
    """Give the bare application."""
    held: dict[str, Any] = {}

    @asynccontextmanager
    async def life(_app: FastAPI) -> AsyncIterator[None]:
        bus: Bus = await connect(nats, namespace=namespace, service="gateway")
        channel = grpc.aio.insecure_channel(target)
        held.update(bus=bus, jetstream=bus.jetstream, stub=catalogue_pb2_grpc.CatalogueStub(channel))
        yield
        await channel.close(None)
        await bus.close()

    app = FastAPI(lifespan=life)
    address = subject(namespace, "inbox", "events-collected", 0)

    async def published(body: bytes) -> dict[str, Any]:
        fact = Fact(new_id(), "inbox", "events-collected", 0, body, datetime.now(UTC))
        ack = await held["jetstream"].publish(address, body, headers=headers_of(fact, held["bus"]))
        return {"seq": ack.seq}

    @app.get("/hop")
    async def hop() -> dict[str, Any]:
        answer = await held["stub"].ListBases(catalogue_pb2.ListBasesRequest())
        return {"items": [{"key": base.key, "title": base.title} for base in answer.bases]}

    @app.post("/track")
    async def track(request: Request) -> dict[str, Any]:
        await request.json()
        return await published(prepared(1))

    @app.post("/track:batch")
    async def track_batch(request: Request) -> dict[str, Any]:
        told = await request.json()
        return await published(prepared(len(told["events"])))

    return app


if __name__ == "__main__":
    uvicorn.run(
        application(sys.argv[2], sys.argv[3], sys.argv[4]),
        host="127.0.0.1",
        port=int(sys.argv[1]),
        log_level="warning",
        access_log=False,
    )
