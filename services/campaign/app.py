"""The application: the ports that commands, queries and reactions work with, wired by bootstrap."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from chassis.kernel import Clock
from services.campaign.ports import Act, Campaigns, Launches, Letters, Requests, Segments, Templates

T = TypeVar("T")


class Again(Protocol):
    """Does a write again, three times in all, when it met another writer."""

    async def __call__(self, call: Callable[[], Awaitable[T]]) -> T:
        """Run it; the last conflict goes to the caller."""
        ...


def no_fault(point: str) -> None:
    """Let everything pass; fault tests put something else here."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: a principal in one workspace ("*" is the whole installation)."""

    principal: str
    workspace: str

    def act(self, action: str) -> Act:
        """Name what is done, for the audit trail."""
        return Act(self.principal, self.workspace, action)


@dataclass(slots=True)
class App:
    """Everything that campaign needs from the world.

    `letters_per_second` is what the providers take in all; every campaign's credit is reckoned from it.
    """

    clock: Clock
    templates: Templates
    campaigns: Campaigns
    requests: Requests
    segments: Segments
    letters: Letters
    launches: Launches
    again: Again
    letters_per_second: float
    fault: Callable[[str], None] = no_fault
