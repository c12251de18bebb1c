"""Feature freezes through access's socket: declared, carried in tokens, refused by name, overridden on the trail."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import grpc
import pytest
from nats.aio.msg import Msg

from chassis.grpc import Verifier
from chassis.grpc.errors import problem_of
from chassis.grpc.freezes import HEADER, OVERRIDE
from chassis.kernel import Problem, new_id
from gen.consilium.access.v1 import events_pb2, people_pb2
from gen.consilium.access.v1 import freezes_pb2 as pb
from gen.consilium.access.v1.freezes_pb2_grpc import FreezesStub
from services.access.adapters.tokens import TokenSigner
from services.access.domain.freezes import Freeze, Scope
from services.access.domain.principal import Kind, Principal
from tests.component.access.conftest import Access, eventually


def _period(**told: Any) -> pb.DeclareFreezeRequest:
    request = pb.DeclareFreezeRequest(title="Congress of cardiologists", **told)
    request.end_time.FromDatetime(datetime.now(UTC) + timedelta(days=5))
    return request


def _key(request_id: str = "") -> people_pb2.CreateApiKeyRequest:
    request = people_pb2.CreateApiKeyRequest(
        title="site", roles=["collector"], workspaces=["main"], request_id=request_id or new_id()
    )
    request.expire_time.FromDatetime(datetime.now(UTC) + timedelta(days=30))
    return request


async def _token(access: Access, person: str = "administrator") -> str:
    return str((await access.issue(bearer=access.identity.person_token(person), workspace="*")).tokens["access"])


async def test_a_freeze_refuses_by_its_name_and_lets_through_who_names_it(access: Access) -> None:
    freezes, people = FreezesStub(access.channel), access.people
    before = await _token(access)
    assert (await access.ask(people.CreateApiKey, _key(), before)).key.id

    declared = await access.ask(freezes.DeclareFreeze, _period(), before)
    frozen = await _token(access)

    with pytest.raises(Problem) as refused:
        await access.ask(people.CreateApiKey, _key(), frozen)
    assert refused.value.reason == "FROZEN"
    assert refused.value.fields["title"] == "Congress of cardiologists"
    assert refused.value.fields["freeze"] == declared.id
    assert {"begin", "end"} <= refused.value.fields.keys()

    made = await _overriding(people.CreateApiKey, _key(), frozen, declared.id)
    assert made.key.id
    assert await _refused_overriding(people.CreateApiKey, _key(), frozen, new_id()) == "FROZEN"
    assert await access.ask(people.RevokeApiKey, people_pb2.RevokeApiKeyRequest(id=made.key.id), frozen)

    async def told() -> bool:
        entries = (await access.ask(people.ListAudit, people_pb2.ListAuditRequest(subject=declared.id), frozen)).entries
        return {"freezes.manage", OVERRIDE} <= {entry.action for entry in entries}

    await eventually(told)
    lifted = await access.ask(freezes.LiftFreeze, pb.LiftFreezeRequest(id=declared.id), frozen)
    assert lifted.HasField("lift_time")
    assert (await access.ask(people.CreateApiKey, _key(), await _token(access))).key.id


async def test_an_override_needs_its_right(access: Access) -> None:
    freezes, people = FreezesStub(access.channel), access.people
    declared = await access.ask(freezes.DeclareFreeze, _period(), await _token(access))
    issued = await access.issue(bearer=access.identity.person_token("administrator"), workspace="*")
    known = Verifier(access.settings.principal_key, "access").check(issued.tokens["access"])
    app_token = _signed_without_override(access, known.id, issued)

    assert await _refused_overriding(people.CreateApiKey, _key(), app_token, declared.id) == "ACTION_NOT_ALLOWED"


async def test_declaring_ends_everybodys_tokens_and_is_not_doubled(access: Access) -> None:
    freezes = FreezesStub(access.channel)
    token = await _token(access)
    heard: list[str] = []

    async def hear(message: Msg) -> None:
        heard.append(events_pb2.RoleChanged.FromString(message.data).principal)

    subject = f"{access.settings.namespace}.control.v1.role-changed.*"
    await access.engines.bus.client.subscribe(subject, cb=hear)
    request = _period(request_id=new_id())
    first = await access.ask(freezes.DeclareFreeze, request, token)
    again = await access.ask(freezes.DeclareFreeze, request, token)
    at_once = await asyncio.gather(
        *(access.reason(freezes.DeclareFreeze, _period(), token) for _ in range(3)),
    )

    assert first == again
    assert set(at_once) == {"FREEZE_OVERLAPS"}

    async def everybody() -> bool:
        return "" in heard

    await eventually(everybody)
    listed = (await access.ask(freezes.ListFreezes, pb.ListFreezesRequest(), token)).freezes
    assert [each.id for each in listed] == [first.id]


async def test_wrong_requests_are_refused_by_name(access: Access) -> None:
    freezes = FreezesStub(access.channel)
    token = await _token(access)
    long = _period()
    long.end_time.FromDatetime(datetime.now(UTC) + timedelta(days=40))
    bearer = access.identity.person_token("administrator")
    one_base = str((await access.issue(bearer=bearer, workspace="main")).tokens["access"])

    assert await access.reason(freezes.DeclareFreeze, pb.DeclareFreezeRequest(title="x"), token) == "INVALID_FIELD"
    assert await access.reason(freezes.DeclareFreeze, long, token) == "FREEZE_PERIOD_REFUSED"
    assert await access.reason(freezes.DeclareFreeze, _period(), one_base) == "SHARED_BY_ALL"
    assert await access.reason(freezes.LiftFreeze, pb.LiftFreezeRequest(id=new_id()), token) == "FREEZE_UNKNOWN"
    analyst = str((await access.issue(bearer=access.identity.person_token("analyst"))).tokens["access"])
    assert await access.reason(freezes.DeclareFreeze, _period(), analyst) == "ACTION_NOT_ALLOWED"


async def test_two_who_declare_at_once_do_not_overlap(access: Access) -> None:
    freezes = FreezesStub(access.channel)
    token = await _token(access)

    answers = await asyncio.gather(
        *(access.ask(freezes.DeclareFreeze, _period(), token) for _ in range(4)), return_exceptions=True
    )

    assert sum(isinstance(each, pb.Freeze) for each in answers) == 1
    assert {each.reason for each in answers if isinstance(each, Problem)} <= {"FREEZE_OVERLAPS", "CONFLICT"}


def _signed_without_override(access: Access, person: str, issued: Any) -> str:
    """Sign what access would for a role that may make keys and not override."""
    (freeze,) = issued.principal.freezes
    period = Freeze(
        freeze.id,
        freeze.title,
        freeze.begin_time.ToDatetime(UTC),
        freeze.end_time.ToDatetime(UTC),
        tuple(Scope),
        freeze.declared_by,
    )
    now = datetime.now(UTC)
    actions = frozenset({"api-keys.manage"})
    principal = Principal(person, Kind.PERSON, ("key-keeper",), "*", ("*",), actions, (period,))
    signer = TokenSigner(access.settings.principal_seed)
    return signer.sign(principal, "access", actions, now, now + timedelta(seconds=60))


async def _overriding(method: Any, request: Any, token: str, freeze: str) -> Any:
    metadata = (("authorization", f"Bearer {token}"), (HEADER, freeze))
    try:
        return await method(request, metadata=metadata, timeout=10)
    except grpc.aio.AioRpcError as error:
        raise problem_of(error, "access") from None


async def _refused_overriding(method: Any, request: Any, token: str, freeze: str) -> str:
    with pytest.raises(Problem) as refused:
        await _overriding(method, request, token, freeze)
    return refused.value.reason
