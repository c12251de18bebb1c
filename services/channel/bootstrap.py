"""Wires channel: adapters to handlers. Tests replace parts by keyword."""

from collections.abc import Sequence
from typing import Any

from chassis.bus import Consumer
from chassis.bus.consumer import Delivery
from chassis.bus.streams import ensure_streams
from chassis.grpc import Peer
from chassis.kernel import new_id
from chassis.mongo import migrate as run_migrations
from chassis.plugs import plugged
from chassis.process import Engines, Parts
from gen.consilium.campaign.v1 import events_pb2 as campaign_events
from gen.consilium.channel.v1 import messages_pb2_grpc
from gen.consilium.profile.v1 import events_pb2 as profile_events
from services.channel import reactions, recovery
from services.channel.adapters import rpc
from services.channel.adapters.figures import Timed
from services.channel.adapters.letters.dkim import DkimKey
from services.channel.adapters.letters.press import House, Press
from services.channel.adapters.letters.room import Room
from services.channel.adapters.messages import requests_from
from services.channel.adapters.mongo.documents import MESSAGES
from services.channel.adapters.mongo.marks import MessageLog
from services.channel.adapters.mongo.migrations import STEPS, ensure_keys, ensure_signing_key
from services.channel.adapters.mongo.store import MessageStore
from services.channel.adapters.mongo.stores import CampaignStates, Pace, Suppressions, Workers
from services.channel.adapters.mongo.vault import Vault
from services.channel.adapters.peers import CampaignLetters, ProfilePeople, ProfilePreferences
from services.channel.adapters.reports import read_report
from services.channel.adapters.smtp.door import BounceDoor
from services.channel.adapters.smtp.provider import SmtpProvider
from services.channel.adapters.terms import ProfileTerms
from services.channel.adapters.tokens import Tokens
from services.channel.commands import IngestBounce, ingest_bounce
from services.channel.config import PROVIDERS, SMTP, Settings
from services.channel.dispatch import Dispatcher, Speed
from services.channel.ports import App, Provider
from services.channel.reactions import Desk

KEYS = "channel_keys"

_AUDITED = frozenset({"messages.read", "templates.read", "campaigns.test", "campaigns.launch"})
"""Letters and their log show people: by message, as a preview, as a test, repeated by hand."""


async def migrate(settings: Settings, engines: Engines) -> None:
    """Make collections, indexes, streams and, where none was given, the signing key."""
    await run_migrations(engines.database, STEPS)
    await ensure_keys(engines.mongo.database(KEYS))
    await ensure_streams(engines.bus, ("message", "delivery", "control", "profile", "audit", "dead"))
    if not settings.dkim_key:
        await ensure_signing_key(engines.database, settings.installation_key)


async def pause(settings: Settings, engines: Engines) -> str:  # noqa: ARG001 - the chassis gives both
    """Let no letter go out, from the first moment of the next start, until campaign says anew what may.

    For the operator after a restore: what went out since the backup is not remembered here.
    """
    waiting = await MessageStore(engines.database, engines.clock, "").under_way()
    return f"paused: {await CampaignStates(engines.database).pause(sorted(waiting))} campaigns"


async def house(settings: Settings, engines: Engines) -> House:
    """Give how this installation signs its letters and where its public doors are."""
    pem = settings.dkim_key.encode() or await ensure_signing_key(engines.database, settings.installation_key)
    senders = settings.from_addresses()
    domains = {address.rpartition("@")[2] for address in senders.values()}
    keys = {domain: [DkimKey.from_pem(domain, settings.dkim_selector, pem)] for domain in domains}
    return House(settings.public_url.rstrip("/"), settings.bounce_domain, senders, keys)


def provider_of(settings: Settings, connections: int) -> Provider:
    """Give a provider of letters: ours over SMTP, or the plug that the operator named."""
    if settings.provider == SMTP:
        return Timed(SmtpProvider(settings.route(), connections))
    return Timed(plugged(PROVIDERS, settings.provider))


async def build(settings: Settings, engines: Engines, **replace: Any) -> Parts:
    """Build the service's parts."""
    database, clock = engines.database, engines.clock
    tokens = Tokens(settings.installation_key)
    press = Press(await house(settings, engines), tokens, clock)
    peer_options: dict[str, Any] = {"tokens": engines.tokens, "tls": settings.tls_directory}
    profile = Peer(
        settings.profile_address,
        "profile",
        services=[f"consilium.profile.v1.{name}" for name in ("Profiles", "Consents", "Dictionaries")],
        **peer_options,
    )
    campaign = Peer(settings.campaign_address, "campaign", services=["consilium.campaign.v1.Templates"], **peer_options)
    vault = Vault(engines.mongo.database(KEYS), settings.installation_key, clock)
    suppressions = Suppressions(database, clock)
    provider = replace.get("provider") or provider_of(settings, settings.smtp_connections)
    letters = replace.get("letters") or CampaignLetters(campaign, press)
    people = replace.get("people") or ProfilePeople(profile)
    terms = ProfileTerms(profile)
    app = App(
        log=MessageLog(database, clock),
        suppressions=suppressions,
        vault=vault,
        letters=letters,
        people=people,
        terms=terms,
        preferences=ProfilePreferences(profile),
        tokens=tokens,
        room=Room(press),
        provider=provider_of(settings, connections=2),
        clock=clock,
    )
    messages = MessageStore(database, clock, new_id())
    campaigns = CampaignStates(database)
    dispatcher = Dispatcher(
        provider, messages, suppressions, campaigns, Pace(database),
        speed=Speed(settings.smtp_rate, settings.rates()), room=settings.room,
    )  # fmt: skip
    desk = Desk(messages, suppressions, campaigns, vault, people, terms, letters, dispatcher, clock)
    lives = Workers(database, settings.lease())
    tasks = [
        lambda: recovery.send(desk, lives),
        lambda: recovery.pick_up(desk),
    ]
    if settings.bounce_port:
        tasks.append(BounceDoor(settings.host, settings.bounce_port, tokens.read_return_path, _taker(app)).run)
    return Parts(
        registers=[
            (messages_pb2_grpc.add_MessagesServicer_to_server, rpc.Messages(app, engines.pages), rpc.MESSAGES),
            (messages_pb2_grpc.add_LettersServicer_to_server, rpc.Letters(app), rpc.LETTERS),
            (messages_pb2_grpc.add_LinksServicer_to_server, rpc.Links(app), rpc.LINKS),
        ],
        audited=_AUDITED,
        consumers=_consumers(desk),
        outboxes=[MESSAGES],
        tasks=tasks,
        looks=[messages.look_at_waiting],
        ready={settings.provider: lambda: _available(dispatcher)},
        # Only after the last outcome: whoever has left is taken over from at once.
        close=[lambda: lives.leave(messages.worker), app.provider.close, profile.close, campaign.close],
    )


def _consumers(desk: Desk) -> list[Consumer]:
    async def requested(batch: Sequence[Delivery]) -> None:
        now = desk.clock.now()
        await reactions.on_messages_requested(
            [message for delivery in batch for message in requests_from(delivery.body, now, delivery.trace)], desk
        )

    async def campaign_changed(batch: Sequence[Delivery]) -> None:
        for delivery in batch:
            change = campaign_events.CampaignStateChanged.FromString(delivery.body)
            await reactions.on_campaign_state_changed(change.campaign, change.state, change.revision, desk)

    async def erased(batch: Sequence[Delivery]) -> None:
        told = [profile_events.ProfileStateChanged.FromString(delivery.body) for delivery in batch]
        # Letters of before a merge were sealed under the absorbed person's key.
        gone = {person for each in told for person in (each.profile, *each.absorbed)}
        await reactions.on_profiles_erased(sorted(gone), desk)

    states = frozenset(f"campaign-{verb}" for verb in ("launched", "paused", "resumed", "stopped", "done"))
    return [
        Consumer("message", "send", requested, batch=8, events=frozenset({"messages-requested"})),
        Consumer("control", "campaigns", campaign_changed, events=states),
        Consumer("profile", "erasure", erased, events=frozenset({"profile-erased"})),
    ]


def _taker(app: App) -> Any:
    async def take(message: str, raw: bytes) -> None:
        report = read_report(raw)
        if report is not None:
            await ingest_bounce(IngestBounce(message, report.kind, report.bounce_class, report.code), app)

    return take


async def _available(dispatcher: Dispatcher) -> bool:
    return dispatcher.available
