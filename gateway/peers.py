"""The services behind the door: one channel each, their stubs by name."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

from chassis.grpc import Peer
from gen.consilium.access.v1.accounts_pb2_grpc import AccountsStub
from gen.consilium.access.v1.freezes_pb2_grpc import FreezesStub
from gen.consilium.access.v1.people_pb2_grpc import PeopleStub
from gen.consilium.access.v1.tokens_pb2_grpc import TokensStub
from gen.consilium.campaign.v1.campaigns_pb2_grpc import CampaignsStub
from gen.consilium.campaign.v1.templates_pb2_grpc import TemplatesStub
from gen.consilium.channel.v1.messages_pb2_grpc import LettersStub, LinksStub, MessagesStub
from gen.consilium.operations.v1.operations_pb2_grpc import OperationsStub
from gen.consilium.profile.v1.catalogue_pb2_grpc import CatalogueStub
from gen.consilium.profile.v1.consents_pb2_grpc import ConsentsStub
from gen.consilium.profile.v1.dictionaries_pb2_grpc import DictionariesStub
from gen.consilium.profile.v1.imports_pb2_grpc import ImportsStub
from gen.consilium.profile.v1.match_candidates_pb2_grpc import MatchCandidatesStub
from gen.consilium.profile.v1.profiles_pb2_grpc import ProfilesStub
from gen.consilium.report.v1.reports_pb2_grpc import ReportsStub
from gen.consilium.segment.v1.segments_pb2_grpc import SegmentsStub

AUDIENCES = ("access", "profile", "segment", "campaign", "channel", "report")

PROTO_SERVICES: Mapping[str, tuple[str, ...]] = {
    "access": ("access.v1.Tokens", "access.v1.People", "access.v1.Accounts", "access.v1.Freezes"),
    "profile": (
        "profile.v1.Profiles",
        "profile.v1.Imports",
        "profile.v1.Consents",
        "profile.v1.Catalogue",
        "profile.v1.Dictionaries",
        "profile.v1.MatchCandidates",
        "operations.v1.Operations",
    ),
    "segment": ("segment.v1.Segments", "operations.v1.Operations"),
    "campaign": ("campaign.v1.Campaigns", "campaign.v1.Templates", "operations.v1.Operations"),
    "channel": ("channel.v1.Messages", "channel.v1.Letters", "channel.v1.Links"),
    "report": ("report.v1.Reports",),
}
"""What each service serves, so that its idempotent methods are tried again."""


class Peers:
    """Every service's stubs. `addresses` is by service name."""

    def __init__(self, addresses: Mapping[str, str], tls: Path | None = None) -> None:
        self.channels = {
            name: Peer(addresses[name], name, services=[f"consilium.{each}" for each in PROTO_SERVICES[name]], tls=tls)
            for name in AUDIENCES
        }
        access, profile, segment, campaign, channel, report = (self.channels[name].channel for name in AUDIENCES)
        self.tokens = TokensStub(access)
        self.people = PeopleStub(access)
        self.accounts = AccountsStub(access)
        self.freezes = FreezesStub(access)
        self.profiles = ProfilesStub(profile)
        self.imports = ImportsStub(profile)
        self.consents = ConsentsStub(profile)
        self.catalogue = CatalogueStub(profile)
        self.dictionaries = DictionariesStub(profile)
        self.matching = MatchCandidatesStub(profile)
        self.segments = SegmentsStub(segment)
        self.campaigns = CampaignsStub(campaign)
        self.templates = TemplatesStub(campaign)
        self.messages = MessagesStub(channel)
        self.letters = LettersStub(channel)
        self.links = LinksStub(channel)
        self.reports = ReportsStub(report)
        self.operations = {
            name: OperationsStub(self.channels[name].channel) for name in ("profile", "segment", "campaign")
        }

    async def ready(self) -> dict[str, bool]:
        """Tell of each service by name whether it can be reached now."""
        answers = await asyncio.gather(*(peer.ready() for peer in self.channels.values()))
        return dict(zip(self.channels, answers, strict=True))

    async def close(self) -> None:
        """Hang up everywhere."""
        await asyncio.gather(*(peer.close() for peer in self.channels.values()))
