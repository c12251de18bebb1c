"""What profile needs from the world, in its own words."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from services.profile.domain.activity import Admitted, Property
from services.profile.domain.catalogue import Attribute, Catalogue
from services.profile.domain.identity import Apart, Case, IdentityKey
from services.profile.domain.matching import MatchCase, MatchState
from services.profile.domain.people import Commit, People
from services.profile.domain.placement import Holding, KeyState
from services.profile.domain.sources import Base, Source, Sources


class Raced(Exception):  # noqa: N818 - an outcome: load and decide again
    """Another writer met this one, and nothing of this one's was written."""


@dataclass(frozen=True, slots=True)
class Meta:
    """Who caused a commit and by which request; ids and hashes only."""

    actor: str
    operation: str = ""
    request: bytes = b""


@dataclass(slots=True)
class KeyChanges:
    """What a write does to identity keys.

    `claims` are keys that nobody holds yet; `joins` and `leaves` change the holders of existing keys and their homes,
    `states` what a key may be used for, all three only while the key has the revision in `seen`.
    """

    claims: dict[IdentityKey, dict[str, str]] = field(default_factory=dict)
    joins: dict[IdentityKey, dict[str, str]] = field(default_factory=dict)
    leaves: dict[IdentityKey, set[str]] = field(default_factory=dict)
    states: dict[IdentityKey, KeyState] = field(default_factory=dict)
    seen: dict[IdentityKey, int] = field(default_factory=dict)


@dataclass(slots=True)
class Loaded:
    """People as the views show them, with the revision of every view that was read (0: there is none)."""

    people: People
    revisions: dict[str, int]
    former: dict[str, frozenset[str]] = field(default_factory=dict)
    created: dict[str, datetime] = field(default_factory=dict)
    handles: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A write by its first commit, with the profiles and streams whose views it has not written yet."""

    commit: str
    profiles: Sequence[str]
    streams: Sequence[str]


@dataclass(frozen=True, slots=True)
class Stored:
    """A commit as found by its id, with who made it, and what its write has left to do."""

    commit: Commit
    meta: Meta
    unfinished: Unfinished | None = None


class Ledger(Protocol):
    """The commits, written together with the identity keys that they stand on."""

    async def claim(self, changes: KeyChanges) -> str:
        """Claim the keys that nobody holds; give the claim's id. Raises Raced when somebody was faster."""
        ...

    async def append(
        self, commits: Sequence[Commit], changes: KeyChanges, claim: str, meta: Meta, opened: Sequence[str]
    ) -> None:
        """Write commits and keys as one; `opened` are the profiles that wait for their view. Raises Raced."""
        ...

    async def release(self, changes: KeyChanges, claim: str) -> None:
        """Give up claims of a write that did not happen."""
        ...

    async def closed(self, commit: str) -> None:
        """Note that the views of the bulk that began with this commit are written."""
        ...

    async def read(
        self, streams: Iterable[str], after: Mapping[str, int] | None = None, until: datetime | None = None
    ) -> list[Stored]:
        """Give commits in order of their recording."""
        ...

    async def find(self, commits: Sequence[str]) -> dict[str, Stored]:
        """Give the commits of these ids that exist."""
        ...

    async def begun(self, owners: Sequence[str]) -> set[str]:
        """Tell which of these records and profiles have a stream."""
        ...

    async def existing(self, commits: Sequence[str]) -> set[str]:
        """Tell which of these commits were ever written, those of erased records included."""
        ...

    async def homes_of(self, records: Iterable[str]) -> Mapping[str, str]:
        """Give the home that each of these records lives in now."""
        ...

    async def opened(self, before: datetime, lane: int | None = None) -> list[Unfinished]:
        """Give the writes whose views were not finished by then."""
        ...


class Keyring(Protocol):
    """Data keys, one per record, in a database of their own."""

    async def ensure(self, records: Sequence[str]) -> None:
        """Make the keys of new records, durably, before anything is written with them."""
        ...

    async def fetch(self, records: Iterable[str]) -> None:
        """Bring the keys of these records to hand, so that reading needs no waiting."""
        ...

    async def destroy(self, records: Sequence[str]) -> None:
        """Destroy keys for good."""
        ...

    async def page(self, after: str, before: str, most: int) -> list[str]:
        """Give owners of keys between two ids, in order."""
        ...

    def forget(self) -> None:
        """Drop what is at hand, so that a key destroyed by another process is not used for long."""
        ...


class Identities(Protocol):
    """Who holds which identity key."""

    async def load(self, keys: Iterable[IdentityKey]) -> dict[IdentityKey, Holding]:
        """Give the holdings of the keys that somebody holds; waits for claims that are being written."""
        ...

    async def forget(self, records: Sequence[str], keys: Iterable[IdentityKey]) -> None:
        """Take records out of keys; a key that nobody holds any longer is deleted."""
        ...

    async def sweep(self, before: datetime) -> int:
        """Delete claims that died before then and keys that nobody holds; gives how many."""
        ...

    async def decisions(self, records: Iterable[str]) -> tuple[list[frozenset[str]], list[Apart]]:
        """Give the joins and the do-not-merges that humans decided about any of these records."""
        ...

    async def decide_joined(self, records: frozenset[str], against: Apart) -> None:
        """Note that these records are one person; what kept the two sides apart is over."""
        ...

    async def decide_apart(self, decision: Apart) -> None:
        """Note a do-not-merge; joins across its sides are over."""
        ...

    async def note_cases(self, cases: Iterable[Case], at: datetime) -> None:
        """Put cases into the steward's queue; the same case is there once."""
        ...


class MatchCases(Protocol):
    """The steward's queue."""

    async def page(self, state: MatchState, after: tuple[datetime, str] | None, limit: int) -> list[MatchCase]:
        """Give the newest cases in a state, those behind `after` (time found, id)."""
        ...

    async def count(self, state: MatchState) -> int:
        """Count the cases in a state."""
        ...

    async def get(self, case: str) -> MatchCase | None:
        """Give one, None when there is none."""
        ...

    async def save(self, case: MatchCase) -> None:
        """Keep a decision; the first one stays."""
        ...


class Views(Protocol):
    """People as they are read."""

    async def load(self, profiles: Iterable[str]) -> Loaded:
        """Give the people of these homes, absorbed ones as their survivors."""
        ...

    async def save(self, loaded: Loaded, folded: Sequence[Commit], touched: Iterable[str]) -> set[str]:
        """Write the views of these profiles with one fact per event of `folded`; give those that others wrote first."""
        ...


class Numbers(Protocol):
    """Dense numbers of known people."""

    async def take(self, count: int) -> list[int]:
        """Give numbers that nobody had before."""
        ...


@dataclass(frozen=True, slots=True)
class Erasure:
    """The decision to erase a person: what must die."""

    profile: str
    homes: tuple[str, ...]
    records: tuple[str, ...]
    actor: str
    ground: str
    decided_at: datetime


class Erasures(Protocol):
    """The append-only ledger of erasures, outside the backups."""

    async def decide(self, erasure: Erasure) -> Erasure:
        """Enter a decision; the same person again gives the first one, with the records of both."""
        ...

    async def carried_out(self, profile: str, at: datetime) -> None:
        """Note that everything which profile stores is gone."""
        ...

    async def pending(self) -> list[Erasure]:
        """Give the decisions that are not carried out."""
        ...

    async def erased(self, profiles: Iterable[str]) -> set[str]:
        """Tell which of these are erased."""
        ...


class Settings(Protocol):
    """Bases, sources and attributes of the installation."""

    async def sources(self) -> Sources:
        """Give all sources, at most two seconds old."""
        ...

    async def catalogue(self) -> Catalogue:
        """Give the attribute catalogue, at most two seconds old."""
        ...

    async def bases(self) -> list[Base]:
        """Give all bases."""
        ...

    async def add_base(self, base: Base) -> Base:
        """Add a base, or give the one of this key that exists."""
        ...

    async def add_source(self, source: Source) -> Source:
        """Add a source, or give the one of this key that exists."""
        ...

    async def add_attribute(self, attribute: Attribute) -> Attribute:
        """Add an attribute, or give the one of this key that exists."""
        ...


@dataclass(frozen=True, slots=True)
class PartitionCount:
    """What one partition holds, to compare followers with."""

    partition: int
    people: int
    revisions: int


class Listing(Protocol):
    """Going through people."""

    def scan(self, partitions: Sequence[int], after: str) -> AsyncIterator[list[str]]:
        """Give the ids of everybody that is not absorbed, in key order, in chunks."""
        ...

    async def page(self, base: str, after_no: int, size: int, *, archived: bool) -> list[tuple[int, str]]:
        """Give (number, id) of living people after a number."""
        ...

    async def total(self, base: str, *, archived: bool) -> int:
        """Count living people."""
        ...

    async def counts(self) -> list[PartitionCount]:
        """Count living people and add up their revisions, by partition."""
        ...

    async def expiring(self, lane: int, until: datetime, most: int) -> list[str]:
        """Give people of a lane whose next consent has run out."""
        ...


@dataclass(frozen=True, slots=True)
class Claim:
    """Who somebody is said to be: a profile's id, or the holder of an identity key."""

    profile: str = ""
    key: IdentityKey | None = None


@dataclass(frozen=True, slots=True)
class Collected:
    """One collected event, parsed; `device` is the id made from the site's own opaque one, "" when it gave none."""

    event_id: str
    source: str
    base: str
    name: str
    time: datetime
    received: datetime
    trusted: bool
    device: str
    claims: tuple[Claim, ...]
    properties: Admitted


@dataclass(frozen=True, slots=True)
class Activity:
    """A collected event with who did it: `subject` never changes, `profile` is the person of the time."""

    event: Collected
    subject: str
    profile: str
    no: int
    properties: Mapping[str, Property]
    dropped: int


@dataclass(frozen=True, slots=True)
class DeviceLink:
    """A device and the home of the person to whom it belongs."""

    device: str
    home: str
    no: int


class Activities(Protocol):
    """What was seen, and whose devices are whose."""

    async def links(self, devices: Iterable[str]) -> dict[str, str]:
        """Give the homes of the devices that are linked."""
        ...

    async def link(self, links: Iterable[DeviceLink], now: datetime) -> None:
        """Link devices, with the facts that tell it; the same link again changes nothing."""
        ...

    async def record(self, activities: Sequence[Activity], now: datetime) -> None:
        """Write activities down with their facts; one that was seen before stays as it is."""
        ...
