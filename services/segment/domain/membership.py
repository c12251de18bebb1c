"""Who is in a segment: one container per 65,536 numbers, moved step by step.

Promise: a container's `members` are always ((by rule or put in by hand) and taking part) less taken out by hand; every
change of them is told as joined or left, in the same write.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from services.segment.domain.numbers import Numbers

_BITS = 16


@dataclass(frozen=True, slots=True)
class Container:
    """The part of a segment's membership whose numbers share their upper bits (`high`); revision 0 is not stored yet.

    `ruled` are in by the rule (as last asked), `added` and `removed` by hand; `members` are in.
    """

    segment: str
    high: int
    revision: int
    members: Numbers
    ruled: Numbers
    added: Numbers
    removed: Numbers


@dataclass(frozen=True, slots=True)
class MembershipChanged:
    """Somebody joined or left. `revision` is the view's that caused it, 0 for a recount or a change by hand."""

    segment: str
    profile: str
    no: int
    joined: bool
    revision: int
    time: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """How one person stands to one segment now: by its rule (None: the rule is not asked), and whether he is in."""

    profile: str
    no: int
    revision: int
    ruled: bool | None
    belongs: bool


def high_of(no: int) -> int:
    """Return the container that a number lies in."""
    return no >> _BITS


def span_of(high: int) -> tuple[int, int]:
    """Return the first and the last number of a container."""
    return high << _BITS, (high << _BITS) + (1 << _BITS) - 1


def empty(segment: str, high: int, nobody: Numbers) -> Container:
    """Return a container that nobody is in yet."""
    return Container(segment, high, 0, nobody, nobody, nobody, nobody)


def belongs(*, ruled: bool, added: bool, removed: bool, takes_part: bool) -> bool:
    """Tell whether somebody is in: by rule or by hand, taking part, and not taken out by hand."""
    return (ruled or added) and takes_part and not removed


def moved(
    container: Container, standings: Iterable[Standing], one: Mapping[int, Numbers], now: datetime
) -> tuple[Container, list[MembershipChanged]]:
    """Let people stand as they do now; the very same container comes back when nothing changes.

    Args:
        container: as read.
        standings: of people whose numbers lie in it.
        one: the set of each number alone, of the container's kind.
        now: when.
    """
    members, ruled = container.members, container.ruled
    changes: list[MembershipChanged] = []
    for standing in standings:
        no, single = standing.no, one[standing.no]
        if standing.ruled is not None and standing.ruled != (no in ruled):
            ruled = ruled | single if standing.ruled else ruled - single
        if standing.belongs != (no in members):
            members = members | single if standing.belongs else members - single
            changes.append(
                MembershipChanged(container.segment, standing.profile, no, standing.belongs, standing.revision, now)
            )
    if not changes and ruled is container.ruled:
        return container, []
    return replace(container, members=members, ruled=ruled), changes


def by_hand(container: Container, *, put_in: Numbers, taken_out: Numbers) -> Container:
    """Note who is put in and taken out by hand; `moved` then lets them join and leave."""
    return replace(
        container,
        added=(container.added | put_in) - taken_out,
        removed=(container.removed | taken_out) - put_in,
    )


class View:
    """Members of one segment among containers at hand, asked by number; a person's absorbed numbers count as his."""

    def __init__(
        self, segment: str, containers: Mapping[tuple[str, int], Container], aliases: Mapping[int, tuple[int, ...]]
    ) -> None:
        self._segment, self._containers, self._aliases = segment, containers, aliases

    def __contains__(self, number: int) -> bool:
        return self.holds(number, "members")

    def holds(self, number: int, part: str) -> bool:
        """Tell whether a part of the container (`members`, `ruled`, `added`, `removed`) has the person."""
        return any(each in getattr(found, part) for each, found in self._around(number))

    def _around(self, number: int) -> Iterator[tuple[int, Container]]:
        for each in (number, *self._aliases.get(number, ())):
            found = self._containers.get((self._segment, high_of(each)))
            if found is not None:
                yield each, found
