"""The health command of the images, as Docker starts it: by its exit code."""

import asyncio
import sys
from pathlib import Path

from aiohttp import web

from chassis import health
from deploy.local.children import free_ports

COMMAND = Path(health.__file__)


async def asked(*arguments: str) -> tuple[int, str]:
    """Run the command and give its code and what it said."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-S", str(COMMAND), *arguments,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await process.communicate()
    return process.returncode or 0, said.decode()


async def test_ready_is_healthy_not_ready_and_silent_are_not() -> None:
    (port,) = free_ports(1)
    address = f"http://127.0.0.1:{port}/readyz"
    status = {"now": 200}

    async def ready(_: web.Request) -> web.Response:
        return web.json_response({"mongodb": status["now"] == 200}, status=status["now"])

    pages = web.Application()
    pages.add_routes([web.get("/readyz", ready)])
    runner = web.AppRunner(pages)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        assert await asked(address) == (0, '{"mongodb": true}\n')
        status["now"] = 503
        assert await asked(address) == (1, '{"mongodb": false}\n')
    finally:
        await runner.cleanup()

    code, said = await asked(address)
    assert code == 1
    assert "ConnectionRefusedError" in said


async def test_a_command_without_an_address_tells_how_it_is_used() -> None:
    assert await asked() == (64, "usage: python chassis/health.py http://host:port/path\n")
