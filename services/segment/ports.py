"""What the segment service needs from outside, in its own words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, Self

from services.segment.domain.rule import Node


class Numbers(Protocol):
    """A set of person numbers: a bitmap in truth, any set in a test."""

    def __contains__(self, number: int, /) -> bool:
        """Tell whether a person is in it."""
        ...

    def __iter__(self) -> Iterator[int]:
        """Yield the numbers in ascending order."""
        ...

    def __len__(self) -> int:
        """Count them."""
        ...

    def __and__(self, other: Self, /) -> Self:
        """Return who is in both."""
        ...

    def __or__(self, other: Self, /) -> Self:
        """Return who is in either."""
        ...

    def __sub__(self, other: Self, /) -> Self:
        """Return who is in this one only."""
        ...


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a question is about, in one workspace.

    A rule (None: nobody by rule), people put in and taken out by hand, and the members of every segment that the rule
    refers to.
    """

    workspace: str
    rule: Node | None
    added: Numbers | None = None
    removed: Numbers | None = None
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
class Page:
    """Some people of a list in order; `after` goes on behind them and is None on the last page."""

    members: tuple[Member, ...]
    total: int
    after: tuple[object, ...] | None


@dataclass(frozen=True, slots=True)
class Search:
    """What somebody looks for: text, a rule, an order."""

    audience: Audience
    text: str = ""
    order: str = ""


class People(Protocol):
    """The index of people, asked."""

    async def preview(self, audience: Audience, terms: Terms | None, sample: int, now: datetime) -> Preview:
        """Count an audience, its reach per channel and its losses by reason, in one query."""
        ...

    async def page(self, search: Search, size: int, after: Sequence[object] | None, now: datetime) -> Page:
        """List people in order, from behind `after`; `total` is exact."""
        ...

    async def numbers(self, audience: Audience, now: datetime, written_since: datetime | None = None) -> Numbers:
        """Return everybody of an audience; only whose document was written since, where that is given."""
        ...

    async def written(self, workspace: str, since: datetime) -> Numbers:
        """Return everybody whose document in a workspace was written since."""
        ...

    async def ids(self, workspace: str, numbers: Numbers) -> Sequence[Member]:
        """Return the people behind numbers, by number; those that the workspace does not know are left out."""
        ...

    async def found(self, workspace: str, profiles: Sequence[str]) -> Mapping[str, int]:
        """Return the numbers of people, as last written; those that the workspace does not know are left out."""
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
