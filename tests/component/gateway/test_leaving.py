"""A gateway that is told to stop: callers learn it from an answer, never from a connection that breaks."""

import asyncio
import base64
import os
import signal
import sys
from pathlib import Path

import httpx

from deploy.local.children import HOST, free_ports
from gateway.__main__ import KEPT_SECONDS
from tests.polling import until

ROOT = Path(__file__).resolve().parents[3]
CALLERS = 4


async def _call_until_told_to_go(http: httpx.AsyncClient, url: str, statuses: list[int]) -> None:
    """Call over one kept connection until an answer ends it, noting all statuses."""
    while True:
        answer = await http.get(url)
        statuses.append(answer.status_code)
        if answer.headers.get("connection") == "close":
            return
        await asyncio.sleep(0.01)


async def _status(http: httpx.AsyncClient, url: str) -> int:
    try:
        return (await http.get(url)).status_code
    except httpx.TransportError:
        return 0


def test_a_connection_that_rests_is_kept_longer_than_balancers_keep_theirs() -> None:
    assert KEPT_SECONDS > 60


async def test_a_gateway_that_leaves_refuses_nobody(mongodb_url: str, nats_url: str, namespace: str) -> None:
    port, pages = free_ports(2)
    key = base64.b64encode(bytes(32)).decode()
    told = {
        "MONGODB": mongodb_url, "NATS": nats_url, "NAMESPACE": namespace, "STREAM_SHARE": "0.01",
        "INSTALLATION_KEY": key, "SERVICE_SECRET": "secret", "PRINCIPAL_KEY": key, "CONSOLE_SECRET": "secret",
        "ISSUER": f"http://{HOST}:1/realms/none", "HTTP_PORT": str(port), "METRICS_PORT": str(pages),
        "DRAIN_SECONDS": "3",
    }  # fmt: skip
    environment = {**os.environ, **{f"CONSILIUM_{name}": value for name, value in told.items()}}
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "gateway", env=environment, cwd=ROOT)
    serving, door = f"http://{HOST}:{pages}/serving", f"http://{HOST}:{port}/healthz"
    clients = [httpx.AsyncClient(timeout=20) for _ in range(CALLERS)]
    try:
        async with httpx.AsyncClient(timeout=20) as http:

            async def is_up() -> bool:
                return await _status(http, serving) == httpx.codes.OK and await _status(http, door) == httpx.codes.OK

            await until(is_up, 60)
            answers: list[list[int]] = [[] for _ in clients]
            pairs = zip(clients, answers, strict=True)
            calling = [asyncio.create_task(_call_until_told_to_go(client, door, each)) for client, each in pairs]
            await until(lambda: all(len(statuses) > 1 for statuses in answers))

            process.send_signal(signal.SIGTERM)

            async def says_so() -> bool:
                return await _status(http, serving) == httpx.codes.SERVICE_UNAVAILABLE

            await until(says_so, 10)
            await asyncio.wait_for(asyncio.gather(*calling), 20)
            assert {status for statuses in answers for status in statuses} == {200}
            assert await asyncio.wait_for(process.wait(), 30) == 0
    finally:
        for client in clients:
            await client.aclose()
        if process.returncode is None:
            process.kill()
            await process.wait()
