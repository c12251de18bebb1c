"""What campaign needs from outside, in its own words. Each port is defined by the tests that its adapter passes.

A `workspace` given to a read is the reader's: a base's key sees that base's things, "*" sees all of the installation.
"""

from collections.abc import AsyncIterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from chassis.kernel import Etag
from services.campaign.domain.campaign import Campaign, CampaignState
from services.campaign.domain.checklist import Audience, LetterProblem
from services.campaign.domain.requests import Member, RequestBatch
from services.campaign.domain.tally import Outcome
from services.campaign.domain.template import LetterContent, Template, TemplateVersion

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Kept(Generic[T]):
    """A thing as it is stored, with the revision that a write must still find."""

    value: T
    revision: int

    @property
    def etag(self) -> Etag:
        """Give the etag of exactly this state."""
        return Etag(self.revision)


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list; `position` is where the next begins, None on the last."""

    items: Sequence[T]
    position: str | None
    total: int


@dataclass(frozen=True, slots=True)
class Act:
    """Who does something: told on the audit trail by the write that does it."""

    principal: str
    workspace: str
    action: str


@dataclass(frozen=True, slots=True)
class Creation:
    """Whence a new thing comes, so that a repeat of the request finds what the first one made.

    `key` is empty when the caller gave none; `digest` is of the request's body.
    """

    act: Act
    key: str
    digest: str


@dataclass(frozen=True, slots=True)
class Showing:
    """A template of any workspace whose draft, or any of whose versions, shows a picture."""

    template: str
    workspace: str
    archived: bool


class Templates(Protocol):
    """Templates and their versions."""

    async def add(self, template: Template, creation: Creation) -> Kept[Template]:
        """Keep a new template; a repeated request gets what the first one made.

        Raises:
            IdempotencyKeyReused: the key came with another body.
        """
        ...

    async def get(self, template: str, workspace: str) -> Kept[Template]:
        """Load one.

        Raises:
            TemplateUnknown: there is none in this workspace.
        """
        ...

    async def save(
        self, kept: Kept[Template], after: Template, version: TemplateVersion | None, act: Act
    ) -> Kept[Template]:
        """Replace it, and keep a new version in the same write; the same template again is not written.

        Raises:
            EtagStale: it is no longer at the kept revision.
        """
        ...

    async def version(self, template: str, number: int, workspace: str) -> TemplateVersion:
        """Load one version.

        Raises:
            TemplateVersionUnknown: there is none in this workspace.
        """
        ...

    async def showing(self, picture: str) -> Sequence[Showing]:
        """Find those that show a picture, in every workspace, by id."""
        ...

    async def page(self, workspace: str, *, archived: bool, size: int, after: str | None) -> Page[Kept[Template]]:
        """List them, last changed first."""
        ...


@dataclass(frozen=True, slots=True)
class CampaignQuery:
    """Which campaigns are listed; no states means all but archived ones."""

    workspace: str
    states: frozenset[CampaignState] = frozenset()
    segment: str = ""
    text: str = ""
    """A piece of the name."""


class Campaigns(Protocol):
    """Campaigns; a change of state is told to the others by the write that makes it."""

    async def add(self, campaign: Campaign, creation: Creation) -> Kept[Campaign]:
        """Keep a new campaign; a repeated request gets what the first one made.

        Raises:
            IdempotencyKeyReused: the key came with another body.
        """
        ...

    async def get(self, campaign: str, workspace: str) -> Kept[Campaign]:
        """Load one.

        Raises:
            CampaignUnknown: there is none in this workspace.
        """
        ...

    async def save(self, kept: Kept[Campaign], after: Campaign, act: Act | None = None) -> Kept[Campaign]:
        """Replace it; the same campaign again is not written. Without an act it moved by itself.

        Raises:
            EtagStale: it is no longer at the kept revision.
        """
        ...

    async def page(self, query: CampaignQuery, *, size: int, after: str | None) -> Page[Kept[Campaign]]:
        """List them, last changed first."""
        ...

    async def by_segment(self, workspace: str, segments: Sequence[str]) -> Mapping[str, int]:
        """Count the campaigns that use segments, archived ones left out."""
        ...

    async def under_way(self, templates: Sequence[str]) -> Set[str]:
        """Name those of the templates whose letters are being sent, or wait to be."""
        ...

    async def in_state(
        self, states: Sequence[CampaignState], lane: int, changed_since: datetime | None = None
    ) -> Sequence[Kept[Campaign]]:
        """Load those of a lane that are in one of the states, eldest launch first."""
        ...


@dataclass(frozen=True, slots=True)
class WaitingBatch:
    """A batch that was not given to channel yet."""

    number: int
    size: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: requests with an outcome, by the outcome's code."""

    outcomes: Mapping[str, int]

    @property
    def finished(self) -> int:
        """How many have any outcome."""
        return sum(self.outcomes.values())


class Requests(Protocol):
    """The frozen audiences: batches with their tallies."""

    async def put(self, campaign: Campaign, batches: Sequence[RequestBatch]) -> None:
        """Keep batches that wait for their release; those that are kept already stay as they are."""
        ...

    async def frozen(self, campaign: str, entry: int) -> tuple[int, int]:
        """Count the batches and the requests that are kept for a run."""
        ...

    async def discard(self, campaign: str, entry: int) -> None:
        """Forget the batches of a run that never began to send."""
        ...

    async def waiting(self, campaign: Campaign, limit: int) -> Sequence[WaitingBatch]:
        """Name the next batches in their order, after those that the campaign says are released."""
        ...

    async def release(self, campaign: Campaign, since: int, now: datetime) -> int:
        """Let every batch go that the campaign says is released and that has not gone; answers how many went.

        Looks from the batch number `since` on. The write that marks a batch holds its fact: a repeat finds nothing to
        do.
        """
        ...

    async def finished(self, campaign: str, entry: int) -> tuple[int, int]:
        """Count the requests of a run that have an outcome, and those that are held."""
        ...

    async def progress(self, runs: Sequence[tuple[str, int]]) -> Mapping[tuple[str, int], Progress]:
        """Count the outcomes of runs, named by campaign and entry."""
        ...

    async def note(self, outcomes: Mapping[str, Mapping[str, Outcome | None]]) -> frozenset[str]:
        """Fold outcomes, by batch and message, into the tallies; None is a message that is held.

        Answers the campaigns that they belong to.

        Raises:
            BatchUnknown: a batch was never kept here.
        """
        ...


@dataclass(frozen=True, slots=True)
class Segment:
    """What campaign knows of a segment."""

    archived: bool
    audience: Audience


@dataclass(frozen=True, slots=True)
class SnapshotPart:
    """Some people of a frozen audience, and how many it has in all."""

    total: int
    members: Sequence[Member]


class Segments(Protocol):
    """Who: the segment service."""

    async def audience(self, campaign: Campaign) -> Segment | None:
        """Count the campaign's segment now, with reach and losses for its consent; None when there is none."""
        ...

    def members(self, campaign: Campaign) -> AsyncIterator[SnapshotPart]:
        """Stream the people of the run's snapshot, by number; the same run streams the same people.

        Raises:
            SegmentUnknown: it is not there, or not in the campaign's workspace.
        """
        ...


class Letters(Protocol):
    """How a letter looks: the channel service."""

    async def problems(self, content: LetterContent) -> Sequence[LetterProblem]:
        """Name what is wrong with a letter."""
        ...


class LaunchWork(StrEnum):
    """Where the long work of a launch is."""

    RUNNING = "running"
    WELL = "well"
    FAILED = "failed"


class Launches(Protocol):
    """The long work of freezing audiences: it survives the death of its worker."""

    def operation_of(self, run: str) -> str:
        """Give the id of a run's work, the same for ever."""
        ...

    async def begin(self, campaign: Campaign) -> LaunchWork:
        """Let the audience of the campaign's run be frozen, once; answers how that work is."""
        ...

    async def cancel(self, campaign: Campaign) -> None:
        """Ask the freezing to end; nothing happens when it has."""
        ...


class FreezeCancelled(Exception):  # noqa: N818 - ends the work at its safe point
    """The freezing shall end here: `asked` when somebody wanted so, else another worker has taken it over."""

    def __init__(self, *, asked: bool) -> None:
        self.asked = asked
        super().__init__()


class Freezing(Protocol):
    """What the long work holds while it runs."""

    @property
    def operation(self) -> str:
        """Its id."""
        ...

    @property
    def campaign(self) -> str:
        """The campaign whose audience it freezes."""
        ...

    async def report(self, done: int, total: int) -> None:
        """Tell how many people are frozen of how many.

        Raises:
            FreezeCancelled: it shall end here.
        """
        ...
