"""The gateway on a real socket, with the real access, provider, bus and store, and fakes of the other services."""

import asyncio
import dataclasses
import os
import secrets
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pymongo
import pytest
import pytest_asyncio
import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chassis.bus import ensure_streams
from chassis.files import SealedFiles, ensure_bucket
from chassis.grpc import Server, Verifier
from chassis.process import Running, open_engines
from gateway.bootstrap import Gateway, build
from gateway.config import Settings
from services.access import bootstrap as access_bootstrap
from services.access.adapters.tokens import TokenSigner
from services.access.config import Settings as AccessSettings
from tests.component.gateway.fakes import FakePeers
from tests.engines.identity import Identity

SECRET = "installation-secret-of-the-test"


@dataclass
class House:
    """A running gateway and what stands behind it."""

    url: str
    gateway: Gateway
    settings: Settings
    peers: FakePeers
    identity: Identity
    files: SealedFiles
    http: httpx.AsyncClient

    def bearer(self, person: str = "administrator") -> dict[str, str]:
        return {"Authorization": f"Bearer {self.identity.person_token(person)}"}

    def system(self, workspace: str = "*") -> dict[str, str]:
        return {"Authorization": f"Bearer {self.identity.system_token()}", "X-Consilium-Workspace": workspace}


async def _access(settings: dict[str, Any], seed: bytes, issuer: str) -> Running:
    wanted = AccessSettings(**settings, principal_seed=seed, issuer=issuer)
    engines = await open_engines(wanted, "access")
    await access_bootstrap.migrate(wanted, engines)
    await ensure_bucket(engines.bus, "imports")
    await ensure_streams(engines.bus)
    running = Running(wanted, engines, await access_bootstrap.build(wanted, engines), "run")
    await running.start()
    return running


@pytest.fixture
def house(standing: House) -> House:
    """Give a whole door whose fakes remember and answer nothing yet."""
    standing.peers.asked.clear()
    standing.peers.callers.clear()
    standing.peers.answers.clear()
    standing.gateway.door.forget("")
    return standing


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def standing(mongodb_url: str, nats_url: str, identity: Identity) -> AsyncIterator[House]:
    """Stand a door up once per module: access and the provider are real, the services behind are fakes on sockets."""
    namespace = f"t{secrets.token_hex(5)}"
    seed = Ed25519PrivateKey.generate().private_bytes_raw()
    public_key = TokenSigner(seed).public_key
    common: dict[str, Any] = {
        "namespace": namespace,
        "mongodb": mongodb_url,
        "nats": nats_url,
        "installation_key": os.urandom(32),
        "service_secret": SECRET,
        "principal_key": public_key,
    }
    access = await _access(common, seed, identity.issuer)
    fakes = FakePeers()
    servers = {
        name: Server(registers, Verifier(public_key, name), host="127.0.0.1", port=0)
        for name, registers in fakes.registers().items()
    }
    for server in servers.values():
        await server.start()
    client, client_secret = identity.console_client
    addresses: dict[str, Any] = {f"{name}_address": f"127.0.0.1:{server.port}" for name, server in servers.items()}
    settings = Settings(
        **common,
        access_address=f"127.0.0.1:{access.port}",
        **addresses,
        issuer=identity.issuer,
        console_client=client,
        console_secret=client_secret,
        public_url="http://127.0.0.1:0",
        http_port=0,
    )
    listening, port = _socket()
    settings = _with_url(settings, port)
    gateway = await build(settings)
    await gateway.start()
    door = uvicorn.Server(uvicorn.Config(gateway.app, log_config=None, access_log=False, server_header=False))
    serving = asyncio.create_task(door.serve(sockets=[listening]))
    try:
        async with httpx.AsyncClient(base_url=settings.public_url, timeout=30) as http:
            files = SealedFiles(gateway.bus, settings.installation_key, "imports")
            yield House(settings.public_url, gateway, settings, fakes, identity, files, http)
    finally:
        door.should_exit = True
        await serving
        await gateway.close()
        for each in servers.values():
            await each.stop(0)
        await access.stop()
        with pymongo.MongoClient[dict[str, object]](mongodb_url) as engine:
            for database in ("access", "gateway"):
                engine.drop_database(f"{namespace}_{database}")


def _socket() -> tuple[Any, int]:

    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    made.bind(("127.0.0.1", 0))
    made.listen(128)
    return made, made.getsockname()[1]


def _with_url(settings: Settings, port: int) -> Settings:

    return dataclasses.replace(settings, public_url=f"http://127.0.0.1:{port}", http_port=port)
