"""`python -m gateway`: the HTTP door, and its numbers on a port of their own."""

import asyncio
import contextlib
import signal
import sys
from collections.abc import Iterator

import uvicorn
import uvloop
from aiohttp import web

from chassis.collector import quiet_collector
from chassis.settings import SettingsWrong, read
from chassis.telemetry import logs, metrics, tracing
from chassis.telemetry.logs import log
from gateway.bootstrap import build
from gateway.config import Settings


async def _numbers(settings: Settings) -> web.AppRunner:
    async def page(_request: web.Request) -> web.Response:
        body, kind = metrics.exposition()
        return web.Response(body=body, headers={"Content-Type": kind})

    pages = web.Application()
    pages.add_routes([web.get("/metrics", page)])
    runner = web.AppRunner(pages, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, settings.host, settings.metrics_port).start()
    return runner


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
    gateway = await build(settings)
    await gateway.start()
    quiet_collector()
    numbers = await _numbers(settings) if settings.metrics_port else None
    config = uvicorn.Config(
        gateway.app,
        host=settings.host,
        port=settings.http_port,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=10,
        h11_max_incomplete_event_size=64 << 10,
    )
    server = _Server(config)
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, server.leave)
    log().info("gateway.starting", port=settings.http_port)
    try:
        await server.serve()
    finally:
        if numbers is not None:
            await numbers.cleanup()
        await gateway.close()


def main() -> int:
    """Run until SIGTERM or SIGINT; answers the exit code."""
    try:
        settings = read(Settings)
    except SettingsWrong as error:
        for line in error.problems:
            sys.stderr.write(f"{line}\n")
        return 78  # EX_CONFIG
    logs.configure(service="gateway", cell=settings.cell, level=settings.log_level)
    tracing.configure(service="gateway", cell=settings.cell)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(settings))
    return 0


if __name__ == "__main__":
    sys.exit(main())
