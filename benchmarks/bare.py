"""The bare counterparts of the door, as a process of their own: `python -m benchmarks.bare PORT NATS GRPC NAMESPACE`.

`GET /hop` is FastAPI and one gRPC call; `POST /track` is a FastAPI route that reads JSON and awaits JetStream's
acknowledgement of one message, whatever its size. No sign-in, no checks, no telemetry.
"""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import grpc
import nats
import uvicorn
from fastapi import FastAPI, Request

from gen.consilium.profile.v1 import catalogue_pb2, catalogue_pb2_grpc


def application(bus: str, target: str, namespace: str) -> FastAPI:
    """Give the bare application."""
    held: dict[str, Any] = {}

    @asynccontextmanager
    async def life(_app: FastAPI) -> AsyncIterator[None]:
        client = await nats.connect(bus)
        held["jetstream"] = client.jetstream()
        channel = grpc.aio.insecure_channel(target)
        held["stub"] = catalogue_pb2_grpc.CatalogueStub(channel)
        yield
        await channel.close(None)
        await client.close()

    app = FastAPI(lifespan=life)

    @app.get("/hop")
    async def hop() -> dict[str, Any]:
        answer = await held["stub"].ListBases(catalogue_pb2.ListBasesRequest())
        return {"items": [{"key": base.key, "title": base.title} for base in answer.bases]}

    @app.post("/track")
    async def track(request: Request) -> dict[str, Any]:
        await request.json()
        ack = await held["jetstream"].publish(f"{namespace}.bare.v1.events.0", await request.body())
        return {"seq": ack.seq}

    return app


if __name__ == "__main__":
    uvicorn.run(
        application(sys.argv[2], sys.argv[3], sys.argv[4]),
        host="127.0.0.1",
        port=int(sys.argv[1]),
        log_level="warning",
        access_log=False,
    )
