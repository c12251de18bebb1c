"""What access does: turns credentials into principals, and makes and ends API keys."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chassis.kernel import WHOLE, Clock, derived_id, new_id
from chassis.kernel.problem import Unauthenticated
from services.access.domain import api_keys, freezes, roles
from services.access.domain.api_keys import ApiKey
from services.access.domain.claims import ClaimPaths, stated
from services.access.domain.errors import (
    ApiKeyShown,
    ApiKeyUnknown,
    AudienceUnknown,
    CredentialRefused,
    ServiceRefused,
)
from services.access.domain.freezes import Freeze, Scope
from services.access.domain.principal import LIFETIME, Kind, Principal
from services.access.domain.roles import RoleTable, choose_workspace
from services.access.ports import Accounts, ApiKeys, Freezes, IdentityProvider, Merges, Signer, Trail, User, Users

SEEN_AGAIN = timedelta(minutes=5)
"""How exact `last_seen` is: a write a person every five minutes, not one a request."""


@dataclass(frozen=True, slots=True)
class App:
    """Everything a handler may ask."""

    clock: Clock
    provider: IdentityProvider
    signer: Signer
    users: Users
    accounts: Accounts
    keys: ApiKeys
    freezes: Freezes
    trail: Trail
    merges: Merges
    table: RoleTable
    paths: ClaimPaths
    actions_by_audience: Mapping[str, frozenset[str]]
    service_secret: str


@dataclass(frozen=True, slots=True)
class Bearer:
    """A token of the sign-in provider."""

    token: str


@dataclass(frozen=True, slots=True)
class PresentedKey:
    """An API key as its holder sent it."""

    text: str


@dataclass(frozen=True, slots=True)
class ServiceSecret:
    """A service's name and the installation's secret."""

    name: str
    secret: str


Credential = Bearer | PresentedKey | ServiceSecret


@dataclass(frozen=True, slots=True)
class IssueTokens:
    """Ask for one principal token per audience."""

    credential: Credential | None
    workspace: str
    audiences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Issued:
    """The tokens by audience, whose they are, and when they end."""

    tokens: Mapping[str, str]
    principal: Principal
    expires_at: datetime


async def issue_tokens(command: IssueTokens, app: App) -> Issued:
    """Turn a credential into tokens; each carries only the actions that its audience knows.

    Raises:
        Unauthenticated, CredentialRefused, ServiceRefused: who asks is not known.
        WorkspaceNotAllowed: known, but not there.
        AudienceUnknown: a service that does not exist.
    """
    for audience in command.audiences:
        if audience not in app.actions_by_audience:
            raise AudienceUnknown(audience)
    now = app.clock.now()
    principal = await _principal_of(command, now, app)
    until = now + LIFETIME
    tokens = {
        audience: app.signer.sign(
            principal, audience, principal.actions & app.actions_by_audience[audience], now, until
        )
        for audience in command.audiences
    }
    return Issued(tokens, principal, until)


async def _principal_of(command: IssueTokens, now: datetime, app: App) -> Principal:
    match command.credential:
        case Bearer(token):
            return await _bearer(token, command.workspace, now, app, await _near(now, app))
        case PresentedKey(text):
            return await _api_key(text, command.workspace, now, app, await _near(now, app))
        case ServiceSecret(name, secret):
            return service_principal(name, secret, command.workspace, app)
        case None:
            raise Unauthenticated


async def _near(now: datetime, app: App) -> tuple[Freeze, ...]:
    """Give the freezes that stand or begin while a token lives."""
    return tuple(each for each in await app.freezes.all() if each.near(now, LIFETIME))


async def _bearer(token: str, workspace: str, now: datetime, app: App, near: tuple[Freeze, ...]) -> Principal:
    who = stated(await app.provider.identify(token), app.paths, app.table.keys)
    user = User(derived_id("user", who.issuer, who.subject), who.roles, who.workspaces, now, who.name)
    if near and (known := await app.users.roles(user.id)) is not None:
        user = replace(user, roles=freezes.kept_roles(who.roles, known, near, now))
    if not who.system:
        await app.users.seen(user, now - SEEN_AGAIN)
    kind = Kind.SYSTEM if who.system else Kind.PERSON
    chosen = choose_workspace(workspace, user.workspaces)
    return Principal(user.id, kind, user.roles, chosen, user.workspaces, app.table.actions(user.roles), near)


async def _api_key(text: str, workspace: str, now: datetime, app: App, near: tuple[Freeze, ...]) -> Principal:
    key_id, secret = api_keys.parse_api_key(text)
    key = await app.keys.get(key_id)
    if key is None:
        raise CredentialRefused("unknown")
    key.check(secret, now)
    chosen = choose_workspace(workspace, key.workspaces)
    actions = app.table.actions(key.roles)
    return Principal(
        key.id, Kind.SYSTEM, key.roles, chosen, key.workspaces, actions, near, calls_per_minute=key.calls_per_minute
    )


def service_principal(name: str, secret: str, workspace: str, app: App) -> Principal:
    """Return the principal of one of our services.

    Raises:
        ServiceRefused: it does not know the installation's secret.
    """
    if not hmac.compare_digest(secret.encode(), app.service_secret.encode()):
        raise ServiceRefused
    chosen = choose_workspace(workspace, (WHOLE,))
    actions = frozenset[str]().union(*app.actions_by_audience.values())
    return Principal(f"service:{name}", Kind.SERVICE, (), chosen, (WHOLE,), actions)


@dataclass(frozen=True, slots=True)
class CreateApiKey:
    """Make a key for an outside system, within what its maker holds."""

    title: str
    roles: tuple[str, ...]
    workspaces: tuple[str, ...]
    expires_at: datetime
    request_id: str
    by: Principal
    calls_per_minute: int = 0


async def create_api_key(command: CreateApiKey, app: App) -> tuple[ApiKey, str]:
    """Make a key and return it with the text that is shown this once.

    Raises:
        RoleUnknown, RoleBeyondOwn, KeyLifetimeRefused: the key would be more than its maker may give.
        ApiKeyShown: the same request made it before.
    """
    roles.within_own(
        command.roles,
        command.workspaces,
        own_actions=app.table.actions(command.by.roles),
        own_workspace=command.by.workspace,
        table=app.table,
    )
    key_id = derived_id("api-key", command.by.id, command.request_id) if command.request_id else new_id()
    key, secret = api_keys.create_api_key(
        key_id,
        command.title,
        roles=tuple(dict.fromkeys(command.roles)),
        workspaces=tuple(dict.fromkeys(command.workspaces)),
        created_by=command.by.id,
        expires_at=command.expires_at,
        now=app.clock.now(),
        calls_per_minute=command.calls_per_minute,
    )
    if not await app.keys.add(key):
        raise ApiKeyShown(key_id)
    return key, secret


async def revoke_api_key(key_id: str, workspace: str, app: App) -> ApiKey:
    """End a key at once; nothing happens when it has ended.

    Raises:
        ApiKeyUnknown: the workspace has none of that id.
    """
    key = await app.keys.revoke(key_id, workspace, app.clock.now())
    if key is None:
        raise ApiKeyUnknown(key_id)
    return key


@dataclass(frozen=True, slots=True)
class DeclareFreeze:
    """Declare a period in which the named is held back."""

    title: str
    begins_at: datetime | None
    ends_at: datetime
    scopes: tuple[Scope, ...]
    request_id: str
    by: str


async def declare_freeze(command: DeclareFreeze, app: App) -> Freeze:
    """Declare it; everybody's tokens are made anew, so that it acts at once.

    Raises:
        FreezePeriodRefused, FreezeOverlaps, IdempotencyKeyReused: see the domain.
    """
    now = app.clock.now()
    freeze = derived_id("freeze", command.by, command.request_id) if command.request_id else new_id()
    scopes = tuple(scope for scope in Scope if scope in command.scopes or not command.scopes)
    wanted = Freeze(freeze, command.title, command.begins_at or now, command.ends_at, scopes, command.by)
    standing = await app.freezes.change(lambda known: freezes.declare(known, wanted, now), now)
    return next(each for each in standing if each.id == freeze)


async def lift_freeze(freeze: str, app: App) -> Freeze:
    """End it now.

    Raises:
        FreezeUnknown: there is none of that id.
    """
    now = app.clock.now()
    standing = await app.freezes.change(lambda known: freezes.lift(known, freeze, now), now)
    return next(each for each in standing if each.id == freeze)
