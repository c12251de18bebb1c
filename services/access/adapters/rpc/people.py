"""access over gRPC: proto to command or question and back."""

from datetime import UTC, datetime
from typing import Any

from chassis.grpc import principal_of
from chassis.grpc.principal import Principal as Caller
from chassis.paging import Pages, page_size
from gen.consilium.access.v1 import people_pb2 as people
from gen.consilium.access.v1 import people_pb2_grpc, tokens_pb2_grpc
from gen.consilium.access.v1 import tokens_pb2 as tokens
from services.access import commands, queries
from services.access.adapters.rpc.freezes import freeze_to
from services.access.commands import App, Bearer, CreateApiKey, Credential, IssueTokens, PresentedKey, ServiceSecret
from services.access.domain.api_keys import ApiKey
from services.access.domain.audit import Line
from services.access.domain.principal import Kind, Principal
from services.access.ports import AuditQuery, User

Context = Any
"""gRPC's context: its type takes parameters in the stubs and none at run time."""

_KINDS = {
    Kind.PERSON: tokens.PRINCIPAL_KIND_PERSON,
    Kind.SYSTEM: tokens.PRINCIPAL_KIND_SYSTEM,
    Kind.SERVICE: tokens.PRINCIPAL_KIND_SERVICE,
}


class TokensServicer(tokens_pb2_grpc.TokensServicer):
    """Credentials in, principals out."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def IssueTokens(self, request: tokens.IssueTokensRequest, _context: Context) -> tokens.IssueTokensResponse:
        """Issue one short token per audience."""
        command = IssueTokens(_credential(request), request.workspace, tuple(dict.fromkeys(request.audiences)))
        issued = await commands.issue_tokens(command, self._app)
        response = tokens.IssueTokensResponse(tokens=issued.tokens, principal=_principal_to(issued.principal))
        response.expire_time.FromDatetime(issued.expires_at)
        return response


class PeopleServicer(people_pb2_grpc.PeopleServicer):
    """Users, roles, API keys and the trail."""

    def __init__(self, app: App, pages: Pages) -> None:
        self._app = app
        self._pages = pages

    async def GetMe(self, _request: people.GetMeRequest, context: Context) -> tokens.Principal:
        """Give the caller's own principal, with everything that his roles allow."""
        caller = _principal_from(principal_of(context))
        allowed = self._app.table.actions(caller.roles)
        return _principal_to(
            Principal(caller.id, caller.kind, caller.roles, caller.workspace, caller.workspaces, allowed)
        )

    async def ListUsers(self, request: people.ListUsersRequest, context: Context) -> people.ListUsersResponse:
        """List the people who ever signed in and may work where the caller works."""
        workspace = principal_of(context).workspace
        query = {"list": "users", "workspace": workspace}
        after = self._pages.position(query, request.page_token) or ""
        page = await queries.list_users(workspace, page_size(request.page_size), after, self._app)
        token = self._pages.token(query, page.next_key or None)
        return people.ListUsersResponse(
            users=[_user_to(user) for user in page.items], next_page_token=token, total=page.total
        )

    async def ListRoles(self, _request: people.ListRolesRequest, _context: Context) -> people.ListRolesResponse:
        """List the roles and what each allows."""
        roles = queries.list_roles(self._app)
        return people.ListRolesResponse(
            roles=[people.Role(key=role.key, actions=sorted(role.actions)) for role in roles]
        )

    async def CreateApiKey(self, request: people.CreateApiKeyRequest, context: Context) -> people.CreateApiKeyResponse:
        """Create an API key."""
        command = CreateApiKey(
            title=request.title,
            roles=tuple(request.roles),
            workspaces=tuple(request.workspaces),
            expires_at=_moment(request.expire_time.ToMilliseconds()),
            request_id=request.request_id,
            by=_principal_from(principal_of(context)),
            calls_per_minute=request.calls_per_minute,
        )
        key, secret = await commands.create_api_key(command, self._app)
        return people.CreateApiKeyResponse(key=_key_to(key), secret=secret)

    async def ListApiKeys(self, request: people.ListApiKeysRequest, context: Context) -> people.ListApiKeysResponse:
        """List the workspace's API keys."""
        workspace = principal_of(context).workspace
        query = {"list": "api-keys", "workspace": workspace}
        after = self._pages.position(query, request.page_token) or ""
        page = await queries.list_api_keys(workspace, page_size(request.page_size), after, self._app)
        token = self._pages.token(query, page.next_key or None)
        return people.ListApiKeysResponse(keys=[_key_to(key) for key in page.items], next_page_token=token)

    async def RevokeApiKey(self, request: people.RevokeApiKeyRequest, context: Context) -> people.ApiKey:
        """End an API key."""
        return _key_to(await commands.revoke_api_key(request.id, principal_of(context).workspace, self._app))

    async def ListAudit(self, request: people.ListAuditRequest, context: Context) -> people.ListAuditResponse:
        """List what was done and seen."""
        subjects = (request.subject,) if request.subject else ()
        query = AuditQuery(subjects, request.principal, principal_of(context).workspace)
        place = {"list": "audit", "subject": request.subject, "by": query.principal, "workspace": query.workspace}
        after = self._pages.position(place, request.page_token) or ""
        page = await queries.list_audit(query, page_size(request.page_size), after, self._app)
        token = self._pages.token(place, page.next_key or None)
        return people.ListAuditResponse(entries=[_entry_to(line) for line in page.items], next_page_token=token)


def _credential(request: tokens.IssueTokensRequest) -> Credential | None:
    match request.WhichOneof("credential"):
        case "bearer":
            return Bearer(request.bearer)
        case "api_key":
            return PresentedKey(request.api_key)
        case "service":
            return ServiceSecret(request.service.name, request.service.secret)
        case _:
            return None


def _principal_from(caller: Caller) -> Principal:
    return Principal(caller.id, Kind(caller.kind), caller.roles, caller.workspace, caller.workspaces, caller.actions)


def _principal_to(principal: Principal) -> tokens.Principal:
    return tokens.Principal(
        id=principal.id,
        kind=_KINDS[principal.kind],
        roles=principal.roles,
        workspace=principal.workspace,
        workspaces=principal.workspaces,
        actions=sorted(principal.actions),
        freezes=[freeze_to(each) for each in principal.freezes],
        calls_per_minute=principal.calls_per_minute,
    )


def _user_to(user: User) -> people.User:
    result = people.User(id=user.id, roles=user.roles, workspaces=user.workspaces, name=user.name)
    result.last_seen_time.FromDatetime(user.last_seen_at)
    return result


def _key_to(key: ApiKey) -> people.ApiKey:
    result = people.ApiKey(
        id=key.id,
        title=key.title,
        roles=key.roles,
        workspaces=key.workspaces,
        calls_per_minute=key.calls_per_minute,
    )
    result.expire_time.FromDatetime(key.expires_at)
    result.create_time.FromDatetime(key.created_at)
    if key.revoked_at is not None:
        result.revoke_time.FromDatetime(key.revoked_at)
    return result


def _entry_to(line: Line) -> people.AuditEntry:
    content = line.content
    result = people.AuditEntry(
        id=line.id,
        principal=str(content["principal"]),
        action=str(content["action"]),
        subjects=[str(subject) for subject in _several(content["subjects"])],
        workspace=str(content["workspace"]),
        outcome=str(content["outcome"]),
    )
    result.time.FromDatetime(datetime.fromisoformat(str(content["time"])))
    return result


def _several(value: object) -> list[object]:
    return list(value) if isinstance(value, list) else []


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
