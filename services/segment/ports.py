"""What the segment service needs from outside, in its own words."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from services.segment.domain.catalogue import Catalogue
from services.segment.domain.face import Face
from services.segment.domain.following import Known, Person, Written
from services.segment.domain.membership import Container, MembershipChanged
from services.segment.domain.numbers import Numbers
from services.segment.domain.rule import ACTIVE, Node
from services.segment.domain.segment import Segment, SegmentRefreshed
from services.segment.domain.sentence import Titles


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a question is about, in one workspace.

    A rule (None: nobody by rule), people put in and taken out by hand, and the members of every segment that the rule
    refers to. Who was put in by hand takes part only in one of `statuses`.
    """

    workspace: str
    rule: Node | None
    added: Numbers | None = None
    removed: Numbers | None = None
    statuses: tuple[str, ...] = (ACTIVE,)
    members: Mapping[str, Numbers] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Terms:
    """The consent that a message would need: reach is counted for it. Without a topic any topic will do."""

    controller: str
    purpose: str
    topic: str = ""


@dataclass(frozen=True, slots=True)
class Reach:
    """How many a channel reaches, and why not the rest."""

    channel: str
    reachable: int
    losses: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Standing:
    """How people stand to a channel: 'reachable', or lost for one of the reasons of `Reach.losses`."""

    channel: str
    standing: str
    terms: Terms | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """What one query says of an audience."""

    count: int
    reach: tuple[Reach, ...]
    sample: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Member:
    """One person of an audience."""

    profile: str
    no: int


@dataclass(frozen=True, slots=True)
class Found:
    """One person whom a workspace knows."""

    no: int
    status: str


@dataclass(frozen=True, slots=True)
class Page:
    """Some people of a list in order; `after` goes on behind them and is None on the last page."""

    members: tuple[Member, ...]
    total: int
    after: tuple[object, ...] | None


@dataclass(frozen=True, slots=True)
class Search:
    """What somebody looks for: text, a rule, how they stand to a channel, an order."""

    audience: Audience
    text: str = ""
    order: str = ""
    standing: Standing | None = None


class People(Protocol):
    """The index of people, asked."""

    async def preview(self, audience: Audience, terms: Terms | None, sample: int, now: datetime) -> Preview:
        """Count an audience, its reach per channel and its losses by reason, in one query."""
        ...

    async def page(self, search: Search, size: int, after: Sequence[object] | None, now: datetime) -> Page:
        """List people in order, from behind `after`; `total` is exact."""
        ...

    async def values(
        self, audience: Audience, field: str, size: int, catalogue: Catalogue, now: datetime
    ) -> Sequence[tuple[str, int]]:
        """Count people by the values of a field, most frequent first. Raises FieldUncounted."""
        ...

    async def numbers(self, audience: Audience, now: datetime, written_since: datetime | None = None) -> Numbers:
        """Return everybody of an audience; only whose document was written since, where that is given."""
        ...

    async def written(self, workspace: str, since: datetime) -> Numbers:
        """Return everybody whose document in a workspace was written since."""
        ...

    async def ids(self, workspace: str, numbers: Numbers, *, gone: bool = False) -> Sequence[Member]:
        """Return the people behind numbers, by number, those that the workspace does not know left out.

        With `gone` also those whom it knew.
        """
        ...

    async def found(self, workspace: str, profiles: Sequence[str]) -> Mapping[str, Found]:
        """Return people by id, as last written; those that the workspace does not know are left out."""
        ...

    async def wait(self, profile: str, revision: int, seconds: float) -> None:
        """Return when a search sees a person at this revision or later.

        Raises:
            IndexBehind: it was not so within the given time.
        """
        ...

    async def settle(self) -> None:
        """Make everything written so far visible to searches."""
        ...


@dataclass(frozen=True, slots=True)
class PartitionState:
    """What one partition holds, to compare follower and owner."""

    people: int
    revision_sum: int


class PeopleIndex(Protocol):
    """The index of people, written."""

    async def known(self, profiles: Sequence[str]) -> Mapping[str, Known]:
        """Return what the index holds of these people, as last written."""
        ...

    async def write(self, faces: Sequence[Written], catalogue: Catalogue, now: datetime) -> Mapping[str, str]:
        """Write faces; return the keys of those that the index refuses for good, with the kind of refusal."""
        ...

    async def write_next(self, faces: Sequence[Written], catalogue: Catalogue, now: datetime) -> Mapping[str, str]:
        """Write faces into the index that is being built only."""
        ...

    async def begin_next(self) -> None:
        """Create the index that is being built."""
        ...

    async def drop_next(self) -> None:
        """Drop the index that is being built, if there is one."""
        ...

    async def switch(self) -> None:
        """Put the built index behind the alias in one step and drop the old one."""
        ...

    async def sweep(self, before: datetime) -> int:
        """Delete tombstones written before a moment; return how many."""
        ...

    async def partitions(self) -> Mapping[int, PartitionState]:
        """Count people and add up revisions by partition."""
        ...


class Profiles(Protocol):
    """The owner of people."""

    async def people(self, revisions: Mapping[str, int]) -> Mapping[str, Person]:
        """Return people by the id asked for, at these revisions or later; an absorbed id gives its survivor.

        Ids that the owner does not know are left out.
        """
        ...

    def scan(self, partitions: Sequence[int] = ()) -> AsyncIterator[Sequence[Person]]:
        """Yield everybody of some partitions, of all when none are named."""
        ...

    async def partitions(self) -> Mapping[int, PartitionState]:
        """Count people and add up revisions by partition."""
        ...

    async def face(self, profile: str, workspace: str) -> Face | None:
        """Return a person as a workspace sees him now, an absorbed id as its survivor."""
        ...


class Catalogues(Protocol):
    """What the installation knows of its attributes and codes."""

    async def attributes(self, *, fresh: bool = False) -> Catalogue:
        """Return the attributes, at most seconds old; asked anew where something unknown was met (`fresh`)."""
        ...

    async def titles(self, rule: Node, language: str) -> Titles:
        """Return how people call the codes of a rule; a code without a title stands for itself."""
        ...


class SegmentStore(Protocol):
    """Segments."""

    async def get(self, segments: Sequence[str]) -> Mapping[str, Segment]:
        """Return segments by id; unknown ones are left out."""
        ...

    async def add(self, segment: Segment, request: str) -> Segment:
        """Keep a new segment; answer what is kept under its id when the same request came before.

        Raises:
            IdempotencyKeyReused: another request made it.
        """
        ...

    async def replace(self, segment: Segment, facts: Sequence[SegmentRefreshed] = ()) -> bool:
        """Keep a segment's next revision; False when somebody else was first."""
        ...

    async def page(
        self, workspace: str, *, archived: bool, text: str, after: Sequence[object] | None, size: int
    ) -> tuple[Sequence[Segment], int]:
        """List the segments that a workspace sees, last changed first, from behind `after` (time, id); and how many."""
        ...

    async def active(self) -> Mapping[str, Segment]:
        """Return every segment in use, of every workspace."""
        ...

    async def using(self, segment: str) -> Sequence[str]:
        """Return the segments in use whose rule refers to one."""
        ...


@dataclass(frozen=True, slots=True)
class Size:
    """How many people are in a segment, and when that last changed."""

    members: int
    changed: datetime


@dataclass(frozen=True, slots=True)
class SizeAt:
    """A segment's size at the end of an hour."""

    time: datetime
    members: int
    joined: int
    left: int


class Memberships(Protocol):
    """Who is in which segment."""

    async def containers(
        self, segments: Sequence[str], highs: Sequence[int] | None = None
    ) -> Mapping[tuple[str, int], Container]:
        """Return the stored containers of segments; of all highs when None."""
        ...

    async def save(self, container: Container, changes: Sequence[MembershipChanged], now: datetime) -> bool:
        """Keep a container's next revision together with its facts; False when somebody else was first."""
        ...

    async def counts(self, segments: Sequence[str]) -> Mapping[str, Size]:
        """Return how many people are in segments."""
        ...

    async def history(self, segment: str, before: datetime | None, limit: int) -> Sequence[SizeAt]:
        """Return joined and left by hour, newest first; sizes are worked out back from now."""
        ...


class NumberSets(Protocol):
    """Makes sets of numbers."""

    def of(self, values: Iterable[int]) -> Numbers:
        """Return the set of some numbers."""
        ...

    def union(self, sets: Iterable[Numbers]) -> Numbers:
        """Return who is in any of some sets."""
        ...

    def highs(self, numbers: Numbers) -> Sequence[int]:
        """Return the upper bits that numbers of a set have, ascending."""
        ...

    def between(self, numbers: Numbers, first: int, last: int) -> Numbers:
        """Return the part of a set from `first` to `last`, both included."""
        ...


class Absorptions(Protocol):
    """Who was absorbed by whom, by number."""

    async def note(self, into: Mapping[int, int]) -> None:
        """Keep into whom numbers went; a number that went into itself is live again."""
        ...

    async def canonical(self, numbers: Numbers) -> Numbers:
        """Return a set with every absorbed number replaced by its survivor's."""
        ...


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Who was in a segment at a moment."""

    id: str
    segment: str
    workspace: str
    numbers: Numbers
    frozen: datetime


class Snapshots(Protocol):
    """Frozen audiences, kept seven days."""

    async def get(self, snapshot: str) -> Snapshot | None:
        """Return one."""
        ...

    async def keep(self, snapshot: Snapshot) -> Snapshot:
        """Keep one; answer the one that was first under its id."""
        ...


class Recounts(Protocol):
    """Recounts of segments as long work."""

    async def begin(self, segment: Segment, principal: str, cause: str) -> str:
        """Ask for a recount; the same cause asks once. Answer the operation's id."""
        ...

    async def finished(self, operation: str, seconds: float) -> bool:
        """Wait for one at most so long; tell whether it has ended."""
        ...


class Freshness(Protocol):
    """How far the index is behind."""

    async def lag_ms(self) -> int:
        """Return how old, at most, what a search sees is."""
        ...
