"""The application: the ports that commands, queries and reactions work with, wired by bootstrap."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeVar

from chassis.kernel import Clock
from services.profile.domain.dictionaries import Dictionary
from services.profile.domain.placement import Digest
from services.profile.ports import (
    Activities,
    Erasures,
    Identities,
    Keyring,
    Ledger,
    Listing,
    MatchCases,
    Numbers,
    Settings,
    Views,
)

T = TypeVar("T")


class Again(Protocol):
    """Does a write again, three times in all, when it met another writer."""

    async def __call__(self, call: Callable[[], Awaitable[T]]) -> T:
        """Run it; the last conflict goes to the caller as a Problem."""
        ...


def no_fault(point: str) -> None:
    """Let everything pass; fault tests put something else here."""


@dataclass(slots=True)
class App:
    """Everything that profile needs from the world."""

    clock: Clock
    ledger: Ledger
    keyring: Keyring
    identities: Identities
    cases: MatchCases
    views: Views
    numbers: Numbers
    erasures: Erasures
    settings: Settings
    listing: Listing
    activities: Activities
    zones: Callable[[], Awaitable[Mapping[str, str]]]
    dictionaries: Callable[[], Awaitable[Mapping[str, Dictionary]]]
    bus_position: Callable[[], Awaitable[int]]
    digest: Digest
    again: Again
    fault: Callable[[str], None] = no_fault
