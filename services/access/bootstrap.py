"""Wires access: adapters to handlers."""

import json
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import httpx

from chassis.bus import Consumer, Delivery, ensure_streams
from chassis.grpc import Peer, actions_of
from chassis.grpc.freezes import OVERRIDE
from chassis.mongo import Migration
from chassis.mongo import migrate as migrate_database
from chassis.process import Engines, Parts
from gen.consilium.access.v1 import accounts_pb2_grpc, freezes_pb2_grpc, people_pb2_grpc, tokens_pb2_grpc
from gen.consilium.campaign.v1 import campaigns_pb2, templates_pb2
from gen.consilium.channel.v1 import messages_pb2
from gen.consilium.operations.v1 import operations_pb2
from gen.consilium.profile.v1 import (
    catalogue_pb2,
    consents_pb2,
    dictionaries_pb2,
    imports_pb2,
    match_candidates_pb2,
    profiles_pb2,
)
from gen.consilium.report.v1 import reports_pb2
from gen.consilium.segment.v1 import segments_pb2
from services.access import reactions
from services.access.adapters import messages, mongo, profiles
from services.access.adapters.accounts import MongoAccounts, seal_view_names
from services.access.adapters.freezes import MongoFreezes
from services.access.adapters.names import Names
from services.access.adapters.provider import Provider
from services.access.adapters.rpc.accounts import AccountsServicer
from services.access.adapters.rpc.freezes import FreezesServicer
from services.access.adapters.rpc.people import PeopleServicer, TokensServicer
from services.access.adapters.tokens import TokenSigner
from services.access.commands import App, service_principal
from services.access.config import Settings
from services.access.domain.claims import ClaimPaths
from services.access.domain.principal import LIFETIME
from services.access.domain.roles import Role, RoleTable

SHIPPED_ROLES = Path(__file__).parent / "data" / "roles.json"

PROTO_SERVICES: Mapping[str, Sequence[str]] = {
    "access": ("access.v1.People", "access.v1.Accounts", "access.v1.Freezes"),
    "profile": (
        "profile.v1.Profiles",
        "profile.v1.Imports",
        "profile.v1.Consents",
        "profile.v1.Catalogue",
        "profile.v1.Dictionaries",
        "profile.v1.MatchCandidates",
    ),
    "segment": ("segment.v1.Segments",),
    "campaign": ("campaign.v1.Campaigns", "campaign.v1.Templates"),
    "channel": ("channel.v1.Messages", "channel.v1.Letters", "channel.v1.Links"),
    "report": ("report.v1.Reports",),
}
"""Proto services by audience, so that a token carries only the actions that its audience knows."""

_AUDITED = frozenset({"users.read", "api-keys.manage", "audit.read", "freezes.manage"})
"""Whoever looks at colleagues, hands out keys or reads the trail is on it himself."""

LOADED = (
    campaigns_pb2,
    catalogue_pb2,
    consents_pb2,
    dictionaries_pb2,
    imports_pb2,
    match_candidates_pb2,
    messages_pb2,
    operations_pb2,
    profiles_pb2,
    reports_pb2,
    segments_pb2,
    templates_pb2,
)
"""Modules whose import makes the contracts known; named so that nobody takes them for unused."""


def known_actions() -> dict[str, frozenset[str]]:
    """Return the actions that each audience's contracts declare; operations and freezes are everybody's."""
    shared = actions_of(["consilium.operations.v1.Operations"]).values()
    return {
        audience: frozenset(actions_of([f"consilium.{name}" for name in names]).values())
        | frozenset(shared)
        | {OVERRIDE}
        for audience, names in PROTO_SERVICES.items()
    }


def role_table(path: Path) -> RoleTable:
    """Read the roles: `{role: [action]}`."""
    told: dict[str, list[str]] = json.loads(path.read_text(encoding="utf-8"))
    return RoleTable({key: Role(key, frozenset(actions)) for key, actions in told.items()})


async def build(settings: Settings, engines: Engines) -> Parts:
    """Wire the process."""
    http = httpx.AsyncClient(timeout=httpx.Timeout(5.0), follow_redirects=False)
    paths = ClaimPaths(settings.roles_claim, settings.workspaces_claim)
    provider = Provider(settings.issuer, settings.audience, paths, http)
    names = Names(settings.installation_key)
    profile = Peer(settings.profile_address, "profile", services=profiles.SERVICES, tls=settings.tls_directory)

    def own_token() -> str:
        principal = service_principal("access", settings.service_secret, "", app)
        now = engines.clock.now()
        return app.signer.sign(principal, "profile", principal.actions, now, now + LIFETIME)

    app = App(
        clock=engines.clock,
        provider=provider,
        signer=TokenSigner(settings.principal_seed),
        users=mongo.MongoUsers(engines.database, names),
        accounts=MongoAccounts(engines.database, names),
        keys=mongo.MongoApiKeys(engines.database),
        freezes=MongoFreezes(engines.database),
        trail=mongo.MongoTrail(engines.database),
        merges=profiles.ProfileMerges(profile, own_token),
        table=role_table(settings.roles_file or SHIPPED_ROLES),
        paths=paths,
        actions_by_audience=known_actions(),
        service_secret=settings.service_secret,
    )
    return Parts(
        registers=[
            (tokens_pb2_grpc.add_TokensServicer_to_server, TokensServicer(app), "consilium.access.v1.Tokens"),
            (
                people_pb2_grpc.add_PeopleServicer_to_server,
                PeopleServicer(app, engines.pages),
                "consilium.access.v1.People",
            ),
            (accounts_pb2_grpc.add_AccountsServicer_to_server, AccountsServicer(app), "consilium.access.v1.Accounts"),
            (freezes_pb2_grpc.add_FreezesServicer_to_server, FreezesServicer(app), "consilium.access.v1.Freezes"),
        ],
        audited=_AUDITED,
        consumers=[Consumer("audit", "trail", partial(_on_audit, app), events=frozenset({"acted"}))],
        outboxes=mongo.OUTBOXES,
        ready={"provider": provider.ready},
        close=[http.aclose, profile.close],
    )


async def _on_audit(app: App, deliveries: Sequence[Delivery]) -> None:
    await reactions.on_acted(messages.audit_facts(deliveries), app)


async def migrate(settings: Settings, engines: Engines) -> None:
    """Bring the database and the streams to today's shape."""
    sealing = partial(seal_view_names, Names(settings.installation_key))
    steps = (*mongo.MIGRATIONS, Migration(3, "Names of views, sealed", sealing), mongo.FREEZES)
    await migrate_database(engines.database, steps)
    await ensure_streams(engines.bus)
