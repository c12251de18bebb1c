"""What a process tells its operators over HTTP, on a port of its own: /healthz, /readyz, /serving, /metrics."""

from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web

from chassis.telemetry import metrics

Readiness = Callable[[], Awaitable[Mapping[str, bool]]]


async def serve_pages(host: str, port: int, *, readiness: Readiness, leaving: Callable[[], bool]) -> web.AppRunner:
    """Serve the pages until the answered runner is cleaned up.

    Args:
        host: address to bind to.
        port: port of the pages.
        readiness: asks each dependency by name whether it answers; /readyz is 503 while one does not.
        leaving: whether the process was told to stop; /serving is 503 from then on.
    """

    async def alive(_: web.Request) -> web.Response:
        return web.json_response({"status": "alive"})

    async def ready(_: web.Request) -> web.Response:
        answers = dict(await readiness())
        return web.json_response(answers, status=200 if all(answers.values()) else 503)

    async def serving(_: web.Request) -> web.Response:
        gone = leaving()
        return web.json_response({"serving": not gone}, status=503 if gone else 200)

    async def numbers(request: web.Request) -> web.Response:
        body, kind = metrics.exposition(request.headers.get("Accept", ""))
        return web.Response(body=body, headers={"Content-Type": kind})

    app = web.Application()
    app.add_routes(
        [
            web.get("/healthz", alive),
            web.get("/readyz", ready),
            web.get("/serving", serving),
            web.get("/metrics", numbers),
        ]
    )
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, host, port).start()
    return runner
