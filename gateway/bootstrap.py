"""Wires the gateway: engines and peers to routes."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from nats.aio.msg import Msg
from starlette.requests import Request
from starlette.responses import Response

from chassis.bus import Bus, Publisher
from chassis.bus import connect as connect_bus
from chassis.crypto import Sealer
from chassis.files import SealedFiles, ensure_bucket
from chassis.kernel import Clock, SystemClock
from chassis.mongo import Session as Mongo
from chassis.mongo import connect as connect_mongo
from chassis.paging import Pages
from gateway import console, docs, letter_frame, pictures, refusals, signin
from gateway.collect import Collector
from gateway.config import Settings
from gateway.door import Door
from gateway.headers import SecurityHeaders
from gateway.limits import BodyLimit, Spelling
from gateway.manner import PROBLEMS, written
from gateway.measure import Measure
from gateway.peers import Peers
from gateway.provider import OpenIdProvider
from gateway.quotas import Quotas
from gateway.routers import (
    accounts,
    campaigns,
    catalogue,
    consents,
    dictionaries,
    freezes,
    imports,
    matching,
    messages,
    operations,
    people,
    profiles,
    public,
    reports,
    segments,
    system,
    templates,
    track,
)
from gateway.sessions import MongoSessions
from gateway.shelf import Shelf
from gateway.table import Table
from gen.consilium.access.v1 import events_pb2

VERSION = "0.1.0"
UPLOADS = frozenset({"/v1/imports"})


@dataclass(slots=True)
class Gateway:
    """The wired gateway: its application and what it stands on."""

    app: FastAPI
    mongo: Mongo
    bus: Bus
    peers: Peers
    provider: OpenIdProvider
    sessions: MongoSessions
    quotas: Quotas
    door: Door
    shelf: Shelf
    leaving: asyncio.Event

    async def start(self) -> None:
        """Make what the door keeps and listen for changed roles; done before the first request."""
        await self.sessions.migrate()
        await self.quotas.migrate()
        await self.shelf.migrate()
        await ensure_bucket(self.bus, pictures.BUCKET, None, pictures.BYTES)

        async def on_role_changed(message: Msg) -> None:
            self.door.forget(events_pb2.RoleChanged.FromString(message.data).principal)

        async def on_return() -> None:
            self.door.forget("")  # whatever was told meanwhile was missed

        await self.bus.client.subscribe(f"{self.bus.namespace}.control.v1.role-changed.*", cb=on_role_changed)
        self.bus.returned.append(on_return)

    async def readiness(self) -> dict[str, bool]:
        """Tell of each dependency by name whether it answers now."""
        mongo, provider, peers = await asyncio.gather(self.mongo.ready(), self.provider.ready(), self.peers.ready())
        return {"mongodb": mongo, "nats": self.bus.ready, "provider": provider, **peers}

    async def close(self) -> None:
        """Hang up everywhere."""
        await self.peers.close()
        await self.provider.close()
        await self.bus.close()
        await self.mongo.close()


async def build(settings: Settings, clock: Clock | None = None) -> Gateway:
    """Connect to the engines, waiting as long as it takes, and wire the routes."""
    mongo = await connect_mongo(settings.mongodb, settings.namespace)
    bus = await connect_bus(settings.nats, namespace=settings.namespace, service="gateway", cell=settings.cell)
    clock = clock or SystemClock()
    sealer = Sealer(settings.installation_key, "gateway-sessions")
    sessions = MongoSessions(mongo.database("gateway")["sessions"], sealer)
    provider = OpenIdProvider(settings.issuer, settings.console_client, settings.console_secret, settings.public_url)
    peers = Peers(settings.addresses, settings.tls_directory)
    publisher = Publisher(bus)
    quotas = Quotas(mongo.database("gateway")["quotas"], clock)
    door = Door(peers.tokens.IssueTokens, sessions, quotas, provider, publisher, clock, settings.public_url)
    app = application()
    shelf = Shelf(mongo.database("gateway")["pictures"])
    leaving = asyncio.Event()
    gateway = Gateway(app, mongo, bus, peers, provider, sessions, quotas, door, shelf, leaving)
    app.state.door = door
    files = SealedFiles(bus, settings.installation_key, "imports")
    collector = Collector(publisher, clock)
    routers = routers_over(peers, door, sessions, provider, sealer, files, collector, clock, gateway.readiness)
    shown = SealedFiles(bus, settings.installation_key, pictures.BUCKET)
    pages = Pages(settings.installation_key)
    routers = (*routers, pictures.router(shown, shelf, peers, pages, clock, settings.public_url))
    for router in routers:
        # Not include_router: it nests, and matching through the nests costs a millisecond a request.
        app.router.routes.extend(router.routes)
    _health(app, gateway)
    folder = Path(settings.console_directory)
    page = console.Page(folder)
    app.add_exception_handler(404, refusals.unknown(page.asked_by, partial(page.shown, 404)))
    pages_of_ours = [*console.routes(folder, page), *docs.routes(), *letter_frame.routes()]
    app.router.routes.extend(pages_of_ours)
    app.router = Table(app.router.routes)
    app.add_middleware(Spelling, verbs=verbs_of(routers))
    app.add_middleware(BodyLimit, uploads=UPLOADS)
    app.add_middleware(SecurityHeaders, https=settings.public_url.startswith("https://"), leaving=leaving)
    app.add_middleware(Measure)
    return gateway


def routers_over(
    peers: Peers,
    door: Door,
    sessions: MongoSessions,
    provider: OpenIdProvider,
    sealer: Sealer,
    files: SealedFiles,
    collector: Collector,
    clock: Clock,
    readiness: system.Readiness,
) -> tuple[APIRouter, ...]:
    """Build every resource's routes over what they stand on."""
    return (
        track.router(door, collector, clock),
        public.router(peers, clock),
        signin.router(provider, sessions, sealer, clock, door),
        people.router(peers, sessions, door),
        accounts.router(peers),
        freezes.router(peers),
        imports.router(peers, files),
        profiles.router(peers),
        consents.router(peers),
        matching.router(peers),
        catalogue.router(peers),
        dictionaries.router(peers),
        segments.router(peers),
        templates.router(peers),
        campaigns.router(peers),
        messages.router(peers),
        reports.router(peers),
        operations.router(peers),
        system.router(readiness),
    )


def application() -> FastAPI:
    """Return an application without routes: errors and documentation only."""
    app = FastAPI(
        title="Consilium",
        version=VERSION,
        docs_url=None,
        redoc_url=None,
        responses=PROBLEMS,
        redirect_slashes=False,
        # Requests are counted and traced by gateway.measure, problems logged by gateway.refusals: without values, while
        # the framework would write addresses with their tokens into spans.
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.openapi = lambda: _described(app)  # type: ignore[method-assign]  # FastAPI's documented way
    refusals.install(app)
    return app


def _described(app: FastAPI) -> dict[str, object]:
    if app.openapi_schema is None:
        app.openapi_schema = docs.describe(app)
    return app.openapi_schema


def verbs_of(routers: Iterable[APIRouter]) -> frozenset[str]:
    """Return every custom verb of the routes, so that it can be spelled with a slash too."""
    paths = [route.path for router in routers for route in router.routes if isinstance(route, APIRoute)]
    return frozenset(path.rpartition(":")[2] for path in paths if ":" in path)


def _health(app: FastAPI, gateway: Gateway) -> None:
    async def healthz(_request: Request) -> Response:
        return written({"status": "alive"})

    async def readyz(_request: Request) -> Response:
        answers: Mapping[str, bool] = await gateway.readiness()
        return written(dict(answers), 200 if all(answers.values()) else 503)

    app.add_route("/healthz", healthz, include_in_schema=False)
    app.add_route("/readyz", readyz, include_in_schema=False)
