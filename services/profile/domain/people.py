"""People as a set of homes and records: the state that commits are folded into.

Promise: a person is the root of a home; folding is flat (every event touches one record or one home), so merge, unmerge
and split move nothing but a pointer, in any order, and any past state is a fold up to then.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from services.profile.domain.events import (
    Event,
    MergeCause,
    ProfileAbsorbed,
    ProfileAbsorbs,
    ProfileArchived,
    ProfileErased,
    ProfileReleased,
    ProfileReleases,
    ProfileRestored,
    RecordEvent,
    RecordOpened,
)
from services.profile.domain.homes import root_of
from services.profile.domain.record import ContactPoint
from services.profile.domain.record_stream import Record, open_record


@dataclass(frozen=True, slots=True)
class Archived:
    """Why and when a person was set aside."""

    reason: str
    comment: str
    time: datetime


@dataclass(frozen=True, slots=True)
class Home:
    """A profile id with what its own stream says; `version` 0 is a stream that does not exist."""

    id: str
    no: int
    version: int = 0
    into: str | None = None
    cause: MergeCause | None = None
    archived: Archived | None = None
    erased: bool = False

    @property
    def stream(self) -> str:
        """Return the name of the profile's event stream."""
        return profile_stream(self.id)


@dataclass(frozen=True, slots=True)
class Commit:
    """The events of one command on one stream."""

    id: str
    stream: str
    version: int
    events: tuple[Event, ...]
    recorded_at: datetime
    actor: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """The root of a home: all homes that it absorbed, and all their records."""

    root: Home
    homes: tuple[Home, ...]
    records: tuple[Record, ...]

    @property
    def id(self) -> str:
        """Return the profile id."""
        return self.root.id

    @property
    def archived(self) -> Archived | None:
        """Return why the person is set aside; of several homes the strictest word counts: one archived is enough."""
        found = [home.archived for home in self.homes if home.archived]
        return max(found, key=lambda each: each.time) if found else None

    @property
    def erased(self) -> bool:
        """Tell whether the person is gone for good."""
        return any(home.erased for home in self.homes)

    @property
    def versions(self) -> dict[str, int]:
        """Return the version of every stream that is folded in."""
        found = {record.stream: record.version for record in self.records}
        found.update({home.stream: home.version for home in self.homes if home.version})
        return found

    def records_holding(self, point: ContactPoint) -> list[Record]:
        """Return the records that hold a contact point."""
        return [record for record in self.records if record.holds(point)]

    def of_base(self, base: str) -> "Person":
        """Return the person as one base's records alone make it."""
        return replace(self, records=tuple(record for record in self.records if record.base == base))


@dataclass(slots=True)
class People:
    """A changing set of homes and records, closed over merges: it holds every home that it points to."""

    homes: dict[str, Home] = field(default_factory=dict)
    records: dict[str, Record] = field(default_factory=dict)

    @property
    def absorbed(self) -> dict[str, str]:
        """Return the absorbed map: home to the one that took it."""
        return {home.id: home.into for home in self.homes.values() if home.into is not None}

    def root(self, home: str) -> str:
        """Return the profile that a home lives in."""
        return root_of(home, self.absorbed) if self.homes[home].into else home

    def person(self, root: str) -> Person:
        """Return the person of a root."""
        absorbed = self.absorbed
        if not absorbed:
            mine = {root}
        else:
            mine = {home for home in self.homes if root_of(home, absorbed) == root}
        return Person(
            self.homes[root],
            tuple(self.homes[home] for home in sorted(mine)),
            tuple(sorted((each for each in self.records.values() if each.home in mine), key=lambda each: each.id)),
        )

    def add(self, person: Person) -> None:
        """Bring in a person that was loaded."""
        self.homes.update({home.id: home for home in person.homes})
        self.records.update({record.id: record for record in person.records})

    def version(self, stream: str) -> int:
        """Return the folded version of a stream, 0 when it does not exist."""
        kind, _, key = stream.partition(":")
        if kind == "record":
            record = self.records.get(key)
            return record.version if record else 0
        home = self.homes.get(key)
        return home.version if home else 0

    def apply(self, commit: Commit) -> bool:
        """Fold one commit; one that is folded already changes nothing. Returns whether it was new."""
        if commit.version <= self.version(commit.stream):
            return False
        kind, _, key = commit.stream.partition(":")
        if kind == "record":
            self._apply_record(key, commit)
        else:
            self._apply_profile(key, commit)
        return True

    def _apply_record(self, record: str, commit: Commit) -> None:
        events: Sequence[RecordEvent] = [each for each in commit.events if isinstance(each, RecordEvent)]
        first = events[0]
        if isinstance(first, RecordOpened):
            self.records[record] = open_record(record, first, events[1:], commit.recorded_at, commit.version)
        else:
            self.records[record] = self.records[record].after(*events, version=commit.version)
        home, no = self.records[record].home, self.records[record].no
        self.homes.setdefault(home, Home(home, no))

    def _apply_profile(self, profile: str, commit: Commit) -> None:
        home = self.homes[profile]
        for event in commit.events:
            match event:
                case ProfileAbsorbed(into, cause):
                    home = replace(home, into=into, cause=cause)
                case ProfileReleased():
                    home = replace(home, into=None, cause=None)
                case ProfileArchived(reason, comment):
                    home = replace(home, archived=Archived(reason, comment, commit.recorded_at))
                case ProfileRestored():
                    home = replace(home, archived=None)
                case ProfileErased():
                    home = replace(home, erased=True)
                case ProfileAbsorbs() | ProfileReleases():
                    pass
                case _:
                    raise TypeError(f"a profile's stream has no {type(event).__name__}")
        self.homes[profile] = replace(home, version=commit.version)


def profile_stream(profile: str) -> str:
    """Return the name of a profile's event stream."""
    return f"profile:{profile}"


def fold(commits: Iterable[Commit], numbers: Mapping[str, int]) -> People:
    """Fold commits from nothing, in order of their recording; `numbers` gives the `no` of homes without records."""
    people = People({home: Home(home, no) for home, no in numbers.items()})
    for commit in commits:
        people.apply(commit)
    return people
