"""Segments: a rule that people join and leave by themselves, or a list that changes by hand.

Promise: an archived segment takes no change; a live one always has a rule; what a rule refers to is known and never
leads back to itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from typing import Any

from chassis.kernel import Etag, EtagStale
from services.segment.domain.errors import (
    NameMissing,
    RuleCircular,
    RuleMissing,
    RuleSegmentUnknown,
    SegmentArchived,
)

MAX_NAME = 200

RuleTree = Mapping[str, Any]
"""A rule as JSON, already read once."""


class SegmentKind(Enum):
    """How people get in."""

    LIVE = "live"
    STATIC = "static"


class SegmentState(Enum):
    """Whether it is in use."""

    ACTIVE = "active"
    ARCHIVED = "archived"


@dataclass(frozen=True, slots=True)
class SegmentRefreshed:
    """Membership was worked out anew."""

    segment: str
    members: int
    time: datetime


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment at one revision. `uses` are the segments that its rule refers to.

    `version` counts what people changed, for etags; `revision` every write, recounts included.
    """

    id: str
    workspace: str
    name: str
    kind: SegmentKind
    state: SegmentState
    rule: RuleTree | None
    uses: frozenset[str]
    auto_update: bool
    created: datetime
    updated: datetime
    refreshed: datetime | None = None
    version: int = 1
    revision: int = 1

    @property
    def follows(self) -> bool:
        """Tell whether people join and leave by themselves."""
        return self.auto_update and self.rule is not None and self.state is SegmentState.ACTIVE

    @property
    def etag(self) -> Etag:
        """Return what a writer has to have seen."""
        return Etag(self.version, 0, self.id)


def created(
    segment: str,
    *,
    workspace: str,
    name: str,
    kind: SegmentKind,
    rule: RuleTree | None,
    uses: frozenset[str],
    auto_update: bool | None,
    now: datetime,
) -> Segment:
    """Return a new segment; a live one updates itself unless told otherwise, a list never does.

    Raises:
        NameMissing: the name is blank or too long.
        RuleMissing: a live segment without a rule.
    """
    if kind is SegmentKind.LIVE and rule is None:
        raise RuleMissing
    follows = kind is SegmentKind.LIVE and auto_update is not False
    return Segment(segment, workspace, _named(name), kind, SegmentState.ACTIVE, rule, uses, follows, now, now)


def changed(
    segment: Segment,
    expected: Etag | None,
    now: datetime,
    *,
    name: str | None = None,
    rule: RuleTree | None = None,
    uses: frozenset[str] = frozenset(),
    auto_update: bool | None = None,
) -> Segment:
    """Return the segment with what is given; the same one when nothing differs.

    Raises:
        EtagStale: it has changed since the etag was read.
        SegmentArchived: it is set aside.
        NameMissing: the new name is blank or too long.
        RuleMissing: a list without a rule cannot follow changes.
    """
    if expected is not None and expected.revision != segment.version:
        raise EtagStale
    _in_use(segment)
    after = segment
    if name is not None:
        after = replace(after, name=_named(name))
    if rule is not None:
        after = replace(after, rule=rule, uses=uses)
    if auto_update is not None:
        if auto_update and after.rule is None:
            raise RuleMissing
        after = replace(after, auto_update=auto_update)
    return segment if after == segment else _touched(after, now)


def archived(segment: Segment, now: datetime) -> Segment:
    """Set it aside; it stays as it is when it is set aside already."""
    if segment.state is SegmentState.ARCHIVED:
        return segment
    return _touched(replace(segment, state=SegmentState.ARCHIVED), now)


def restored(segment: Segment, now: datetime) -> Segment:
    """Bring it back; it stays as it is when it is in use."""
    if segment.state is SegmentState.ACTIVE:
        return segment
    return _touched(replace(segment, state=SegmentState.ACTIVE), now)


def refreshed(segment: Segment, now: datetime) -> Segment:
    """Note that the membership was worked out anew."""
    return replace(segment, refreshed=now, revision=segment.revision + 1)


def require_changeable(segment: Segment) -> None:
    """Refuse changes by hand of a segment that is set aside.

    Raises:
        SegmentArchived: it is.
    """
    _in_use(segment)


def require_sound(segment: str, workspace: str, uses: frozenset[str], known: Mapping[str, Segment]) -> None:
    """Refuse references to what is not there and circles.

    Args:
        segment: whose rule it is.
        workspace: where it lives.
        uses: what the rule refers to.
        known: every segment that can be reached from there.

    Raises:
        RuleSegmentUnknown: a reference leads nowhere, to another workspace, or to an archived segment.
        RuleCircular: the references lead back.
    """
    for used in sorted(uses):
        found = known.get(used)
        if found is None or found.workspace != workspace or found.state is SegmentState.ARCHIVED:
            raise RuleSegmentUnknown(used)
    seen: set[str] = set()
    open_ends = [(used, used) for used in sorted(uses)]
    while open_ends:
        here, through = open_ends.pop()
        if here == segment:
            raise RuleCircular(segment, through)
        if here not in seen and here in known:
            seen.add(here)
            open_ends += [(used, through) for used in known[here].uses]


def in_order(segments: Mapping[str, Segment]) -> list[Segment]:
    """Return segments so that each comes after those that its rule refers to."""
    ordered: dict[str, Segment] = {}

    def place(segment: Segment) -> None:
        if segment.id not in ordered:
            for used in sorted(segment.uses):
                if used in segments:
                    place(segments[used])
            ordered[segment.id] = segment

    for each in segments.values():
        place(each)
    return list(ordered.values())


def _named(name: str) -> str:
    if not 1 <= len(stripped := name.strip()) <= MAX_NAME:
        raise NameMissing
    return stripped


def _in_use(segment: Segment) -> None:
    if segment.state is SegmentState.ARCHIVED:
        raise SegmentArchived(segment.id)


def _touched(segment: Segment, now: datetime) -> Segment:
    return replace(segment, updated=now, version=segment.version + 1, revision=segment.revision + 1)
