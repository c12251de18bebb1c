"""One access process per test, on the real engines and the real provider, reached through its socket."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import grpc
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chassis.grpc import Server, Verifier, principal_of
from chassis.grpc.errors import problem_of
from chassis.kernel import Problem
from chassis.process import Engines, Running, open_engines
from gen.consilium.access.v1 import people_pb2_grpc, tokens_pb2_grpc
from gen.consilium.access.v1 import tokens_pb2 as pb
from gen.consilium.profile.v1 import profiles_pb2, profiles_pb2_grpc
from services.access.adapters.tokens import TokenSigner
from services.access.bootstrap import build, migrate
from services.access.config import Settings
from tests.engines.identity import Identity

SECRET = "installation-secret-of-the-test"


async def eventually(holds: Callable[[], Awaitable[bool]], seconds: float = 30) -> None:
    """Wait until something holds, at most so long."""
    async with asyncio.timeout(seconds):
        while not await holds():  # noqa: ASYNC110 - what is waited for happens in an engine, not in this loop
            await asyncio.sleep(0.05)


class PlayedProfiles(profiles_pb2_grpc.ProfilesServicer):
    """profile as access asks it: who absorbed whom."""

    def __init__(self) -> None:
        self.absorbed: dict[str, list[str]] = {}
        self.callers: list[str] = []

    async def BatchGetProfiles(  # noqa: N802 - proto's name
        self, request: profiles_pb2.BatchGetProfilesRequest, context: Any
    ) -> profiles_pb2.BatchGetProfilesResponse:
        self.callers.append(principal_of(context).id)
        survivors = {each: survivor for survivor, all_of in self.absorbed.items() for each in (survivor, *all_of)}
        found = [survivors[each] for each in request.ids if each in survivors]
        return profiles_pb2.BatchGetProfilesResponse(
            profiles=[profiles_pb2.Profile(id=each, absorbed=self.absorbed[each]) for each in found],
            requested_ids=[each for each in request.ids if each in survivors],
        )


@dataclass
class Access:
    """A running access and its stubs."""

    settings: Settings
    engines: Engines
    running: Running
    identity: Identity
    profiles: PlayedProfiles
    tokens: Any
    people: Any
    channel: grpc.aio.Channel

    async def issue(
        self, workspace: str = "", audiences: tuple[str, ...] = ("access", "profile"), **credential: Any
    ) -> Any:
        request = pb.IssueTokensRequest(workspace=workspace, audiences=audiences, **credential)
        return await self.ask(self.tokens.IssueTokens, request)

    async def ask(self, method: Any, request: Any, token: str = "") -> Any:
        metadata = (("authorization", f"Bearer {token}"),) if token else ()
        try:
            return await method(request, metadata=metadata, timeout=10)
        except grpc.aio.AioRpcError as error:
            raise problem_of(error, "access") from None

    async def reason(self, method: Any, request: Any, token: str = "") -> str:
        """Return the reason of the refusal that must come."""
        with pytest.raises(Problem) as refused:
            await self.ask(method, request, token)
        return refused.value.reason


@pytest.fixture
async def access(mongodb_url: str, nats_url: str, identity: Identity, namespace: str) -> AsyncIterator[Access]:
    """Give access with both roles in this loop."""
    seed = Ed25519PrivateKey.generate().private_bytes_raw()
    profiles = PlayedProfiles()  # type: ignore[abstract]  # one of its calls is enough here
    add = profiles_pb2_grpc.add_ProfilesServicer_to_server
    verifier = Verifier(TokenSigner(seed).public_key, "profile")
    played = Server([(add, profiles, "consilium.profile.v1.Profiles")], verifier, host="127.0.0.1", port=0)
    await played.start()
    settings = Settings(
        namespace=namespace,
        mongodb=mongodb_url,
        nats=nats_url,
        installation_key=os.urandom(32),
        service_secret=SECRET,
        principal_key=TokenSigner(seed).public_key,
        principal_seed=seed,
        issuer=identity.issuer,
        profile_address=f"127.0.0.1:{played.port}",
    )
    engines = await open_engines(settings, "access")
    await migrate(settings, engines)
    running = Running(settings, engines, await build(settings, engines), "run")
    await running.start()
    channel = grpc.aio.insecure_channel(f"127.0.0.1:{running.port}")
    try:
        yield Access(
            settings,
            engines,
            running,
            identity,
            profiles,
            tokens_pb2_grpc.TokensStub(channel),
            people_pb2_grpc.PeopleStub(channel),
            channel,
        )
    finally:
        await channel.close(None)
        await running.stop()
        await played.stop(0)
