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
    _living_in: dict[str, set[str]] = field(default_factory=dict)
    _taken_by: dict[str, set[str]] = field(default_factory=dict)

    @property
    def absorbed(self) -> dict[str, str]:
        """Return the absorbed map: home to the one that took it."""
        return {home: into for into, taken in self._taken_by.items() for home in taken}

    def root(self, home: str) -> str:
        """Return the profile that a home lives in."""
        while (into := self.homes[home].into) is not None:
            home = into
        return home

    def person(self, root: str) -> Person:
        """Return the person of a root."""
        mine = [root]
        for home in mine:
            mine.extend(self._taken_by.get(home, ()))
        records = sorted(record for home in mine for record in self._living_in.get(home, ()))
        return Person(
            self.homes[root],
            tuple(self.homes[home] for home in sorted(mine)),
            tuple(self.records[record] for record in records),
        )

    def add(self, person: Person) -> None:
        """Bring in a person that was loaded."""
        for home in person.homes:
            self._put_home(home)
        for record in person.records:
            self._put_record(record)

    def _put_home(self, home: Home) -> None:
        known = self.homes.get(home.id)
        if known is not None and known.into is not None:
            self._taken_by[known.into].discard(home.id)
        self.homes[home.id] = home
        if home.into is not None:
            self._taken_by.setdefault(home.into, set()).add(home.id)

    def _put_record(self, record: Record) -> None:
        known = self.records.get(record.id)
        if known is not None and known.home != record.home:
            self._living_in[known.home].discard(record.id)
        self.records[record.id] = record
        self._living_in.setdefault(record.home, set()).add(record.id)
        if record.home not in self.homes:
            self.homes[record.home] = Home(record.home, record.no)

    def version(self, stream: str) -> int:
        """Return the folded version of a stream, 0 when it does not exist."""
        kind, _, key = stream.partition(":")
        if kind == "record":
            record = self.records.get(key)
            return record.version if record else 0
        home = self.homes.get(key)
        return home.version if home else 0

    def apply(self, commit: Commit) -> set[str]:
        """Fold one commit and give the profiles that it touched; one that is folded already touches nobody."""
        if commit.version <= self.version(commit.stream):
            return set()
        kind, _, key = commit.stream.partition(":")
        touched = self._lives_in(kind, key)
        if kind == "record":
            self._apply_record(key, commit)
        else:
            self._apply_profile(key, commit)
            touched.add(key)
        return touched | self._lives_in(kind, key)

    def _lives_in(self, kind: str, key: str) -> set[str]:
        if kind == "record":
            record = self.records.get(key)
            return {self.root(record.home)} if record else set()
        return {self.root(key)} if key in self.homes else set()

    def _apply_record(self, record: str, commit: Commit) -> None:
        events: Sequence[RecordEvent] = [each for each in commit.events if isinstance(each, RecordEvent)]
        first = events[0]
        if isinstance(first, RecordOpened):
            self._put_record(open_record(record, first, events[1:], commit.recorded_at, commit.version))
        else:
            self._put_record(self.records[record].after(*events, version=commit.version))

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
        self._put_home(replace(home, version=commit.version))


def profile_stream(profile: str) -> str:
    """Return the name of a profile's event stream."""
    return f"profile:{profile}"


def fold(commits: Iterable[Commit], numbers: Mapping[str, int]) -> People:
    """Fold commits from nothing, in order of their recording; `numbers` gives the `no` of homes without records."""
    people = People()
    for home, no in numbers.items():
        people.add(Person(Home(home, no), (Home(home, no),), ()))
    for commit in commits:
        people.apply(commit)
    return people
