"""The health command of the images, as Docker starts it: by its exit code."""

import asyncio
import os
import sys

from aiohttp import web

from deploy.local.children import free_ports


async def asked(*arguments: str, **environment: str) -> tuple[int, str]:
    """Run the command and give its code and what it said."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "chassis.health", *arguments,
        env={"PATH": os.environ["PATH"], **environment},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await process.communicate()
    return process.returncode or 0, said.decode()


async def test_ready_is_healthy_not_ready_and_silent_are_not() -> None:
    (port,) = free_ports(1)
    status = {"now": 200}

    async def ready(_: web.Request) -> web.Response:
        return web.json_response({"mongodb": status["now"] == 200}, status=status["now"])

    pages = web.Application()
    pages.add_routes([web.get("/readyz", ready)])
    runner = web.AppRunner(pages)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        assert await asked(CONSILIUM_METRICS_PORT=str(port)) == (0, '{"mongodb": true}\n')
        assert await asked(f"http://127.0.0.1:{port}/readyz") == (0, '{"mongodb": true}\n')
        status["now"] = 503
        assert await asked(CONSILIUM_METRICS_PORT=str(port)) == (1, '{"mongodb": false}\n')
    finally:
        await runner.cleanup()

    code, said = await asked(CONSILIUM_METRICS_PORT=str(port))
    assert code == 1
    assert "ConnectionRefusedError" in said


async def test_an_untold_port_is_named() -> None:
    code, said = await asked()

    assert code == 1
    assert said.startswith("CONSILIUM_METRICS_PORT: is required")
