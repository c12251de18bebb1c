"""Prints the OpenAPI document of the gateway: `python -m gateway.openapi > docs/openapi.json`.

Needs no engine: the routes are built over channels that never connect.
"""

import asyncio
import json
import sys
from typing import Any, cast

from nats.aio.client import Client

from chassis.bus import Bus, Publisher
from chassis.crypto import Sealer
from chassis.files import SealedFiles
from chassis.kernel import SystemClock
from chassis.paging import Pages
from gateway import docs, pictures
from gateway.bootstrap import application, routers_over
from gateway.collect import Collector
from gateway.door import Door
from gateway.peers import AUDIENCES, Peers
from gateway.provider import OpenIdProvider
from gateway.quotas import Quotas
from gateway.sessions import MongoSessions
from gateway.shelf import Shelf


async def ready() -> dict[str, bool]:
    """Tell of nothing that it is ready: nothing is asked."""
    return {}


async def document() -> dict[str, Any]:
    """Return the document as the running gateway serves it."""
    clock, key = SystemClock(), bytes(32)
    peers = Peers(dict.fromkeys(AUDIENCES, "127.0.0.1:1"))
    provider = OpenIdProvider("http://127.0.0.1:1", "none", "none", "http://127.0.0.1:1")
    sealer = Sealer(key, "none")
    sessions = MongoSessions(cast(Any, None), sealer)
    bus = Bus(Client(), "none", "gateway", "local")
    publisher = Publisher(bus)
    quotas = Quotas(cast(Any, None), clock)
    door = Door(peers.tokens.IssueTokens, sessions, quotas, provider, publisher, clock, "http://127.0.0.1:1")
    app = application()
    for router in routers_over(
        peers,
        door,
        sessions,
        provider,
        sealer,
        SealedFiles(bus, key, "none"),
        Collector(publisher, clock),
        clock,
        ready,
    ):
        app.router.routes.extend(router.routes)
    files, shelf, pages = SealedFiles(bus, key, "none"), Shelf(cast(Any, None)), Pages(key)
    app.router.routes.extend(pictures.router(files, shelf, peers, pages, clock, "http://127.0.0.1:1").routes)
    try:
        return docs.describe(app)
    finally:
        await peers.close()
        await provider.close()


def text() -> str:
    """Return the document as it is committed."""
    return json.dumps(asyncio.run(document()), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(text())
