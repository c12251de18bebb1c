"""A process from its start to its end: it waits for its release's migration, and leaves when told, whenever that is."""

import asyncio
import base64
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from chassis.mongo import connect
from chassis.mongo.migrations import await_release, record_release
from chassis.process import unless
from deploy.local.children import HOST, free_ports
from tests.polling import until

ROOT = Path(__file__).resolve().parents[3]
AWAY = {"CONSILIUM_MONGODB": "mongodb://127.0.0.1:1/?replicaSet=rs0", "CONSILIUM_NATS": "nats://127.0.0.1:1"}


def told(**more: str) -> dict[str, str]:
    key = base64.b64encode(bytes(32)).decode()
    secrets = {"CONSILIUM_INSTALLATION_KEY": key, "CONSILIUM_SERVICE_SECRET": "secret", "CONSILIUM_PRINCIPAL_KEY": key}
    return {**os.environ, **secrets, **more}


@contextlib.asynccontextmanager
async def profile(role: str, environment: dict[str, str]) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "services.profile", role, env=environment, cwd=ROOT, stderr=asyncio.subprocess.PIPE
    )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def logged(process: asyncio.subprocess.Process, event: str) -> None:
    assert process.stderr is not None
    async with asyncio.timeout(60):
        while line := await process.stderr.readline():
            if f'"{event}"'.encode() in line:
                return
    raise AssertionError(f"it ended without {event}")


@pytest.mark.parametrize(("role", "code"), [("serve", 0), ("work", 0), ("migrate", 1)])
async def test_a_process_that_waits_for_engines_leaves_when_told(role: str, code: int) -> None:
    async with profile(role, told(**AWAY)) as process:
        await logged(process, "mongodb.waiting")

        process.send_signal(signal.SIGTERM)

        assert await asyncio.wait_for(process.wait(), 20) == code


async def test_a_release_is_awaited_until_its_migration_ended(mongodb_url: str, namespace: str) -> None:
    session = await connect(mongodb_url, namespace)
    try:
        database = session.database("test")
        await await_release(database, "")
        await record_release(database, "1.0.0")
        waiting = asyncio.create_task(await_release(database, "1.1.0", every=0.01))
        await await_release(database, "1.0.0")
        assert not waiting.done()

        await record_release(database, "1.1.0")

        await asyncio.wait_for(waiting, 10)
    finally:
        await session.close()


async def test_a_process_serves_only_what_is_migrated(mongodb_url: str, nats_url: str, namespace: str) -> None:
    grpc, pages = free_ports(2)
    environment = told(
        CONSILIUM_MONGODB=mongodb_url, CONSILIUM_NATS=nats_url, CONSILIUM_NAMESPACE=namespace,
        CONSILIUM_STREAM_SHARE="0.01", CONSILIUM_RELEASE="1.0.0",
        CONSILIUM_GRPC_PORT=str(grpc), CONSILIUM_METRICS_PORT=str(pages),
    )  # fmt: skip
    page = f"http://{HOST}:{pages}/serving"
    async with profile("serve", environment) as process, httpx.AsyncClient() as http:
        await logged(process, "migration.awaited")
        with pytest.raises(httpx.ConnectError):
            await http.get(page)

        async with profile("migrate", environment) as migration:
            assert await asyncio.wait_for(migration.wait(), 60) == 0

        await logged(process, "process.ready")
        assert (await http.get(page)).status_code == httpx.codes.OK
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 30) == 0


async def test_work_is_broken_off_when_told_to_stop() -> None:
    stop, begun, ended = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def work() -> int:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()
        return 1

    async def quick() -> int:
        return 2

    assert await unless(stop, quick()) == 2
    working = asyncio.create_task(unless(stop, work()))
    await until(begun.is_set)

    stop.set()

    assert await working is None
    assert ended.is_set()
