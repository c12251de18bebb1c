"""Credentials become principals through access's socket."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from nats.aio.msg import Msg

from chassis.grpc import Verifier
from chassis.kernel import Problem, new_id
from chassis.kernel.problem import Unauthenticated
from gen.consilium.access.v1 import events_pb2, people_pb2
from gen.consilium.access.v1 import tokens_pb2 as pb
from tests.component.access.conftest import SECRET, Access


async def test_a_person_gets_one_token_per_audience_that_services_check_alone(access: Access) -> None:
    bearer = access.identity.person_token("marketing-manager")

    issued = await access.issue(bearer=bearer)

    assert issued.principal.kind == pb.PRINCIPAL_KIND_PERSON
    assert list(issued.principal.roles) == ["marketing-manager"]
    assert issued.principal.workspace == "main"
    assert issued.expire_time.ToDatetime(UTC) <= datetime.now(UTC) + timedelta(seconds=60)
    profile = Verifier(access.settings.principal_key, "profile").check(issued.tokens["profile"])
    assert profile.id == issued.principal.id
    assert "profiles.read" in profile.actions
    assert "campaigns.launch" not in profile.actions  # profile knows no such action
    with pytest.raises(Unauthenticated):
        Verifier(access.settings.principal_key, "segment").check(issued.tokens["profile"])


async def test_the_same_person_is_the_same_principal_and_no_name_is_kept(access: Access) -> None:
    first = await access.issue(bearer=access.identity.person_token("analyst"))
    again = await access.issue(bearer=access.identity.person_token("analyst"))

    assert first.principal.id == again.principal.id
    kept = await access.engines.database["users"].find_one({"_id": first.principal.id})
    assert kept is not None
    assert "analyst@" not in str(kept)
    assert "Зорин" not in str(kept)


async def test_a_system_and_a_service_get_theirs(access: Access) -> None:
    system = await access.issue(bearer=access.identity.system_token(), workspace="main")
    service = await access.issue(service=pb.ServiceCredential(name="segment", secret=SECRET), audiences=("profile",))

    assert (system.principal.kind, system.principal.workspace) == (pb.PRINCIPAL_KIND_SYSTEM, "main")
    assert (service.principal.id, service.principal.kind) == ("service:segment", pb.PRINCIPAL_KIND_SERVICE)
    assert Verifier(access.settings.principal_key, "profile").check(service.tokens["profile"]).is_service


async def test_wrong_requests_are_refused_by_name(access: Access) -> None:
    partner = access.identity.person_token("partner-operator")
    method = access.tokens.IssueTokens
    cases = [
        (pb.IssueTokensRequest(bearer=partner, workspace="main", audiences=["profile"]), "WORKSPACE_NOT_ALLOWED"),
        (pb.IssueTokensRequest(bearer=partner, workspace="*", audiences=["profile"]), "WORKSPACE_NOT_ALLOWED"),
        (pb.IssueTokensRequest(bearer=partner, audiences=["billing"]), "AUDIENCE_UNKNOWN"),
        (pb.IssueTokensRequest(bearer=partner, audiences=[]), "INVALID_FIELD"),
        (pb.IssueTokensRequest(audiences=["profile"]), "INVALID_FIELD"),
        (pb.IssueTokensRequest(bearer="x" * 20000, audiences=["profile"]), "INVALID_FIELD"),
        (pb.IssueTokensRequest(bearer=partner[:-4] + "AAAA", audiences=["profile"]), "CREDENTIAL_REFUSED"),
        (pb.IssueTokensRequest(bearer="not.a.token", audiences=["profile"]), "CREDENTIAL_REFUSED"),
        (pb.IssueTokensRequest(api_key=f"ck_{new_id()}_{'a' * 43}", audiences=["profile"]), "CREDENTIAL_REFUSED"),
        (pb.IssueTokensRequest(api_key="ck_", audiences=["profile"]), "CREDENTIAL_REFUSED"),
        (
            pb.IssueTokensRequest(service=pb.ServiceCredential(name="segment", secret="x" * 32), audiences=["profile"]),
            "SERVICE_REFUSED",
        ),
    ]
    for request, reason in cases:
        assert await access.reason(method, request) == reason


async def test_api_keys_live_within_what_their_maker_holds_and_end_at_once(access: Access) -> None:
    admin = (await access.issue(bearer=access.identity.person_token("administrator"))).tokens["access"]
    request = people_pb2.CreateApiKeyRequest(
        title="site", roles=["collector"], workspaces=["main"], request_id=new_id()
    )
    request.expire_time.FromDatetime(datetime.now(UTC) + timedelta(days=30))

    made = await access.ask(access.people.CreateApiKey, request, admin)

    assert await access.reason(access.people.CreateApiKey, request, admin) == "API_KEY_SHOWN"
    issued = await access.issue(api_key=made.secret)
    assert (issued.principal.id, list(issued.principal.roles)) == (made.key.id, ["collector"])
    listed = await access.ask(access.people.ListApiKeys, people_pb2.ListApiKeysRequest(), admin)
    assert made.secret not in str(listed)
    told: asyncio.Queue[str] = asyncio.Queue()

    async def hear(message: Msg) -> None:
        told.put_nowait(events_pb2.RoleChanged.FromString(message.data).principal)

    await access.engines.bus.client.subscribe(f"{access.settings.namespace}.control.v1.role-changed.*", cb=hear)
    revoked = await access.ask(access.people.RevokeApiKey, people_pb2.RevokeApiKeyRequest(id=made.key.id), admin)
    assert revoked.HasField("revoke_time")
    with pytest.raises(Problem, match="revoked"):
        await access.issue(api_key=made.secret)
    async with asyncio.timeout(20):
        assert await told.get() == made.key.id


async def test_a_base_knows_and_ends_its_own_keys_and_people_only(access: Access) -> None:
    bearer = access.identity.person_token("administrator")
    whole, main = [
        (await access.issue(workspace, bearer=bearer)).tokens["access"] for workspace in ("*", "main")
    ]  # fmt: skip
    await access.issue(bearer=access.identity.person_token("partner-operator"))
    keys = {}
    for workspaces in (("main",), ("partner",), ("main", "partner")):
        request = people_pb2.CreateApiKeyRequest(
            title="site", roles=["collector"], workspaces=workspaces, request_id=new_id()
        )
        request.expire_time.FromDatetime(datetime.now(UTC) + timedelta(days=30))
        keys[workspaces] = (await access.ask(access.people.CreateApiKey, request, whole)).key.id

    async def listed(token: str) -> set[str]:
        found = await access.ask(access.people.ListApiKeys, people_pb2.ListApiKeysRequest(), token)
        return {key.id for key in found.keys}

    assert await listed(whole) == set(keys.values())
    assert await listed(main) == {keys[("main",)]}
    foreign = people_pb2.RevokeApiKeyRequest(id=keys[("partner",)])
    assert await access.reason(access.people.RevokeApiKey, foreign, main) == "API_KEY_UNKNOWN"
    users = await access.ask(access.people.ListUsers, people_pb2.ListUsersRequest(), main)
    assert (users.total, [list(user.workspaces) for user in users.users]) == (1, [["*"]])
    assert (await access.ask(access.people.ListUsers, people_pb2.ListUsersRequest(), whole)).total == 2


async def test_only_those_who_may_reach_the_administration(access: Access) -> None:
    analyst = (await access.issue(bearer=access.identity.person_token("analyst"))).tokens["access"]
    people = access.people

    assert await access.reason(people.ListUsers, people_pb2.ListUsersRequest()) == "UNAUTHENTICATED"
    assert await access.reason(people.ListUsers, people_pb2.ListUsersRequest(), analyst) == "ACTION_NOT_ALLOWED"
    assert await access.reason(people.ListAudit, people_pb2.ListAuditRequest(), analyst) == "ACTION_NOT_ALLOWED"
    me = await access.ask(people.GetMe, people_pb2.GetMeRequest(), analyst)
    assert "segments.read" in me.actions
    assert "campaigns.launch" not in me.actions


async def test_users_are_listed_in_pages_bound_to_their_query(access: Access) -> None:
    for name in ("analyst", "data-steward", "administrator"):
        issued = await access.issue(bearer=access.identity.person_token(name))
    admin = issued.tokens["access"]
    people = access.people

    first = await access.ask(people.ListUsers, people_pb2.ListUsersRequest(page_size=2), admin)
    rest = await access.ask(
        people.ListUsers, people_pb2.ListUsersRequest(page_size=2, page_token=first.next_page_token), admin
    )

    assert len({user.id for user in [*first.users, *rest.users]}) == 3
    assert rest.next_page_token == ""
    foreign = people_pb2.ListApiKeysRequest(page_token=first.next_page_token)
    assert await access.reason(people.ListApiKeys, foreign, admin) == "PAGE_TOKEN_INVALID"
