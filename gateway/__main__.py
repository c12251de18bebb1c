"""`python -m gateway`: the HTTP door, and its pages for operators on a port of their own.

Told to stop, it says so on /serving, answers on for CONSILIUM_DRAIN_SECONDS while each answer ends its connection, so
that no balancer and no client is left with a connection that closes under a request, and finishes what is in hand.
"""

import asyncio
import contextlib
import signal
import sys
from collections.abc import Iterator

import uvicorn
import uvloop

from chassis.collector import quiet_collector
from chassis.pages import serve_pages
from chassis.process import unless
from chassis.settings import read_or_leave
from chassis.telemetry import logs, tracing
from chassis.telemetry.logs import log
from chassis.together import ended
from gateway.bootstrap import Gateway, build
from gateway.config import Settings

# Longer than a balancer keeps a connection that rests (a minute is common): who ends it first must be the caller, for a
# request that meets an end from our side is lost.
KEPT_SECONDS = 75


class _Server(uvicorn.Server):
    """A server that is told to leave; its own way ends the process before anything is hung up."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to the process."""
        yield

    def leave(self) -> None:
        """Finish what is in hand and stop."""
        self.should_exit = True


async def _serve(settings: Settings) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    gateway = await unless(stop, _begin(settings))
    if gateway is None:
        return
    quiet_collector()
    pages = (
        await serve_pages(
            settings.host, settings.metrics_port, readiness=gateway.readiness, leaving=gateway.leaving.is_set
        )
        if settings.metrics_port
        else None
    )
    config = uvicorn.Config(
        gateway.app,
        host=settings.host,
        port=settings.http_port,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=30,
        timeout_keep_alive=KEPT_SECONDS,
        h11_max_incomplete_event_size=64 << 10,
    )
    server = _Server(config)

    async def leave() -> None:
        await stop.wait()
        gateway.leaving.set()
        await asyncio.sleep(settings.drain_seconds)
        server.leave()

    leaving = asyncio.create_task(leave())
    log().info("gateway.starting", port=settings.http_port)
    try:
        await server.serve()
    finally:
        await ended([leaving])
        if pages is not None:
            await pages.cleanup()
        await gateway.close()


async def _begin(settings: Settings) -> Gateway:
    gateway = await build(settings)
    await gateway.start()
    return gateway


def main() -> int:
    """Run until SIGTERM or SIGINT; answers the exit code."""
    settings = read_or_leave(Settings)
    logs.configure(service="gateway", cell=settings.cell, level=settings.log_level, incidents=settings.sentry_dsn)
    tracing.configure(service="gateway", cell=settings.cell)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(settings))
    return 0


if __name__ == "__main__":
    sys.exit(main())
