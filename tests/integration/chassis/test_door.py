"""The door of a service: real grpc.aio server and client, real tokens."""

import asyncio
import time
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import grpc
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chassis.grpc import Peer, Principal, Server, Verifier, actions_of, client, principal_of, sign
from chassis.grpc.client import ServiceTokens
from chassis.grpc.principal import LIFETIME
from chassis.kernel import Code, Problem
from chassis.kernel.problem import ActionNotAllowed, DependencyUnavailable, InvalidField, Unauthenticated
from chassis.telemetry import metrics
from gen.consilium.access.v1 import people_pb2 as pb
from gen.consilium.access.v1 import people_pb2_grpc, tokens_pb2, tokens_pb2_grpc
from tests.polling import until

SERVICE = "consilium.access.v1.People"


class Gone(Problem):
    code = Code.NOT_FOUND
    reason = "GONE"
    template = "Key {key} is gone."


class _People(people_pb2_grpc.PeopleServicer):
    async def GetMe(self, request: pb.GetMeRequest, context: Any) -> tokens_pb2.Principal:  # noqa: N802
        return tokens_pb2.Principal(id=principal_of(context).id)

    async def RevokeApiKey(self, request: pb.RevokeApiKeyRequest, context: Any) -> pb.ApiKey:  # noqa: N802
        raise Gone(key=request.id)

    async def ListRoles(self, request: pb.ListRolesRequest, context: Any) -> pb.ListRolesResponse:  # noqa: N802
        raise ZeroDivisionError("somebody@example.org")

    async def ListAudit(self, request: pb.ListAuditRequest, context: Any) -> pb.ListAuditResponse:  # noqa: N802
        await asyncio.Event().wait()
        raise AssertionError("nobody ends the wait")


KEY = Ed25519PrivateKey.generate()


def token(*actions: str, audience: str = "access", at: float = 0.0, key: Ed25519PrivateKey = KEY) -> str:
    principal = Principal("p-1", "person", ("administrator",), "*", ("*",), frozenset(actions))
    return sign(key, principal, audience, now=time.time() + at)


@pytest.fixture
async def peer() -> AsyncIterator[Peer]:
    verifier = Verifier(KEY.public_key().public_bytes_raw(), "access")
    add = people_pb2_grpc.add_PeopleServicer_to_server
    people = _People()  # type: ignore[abstract]  # four of its calls are enough here
    server = Server([(add, people, SERVICE)], verifier, host="127.0.0.1", port=0)
    await server.start()
    peer = Peer(f"127.0.0.1:{server.port}", "access", services=[SERVICE])
    yield peer
    await peer.close()
    await server.stop(0.1)


def stub(peer: Peer) -> Any:
    return people_pb2_grpc.PeopleStub(peer.channel)


async def test_who_holds_the_action_comes_in(peer: Peer) -> None:
    answer = await peer.call(stub(peer).GetMe, pb.GetMeRequest(), token=token("me.read"))

    assert answer.id == "p-1"


async def test_everybody_else_stays_outside(peer: Peer) -> None:
    strangers = [
        "",
        "nonsense",
        token("me.read", audience="profile"),
        token("me.read", at=-120),
        token("me.read", at=+120),
        token("me.read", key=Ed25519PrivateKey.generate()),
        token("me.read")[:-3] + "abc",
    ]
    for stranger in strangers:
        with pytest.raises(Problem) as caught:
            await peer.call(stub(peer).GetMe, pb.GetMeRequest(), token=stranger)
        assert caught.value.reason == Unauthenticated.reason


async def test_a_role_without_the_action_is_refused_before_the_fields_are_read(peer: Peer) -> None:
    with pytest.raises(Problem) as caught:
        await peer.call(stub(peer).RevokeApiKey, pb.RevokeApiKeyRequest(id="x"), token=token("me.read"))

    assert (caught.value.code, caught.value.reason) == (Code.PERMISSION_DENIED, ActionNotAllowed.reason)


async def test_a_broken_field_is_named(peer: Peer) -> None:
    with pytest.raises(Problem) as caught:
        await peer.call(stub(peer).RevokeApiKey, pb.RevokeApiKeyRequest(id="x"), token=token("api-keys.manage"))

    assert caught.value.reason == InvalidField.reason
    assert [(violation.field, violation.reason) for violation in caught.value.violations] == [("id", "STRING_UUID")]


async def test_a_problem_arrives_as_it_was_raised(peer: Peer) -> None:
    key = "018f2b6e-7a1c-7000-8000-000000000001"
    with pytest.raises(Problem) as caught:
        await peer.call(stub(peer).RevokeApiKey, pb.RevokeApiKeyRequest(id=key), token=token("api-keys.manage"))

    problem = caught.value
    assert (problem.code, problem.reason, problem.fields) == (Code.NOT_FOUND, "GONE", {"key": key})
    assert problem.text == f"Key {key} is gone."


async def test_a_bug_tells_nothing_of_itself(peer: Peer) -> None:
    with pytest.raises(Problem) as caught:
        await peer.call(stub(peer).ListRoles, pb.ListRolesRequest(), token=token("roles.read"))

    assert (caught.value.code, caught.value.reason) == (Code.INTERNAL, "INTERNAL")
    assert "example.org" not in caught.value.text


async def test_a_peer_that_does_not_answer_is_a_problem_of_its_own() -> None:
    peer = Peer("127.0.0.1:9", "access")
    try:
        with pytest.raises(DependencyUnavailable):
            await peer.call(stub(peer).GetMe, pb.GetMeRequest(), timeout=3.0, token=token("me.read"))
    finally:
        await peer.close()


async def test_a_caller_who_hangs_up_is_not_counted_as_answered(peer: Peer) -> None:
    method = f"/{SERVICE}/ListAudit"

    def counted(code: str) -> float:
        return metrics.REGISTRY.get_sample_value("consilium_rpc_calls_total", {"method": method, "code": code}) or 0.0

    call = asyncio.create_task(
        peer.call(stub(peer).ListAudit, pb.ListAuditRequest(), token=token(actions_of([SERVICE])[method]))
    )
    _, waiting = await asyncio.wait([call], timeout=0.5)
    assert waiting == {call}
    call.cancel()

    await until(lambda: counted("CANCELLED") == 1)
    assert counted("OK") == 0


def test_a_method_without_an_action_cannot_be_served() -> None:
    assert actions_of([SERVICE])[f"/{SERVICE}/GetMe"] == "me.read"
    with pytest.raises(LookupError):
        actions_of(["grpc.health.v1.Health"])


async def test_a_server_that_leaves_finishes_the_call_in_hand_and_takes_no_other() -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    class Slow(_People):
        async def GetMe(self, request: pb.GetMeRequest, context: Any) -> tokens_pb2.Principal:  # noqa: N802
            begun.set()
            await go_on.wait()
            return tokens_pb2.Principal(id="in hand")

    verifier = Verifier(KEY.public_key().public_bytes_raw(), "access")
    people = Slow()  # type: ignore[abstract]  # one of its calls is enough here
    add = people_pb2_grpc.add_PeopleServicer_to_server
    server = Server([(add, people, SERVICE)], verifier, host="127.0.0.1", port=0)
    await server.start()
    peer = Peer(f"127.0.0.1:{server.port}", "access")
    try:
        calling = asyncio.create_task(peer.call(stub(peer).GetMe, pb.GetMeRequest(), token=token("me.read")))
        await asyncio.wait_for(begun.wait(), 10)

        leaving = asyncio.create_task(server.stop(30))

        async def closed() -> bool:
            other = Peer(f"127.0.0.1:{server.port}", "access")
            try:
                return not await other.ready()
            finally:
                await other.close()

        await until(closed)
        assert not leaving.done()
        go_on.set()
        assert (await calling).id == "in hand"
        await asyncio.wait_for(leaving, 10)
    finally:
        await peer.close()


class _Tokens(tokens_pb2_grpc.TokensServicer):
    """An access whose clock is so many seconds ahead."""

    def __init__(self, ahead: float) -> None:
        self.ahead, self.asked = ahead, 0

    async def IssueTokens(self, request: tokens_pb2.IssueTokensRequest, context: Any) -> tokens_pb2.IssueTokensResponse:  # noqa: N802
        self.asked += 1
        answer = tokens_pb2.IssueTokensResponse(tokens=dict.fromkeys(request.audiences, f"token {self.asked}"))
        answer.expire_time.FromSeconds(int(time.time() + self.ahead) + LIFETIME)
        return answer


@pytest.mark.parametrize("ahead", [-3600.0, 0.0, 3600.0])
async def test_a_services_own_token_is_kept_by_its_age_whatever_the_clocks_say(
    ahead: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    access = _Tokens(ahead)
    server = grpc.aio.server()
    tokens_pb2_grpc.add_TokensServicer_to_server(access, server)  # type: ignore[no-untyped-call,unused-ignore]  # generated
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    tokens = ServiceTokens(f"127.0.0.1:{port}", "segment", "secret")
    try:
        assert [await tokens.token("profile") for _ in range(3)] == ["token 1"] * 3
        passed = time.monotonic() + LIFETIME - 10  # it would end on the way
        monkeypatch.setattr(client, "time", SimpleNamespace(monotonic=lambda: passed))
        assert await tokens.token("profile") == "token 2"
    finally:
        await tokens.close()
        await server.stop(0.1)
