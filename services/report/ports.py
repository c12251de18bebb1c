"""What report needs from outside, in its own words."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol
from zoneinfo import ZoneInfo

from services.report.domain.facts import Activity, Delivery, Face, Link, Membership, Run
from services.report.domain.metrics import Count, Figure
from services.report.domain.question import Question, Span


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ended: the time and the id of its last entry."""

    time: datetime
    id: str


@dataclass(frozen=True, slots=True)
class Page:
    """Up to `limit` entries after a place; from the newest when there is none."""

    limit: int
    after: Place | None = None


@dataclass(frozen=True, slots=True)
class TimelineAsked:
    """A person's timeline as a workspace sees it; `kinds` empty: all."""

    workspace: str
    profile: str
    kinds: tuple[str, ...] = ()
    span: Span = Span()


@dataclass(frozen=True, slots=True)
class ActivitiesAsked:
    """Activities of a workspace, of one name and source when given."""

    workspace: str
    name: str = ""
    source: str = ""
    span: Span = Span()


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One thing that happened to a person: "activity", "message" or "mark"."""

    id: str
    kind: str
    name: str
    time: datetime
    source: str = ""
    campaign: str = ""
    message: str = ""
    channel: str = ""
    reason: str = ""
    machine: bool = False
    properties: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ActivityFound:
    """One activity with the person that it belongs to now; no person while it is anonymous."""

    id: str
    event_id: str
    source: str
    name: str
    time: datetime
    profile: str
    properties: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """Figures of one group, by metric."""

    dimensions: Mapping[str, str]
    figures: Mapping[str, Figure]


@dataclass(frozen=True, slots=True)
class Answer:
    """Rows in order of their dimensions; `truncated` when the question's limit cut some off."""

    rows: list[AnswerRow]
    truncated: bool


@dataclass(frozen=True, slots=True)
class CampaignSlice:
    """The messages of one campaign, or of one of its runs, seen from a workspace."""

    workspace: str
    campaign: str
    entry: int = 0
    machines: bool = False
    step: Literal["day", "hour"] = "day"


@dataclass(frozen=True, slots=True)
class Counted:
    """Somebody whom a figure counts, with the first time that it did."""

    profile: str
    time: datetime


@dataclass(frozen=True, slots=True)
class CountedPeople:
    """A page of the people behind a figure; `total` is the figure, 0 on an empty page."""

    people: list[Counted]
    total: int


@dataclass(frozen=True, slots=True)
class Tally:
    """A campaign's single messages counted as they were told: nothing of one is moved to another."""

    requested: int
    outcomes: Mapping[str, int]
    marks: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Person:
    """A person as profile shows it to services: what it is made of, and each face's non-personal values."""

    id: str
    erased: bool
    absorbed: Sequence[str]
    records: Sequence[str]
    faces: Sequence[Face]


@dataclass(frozen=True, slots=True)
class PartitionState:
    """What one partition holds of people, to compare follower and owner."""

    people: int
    revision_sum: int


class Facts(Protocol):
    """Takes facts for good; every call may be repeated (see `adapters.warehouse.writing`)."""

    async def add_activities(self, activities: Sequence[Activity], token: str) -> None:
        """Add what people did."""

    async def add_deliveries(self, deliveries: Sequence[Delivery], token: str) -> None:
        """Add what became of messages."""

    async def put_runs(self, runs: Sequence[Run], token: str) -> None:
        """Keep what runs are after."""

    async def put_links(self, links: Sequence[Link], token: str) -> None:
        """Keep whom subjects belong to; the highest version wins."""

    async def put_mentions(self, links: Sequence[Link], token: str) -> None:
        """Keep whom facts say that subjects belong to, where nothing better is known."""

    async def put_faces(self, faces: Sequence[Face], token: str) -> None:
        """Keep what people are now, all faces of each; the highest revision wins, faces that are no more end."""

    async def put_memberships(self, memberships: Sequence[Membership], token: str) -> None:
        """Keep who is in which segment; the latest word wins."""

    async def erase(self, person: str, time: datetime) -> int:
        """Delete every row of every subject of a person; answers how many subjects."""

    async def sweep(self) -> None:
        """Delete whatever belongs to an erased subject."""


class Warehouse(Protocol):
    """Answers questions over the facts."""

    async def timeline(self, asked: TimelineAsked, page: Page) -> list[TimelineEntry]:
        """Read a person's entries, newest first."""

    async def activities(self, asked: ActivitiesAsked, page: Page) -> list[ActivityFound]:
        """Read activities, newest first."""

    async def answer(self, question: Question) -> Answer:
        """Answer metrics by dimensions."""

    async def days(self, campaign: CampaignSlice, zone: ZoneInfo) -> list[AnswerRow]:
        """Tell by day what happened."""

    async def tally(self, campaign: CampaignSlice) -> Tally:
        """Count a campaign's single messages."""

    async def people(self, campaign: CampaignSlice, count: Count, page: Page) -> CountedPeople:
        """Read the people whom a count of people holds, the latest first."""

    async def fresh(self) -> datetime | None:
        """Tell up to when facts are counted."""

    async def partitions(self) -> Mapping[int, PartitionState]:
        """Count living people, absorbed ones left out, and add up their revisions, by partition."""

    async def revisions(self, partition: int) -> Mapping[str, int]:
        """Give the living people of a partition, absorbed ones left out, with their revisions."""


class People(Protocol):
    """Asks profile who people are."""

    async def read(self, profiles: Mapping[str, int], attributes: Collection[str]) -> list[Person]:
        """Read people by id, each at least at the given revision; absorbed ids as their survivors, unknown ones not.

        Of their values only the named attributes are kept.
        """

    async def partitions(self) -> Mapping[int, PartitionState]:
        """Count living people and add up their revisions, by partition."""

    def revisions(self, partition: int) -> AsyncIterator[Mapping[str, int]]:
        """Stream the living people of a partition with their revisions."""
        ...


class Attributes(Protocol):
    """Asks profile's catalogue what may be stored here."""

    async def storable(self) -> frozenset[str]:
        """Name the attributes whose personal class is "none"."""


class MessageLog(Protocol):
    """Asks channel what it counts."""

    async def tally(self, campaign: CampaignSlice) -> Tally:
        """Count a campaign's messages in channel's own log."""
