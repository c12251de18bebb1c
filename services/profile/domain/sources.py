"""Bases and sources: who owns data, and where it comes from.

A base is a controller in law. A source belongs to one base, carries one kind of person and declares what it proves:
its priority in survivorship, the contacts that it confirms, the strong id that it knows.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from chassis.kernel import WHOLE
from services.profile.domain.record import Contact, PersonKind

CONSOLE = "console"
"""Source of manual edits and pins: one record per person and workspace, key = profile id."""

EVERYWHERE = WHOLE
"""Workspace of the whole installation."""

CONSOLE_PRIORITY = 1_000_000
"""Above every source that an installation can declare (priorities end at 1,000)."""


@dataclass(frozen=True, slots=True)
class Base:
    """An owner of data: its key names faces, workspaces and the controller of consents."""

    key: str
    title: str


@dataclass(frozen=True, slots=True)
class ConsentTerms:
    """What an opt-in column of a source means: for what, about what, in which wording."""

    purpose: str
    topic: str
    wording: str


@dataclass(frozen=True, slots=True)
class Source:
    """Where records come from.

    `confirms` names contact kinds (email, phone) and attribute keys whose values from here count as confirmed; a higher
    `priority` wins; `key_columns` make the record's key where there is no external id; `external_id_kind` is the kind
    of strong id, shared by sources that mean the same id; `country` is where its phones without a code belong.
    """

    key: str
    base: str
    kind: PersonKind
    title: str
    confirms: frozenset[str] = frozenset()
    priority: int = 0
    key_columns: tuple[str, ...] = ()
    external_id_kind: str | None = None
    country: str = "RU"
    consent: ConsentTerms | None = None


class Sources:
    """All sources of an installation, by key, as last read."""

    __slots__ = ("_sources",)

    def __init__(self, sources: Mapping[str, Source]) -> None:
        self._sources = dict(sources)

    def get(self, key: str) -> Source | None:
        """Return the source of this key, None when there is none."""
        return self._sources.get(key)

    def __iter__(self) -> Iterator[Source]:
        return iter(sorted(self._sources.values(), key=lambda source: source.key))

    def __contains__(self, key: object) -> bool:
        return key in self._sources

    def priority(self, key: str) -> int:
        """Return how much a source's word weighs; the console's weighs most, an unknown source's nothing."""
        if key == CONSOLE:
            return CONSOLE_PRIORITY
        found = self._sources.get(key)
        return found.priority if found else -1

    def confirms(self, key: str, what: str) -> bool:
        """Tell whether values of this kind of contact or attribute from the source count as confirmed."""
        found = self._sources.get(key)
        return found is not None and what in found.confirms

    def proves(self, key: str, contact: Contact) -> bool:
        """Tell whether the holder proved this contact: to the source in general, or at a known time."""
        return contact.confirmed_at is not None or self.confirms(key, contact.point.kind)
