"""A process: `python -m services.<name> serve|work|run|migrate`.

`serve` answers gRPC, `work` does what nobody waits for (relay, consumers, operations, timers), `run` is both, for one
machine. All roles start in any order, wait for engines with back-off and say for what, and stop orderly on SIGTERM, at
whatever point of their start: calls in hand are finished, lanes are given back. A service may have commands for its
operator beside.

A process that is told its release (CONSILIUM_RELEASE) does not begin before `migrate` of that release has ended well,
so a failed migration stops a rollout while the release before serves on.
"""

import asyncio
import contextlib
import signal
import sys
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, TypeVar

import uvloop
from aiohttp import web

from chassis.bus import Bus, Consumer, Publisher, run_lane
from chassis.bus import connect as connect_bus
from chassis.collector import quiet_collector
from chassis.crypto import Sealer
from chassis.grpc.client import ServiceTokens
from chassis.grpc.principal import Verifier
from chassis.grpc.server import Register, Server
from chassis.grpc.trail import Trail
from chassis.kernel import Clock
from chassis.looks import Look, lag_of, oldest_fact_of, watch, watch_loop
from chassis.mongo import Lanes, Session
from chassis.mongo import connect as connect_mongo
from chassis.mongo.clock import StoreClock, store_clock
from chassis.mongo.migrations import await_release, record_release
from chassis.mongo.session import Database
from chassis.operations import Operations
from chassis.pages import serve_pages
from chassis.paging import Pages
from chassis.relay import Relay
from chassis.settings import Process, read_or_leave
from chassis.telemetry import logs, metrics, tracing
from chassis.telemetry.logs import log
from chassis.together import ended, together

S = TypeVar("S", bound=Process)
T = TypeVar("T")
ROLES = ("serve", "work", "run", "migrate")
GRACE = 30.0
"""Seconds that calls in hand get when a process stops: as long as the door lets a unary call last."""


@dataclass(slots=True)
class Engines:
    """What every service stands on; made once, given to its bootstrap."""

    service: str
    mongo: Session
    database: Database
    bus: Bus
    publisher: Publisher
    tokens: ServiceTokens
    pages: Pages
    clock: Clock

    async def close(self) -> None:
        """Hang up everywhere."""
        await self.tokens.close()
        await self.bus.close()
        await self.mongo.close()


@dataclass(slots=True)
class Parts:
    """What a service consists of, as its bootstrap wired it.

    Args:
        registers: gRPC servicers: (add function, servicer, full proto service name).
        audited: actions whose calls are told on AUDIT by the door (refusals of every action are); a write may tell
            its act in its outbox instead, by `chassis.grpc.trail.acted`.
        consumers: what it takes from the bus, per lane.
        outboxes: collections whose facts the relay publishes.
        operations: its long work, if any.
        lane_work: loops that run once per held lane (projectors, timers).
        tasks: loops that run once per worker.
        serving: loops that run once per serving process.
        looks: what a worker looks at now and then to tell how it stands.
        ready: checks by name, beside those of MongoDB and NATS.
        close: what to hang up, last built first.
    """

    registers: Sequence[Register] = ()
    audited: frozenset[str] = frozenset()
    consumers: Sequence[Consumer] = ()
    outboxes: Sequence[str] = ()
    operations: Operations | None = None
    lane_work: Sequence[Callable[[int], Awaitable[None]]] = ()
    tasks: Sequence[Callable[[], Awaitable[None]]] = ()
    serving: Sequence[Callable[[], Awaitable[None]]] = ()
    looks: Sequence[Look] = ()
    ready: dict[str, Callable[[], Awaitable[bool]]] = field(default_factory=dict)
    close: Sequence[Callable[[], Awaitable[None]]] = ()


Build = Callable[[S, Engines], Awaitable[Parts]]
Migrate = Callable[[S, Engines], Awaitable[None]]
Command = Callable[[S, Engines], Awaitable[str]]
"""What an operator has a service do while it is stopped; gives what to tell him."""


async def open_engines(settings: Process, service: str, clock: Clock | None = None) -> Engines:
    """Connect to MongoDB and NATS, waiting as long as it takes; without a clock it is the store's."""
    quiet_collector()
    mongo = await connect_mongo(settings.mongodb, settings.namespace)
    bus = await connect_bus(settings.nats, namespace=settings.namespace, service=service, cell=settings.cell)
    bus.stream_share, bus.stream_replicas = settings.stream_share, settings.stream_replicas
    bus.sealer = Sealer(settings.installation_key, "dead-letters")
    return Engines(
        service=service,
        mongo=mongo,
        database=mongo.database(service),
        bus=bus,
        publisher=Publisher(bus),
        tokens=ServiceTokens(settings.access_address, service, settings.service_secret, tls=settings.tls_directory),
        pages=Pages(settings.installation_key),
        clock=clock or await store_clock(mongo),
    )


class Running:
    """A started process; tests start it in their own loop, `main` in one of its own."""

    def __init__(self, settings: Process, engines: Engines, parts: Parts, role: str) -> None:
        self._settings, self._engines, self._parts, self._role = settings, engines, parts, role
        self._tasks: list[asyncio.Task[None]] = []
        self._server: Server | None = None
        self._pages: web.AppRunner | None = None
        self._open: set[str] = set()
        self._lanes = Lanes(engines.database)
        self._leaving = False
        self.failed = asyncio.Event()

    @property
    def port(self) -> int:
        """Give the port that gRPC listens on, 0 when it does not serve."""
        return self._server.port if self._server else 0

    async def start(self) -> None:
        """Start the role's parts; returns when calls are answered."""
        if self._role in {"work", "run"}:
            self._begin_work()
        if self._role in {"serve", "run"}:
            verifier = Verifier(self._settings.principal_key, self._engines.service)
            self._server = Server(
                self._parts.registers,
                verifier,
                host=self._settings.host,
                port=self._settings.grpc_port,
                tls=self._settings.tls_directory,
                trail=Trail(self._engines.publisher, self._engines.clock, self._parts.audited),
            )
            await self._server.start()
            for loop in self._parts.serving:
                self._spawn(loop())
        self._spawn(watch_loop())
        if isinstance(self._engines.clock, StoreClock):
            self._spawn(self._engines.clock.follow())
        await self._serve_pages()
        log().info("process.ready", role=self._role, port=self.port)

    def _begin_work(self) -> None:
        parts, engines = self._parts, self._engines

        async def lane(number: int) -> None:
            consuming = [run_lane(engines.bus, consumer, number, self._circuit) for consumer in parts.consumers]
            await together(*consuming, *(work(number) for work in parts.lane_work), asyncio.Event().wait())

        if parts.consumers or parts.lane_work or parts.outboxes:
            self._spawn(self._lanes.run(lane))
        if parts.outboxes:
            relay = Relay(engines.database, parts.outboxes, engines.publisher, engines.clock)
            engines.bus.returned.append(relay.on_bus_returned)
            self._spawn(relay.run(self._lanes))
        if parts.operations is not None:
            self._spawn(parts.operations.run())
        for task in parts.tasks:
            self._spawn(task())
        looks = [*parts.looks, lag_of(engines.bus, parts.consumers, self._lanes)]
        if parts.outboxes:
            looks.append(oldest_fact_of(engines.database, parts.outboxes, self._lanes, engines.clock))
        self._spawn(watch(looks))

    def _circuit(self, name: str, opened: bool) -> None:
        (self._open.add if opened else self._open.discard)(name)
        metrics.AWAY.set(len(self._open))

    def _spawn(self, loop: Awaitable[None]) -> None:
        task = asyncio.ensure_future(loop)
        task.add_done_callback(self._ended)
        self._tasks.append(task)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        """A loop that ends by itself is a fault: the process stops, its supervisor starts it anew."""
        if task.cancelled():
            return
        error = task.exception()
        log().error("process.loop_ended", kind=type(error).__name__ if error else "returned", exc_info=error)
        self.failed.set()

    async def readiness(self) -> dict[str, bool]:
        """Tell of each dependency by name whether it answers now."""
        checks = {
            "mongodb": self._engines.mongo.ready(),
            "nats": _now(self._engines.bus.ready),
            **{name: check() for name, check in self._parts.ready.items()},
        }
        answers = await asyncio.gather(*checks.values(), return_exceptions=True)
        result = {name: answer is True for name, answer in zip(checks, answers, strict=True)}
        result.update(dict.fromkeys(sorted(self._open), False))
        return result

    async def _serve_pages(self) -> None:
        if not self._settings.metrics_port:
            return
        self._pages = await serve_pages(
            self._settings.host,
            self._settings.metrics_port,
            readiness=self.readiness,
            leaving=lambda: self._leaving,
        )

    async def stop(self) -> None:
        """Say that it leaves, finish what is in hand, give lanes back, hang up."""
        self._leaving = True
        if self._server is not None:
            await self._server.stop(GRACE)
        await ended(self._tasks)
        if self._pages is not None:
            await self._pages.cleanup()
        for close in self._parts.close:
            with contextlib.suppress(Exception):
                await close()
        await self._engines.close()


async def _now(value: bool) -> bool:
    return value


async def _begin(
    service: str, role: str, settings: S, build: Build[S], migrate: Migrate[S]
) -> "tuple[Engines, Running | None]":
    """Do everything that comes before the wait for the end; migrating has nothing after it."""
    engines = await open_engines(settings, service)
    if role == "migrate":
        await migrate(settings, engines)
        await record_release(engines.database, settings.release)
        return engines, None
    await await_release(engines.database, settings.release)
    running = Running(settings, engines, await build(settings, engines), role)
    await running.start()
    return engines, running


async def _main(service: str, role: str, settings: S, build: Build[S], migrate: Migrate[S]) -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    begun = await unless(stop, _begin(service, role, settings, build, migrate))
    if begun is None:
        log().info("process.stopping", role=role)
        return 1 if role == "migrate" else 0  # a migration that was broken off has not been done
    engines, running = begun
    if running is None:
        await engines.close()
        return 0
    await unless(stop, running.failed.wait())
    log().info("process.stopping", role=role)
    await running.stop()
    return 1 if running.failed.is_set() else 0


async def unless(stop: asyncio.Event, work: Coroutine[Any, Any, T]) -> T | None:
    """Do some work and give its result; break it off when told to stop, then give None."""
    working, stopping = asyncio.create_task(work), asyncio.create_task(stop.wait())
    await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
    if working.done():
        await ended([stopping])
        return working.result()
    await ended([working])
    return None


async def _command(service: str, settings: S, command: Command[S]) -> int:
    engines = await open_engines(settings, service)
    try:
        sys.stdout.write(f"{await command(settings, engines)}\n")
    finally:
        await engines.close()
    return 0


def main(
    service: str,
    kind: type[S],
    build: Build[S],
    migrate: Migrate[S],
    commands: Mapping[str, Command[S]] = MappingProxyType({}),
) -> int:
    """Run a service's process, or a command of its own, by its command line; answers the exit code."""
    arguments = sys.argv[1:]
    known = [*ROLES, *commands]
    if len(arguments) != 1 or arguments[0] not in known:
        program = kind.__module__.rpartition(".")[0] or service
        sys.stderr.write(f"usage: python -m {program} {'|'.join(known)}\n")
        return 64
    settings = read_or_leave(kind)
    logs.configure(service=service, cell=settings.cell, level=settings.log_level, incidents=settings.sentry_dsn)
    tracing.configure(service=service, cell=settings.cell)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        if command := commands.get(arguments[0]):
            return runner.run(_command(service, settings, command))
        return runner.run(_main(service, arguments[0], settings, build, migrate))


__all__ = ["Engines", "Parts", "Running", "main", "open_engines", "unless"]
