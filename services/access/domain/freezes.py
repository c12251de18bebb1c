"""Feature freezes: declared periods in which the installation holds back publishing, imports and changes of roles.

Promise: at most one stands at a time, none longer than a month; a period that is over never changes.
Not here: how a call is refused (the door does, by what the caller's token carries).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from chassis.kernel.problem import IdempotencyKeyReused
from services.access.domain.errors import FreezeOverlaps, FreezePeriodRefused, FreezeUnknown

LONGEST = timedelta(days=31)
"""A longer one is a slip of the pen: nobody could work for a year because of a wrong digit."""

KEPT = 100
"""Periods that are remembered, the newest."""


class Scope(StrEnum):
    """What is held back."""

    PUBLISHING = "publishing"
    IMPORTS = "imports"
    ROLES = "roles"


@dataclass(frozen=True, slots=True)
class Freeze:
    """A declared period."""

    id: str
    title: str
    begins_at: datetime
    ends_at: datetime
    scopes: tuple[Scope, ...]
    declared_by: str
    lifted_at: datetime | None = None

    @property
    def until(self) -> datetime:
        """Return when it really ends."""
        return self.ends_at if self.lifted_at is None else max(self.begins_at, min(self.ends_at, self.lifted_at))

    def near(self, now: datetime, ahead: timedelta) -> bool:
        """Tell whether it stands or begins soon."""
        return self.begins_at < now + ahead and now < self.until

    def holds(self, scope: Scope, now: datetime) -> bool:
        """Tell whether it holds something back now."""
        return scope in self.scopes and self.begins_at <= now < self.until


def declare(known: Sequence[Freeze], wanted: Freeze, now: datetime) -> list[Freeze]:
    """Add a period; one that is there already, by the same request, stays as it is.

    Raises:
        FreezePeriodRefused: it ends before it begins or in the past, or lasts too long.
        FreezeOverlaps: another one stands at some moment of it.
        IdempotencyKeyReused: the same request declared another period.
    """
    same = next((each for each in known if each.id == wanted.id), None)
    if same is not None:
        if (same.title, same.ends_at, same.scopes) != (wanted.title, wanted.ends_at, wanted.scopes):
            raise IdempotencyKeyReused
        return list(known)
    wanted = replace(wanted, begins_at=max(wanted.begins_at, now))
    if not timedelta(0) < wanted.ends_at - wanted.begins_at <= LONGEST:
        raise FreezePeriodRefused(LONGEST.days)
    for each in known:
        if each.begins_at < wanted.ends_at and wanted.begins_at < each.until:
            raise FreezeOverlaps(each.id, each.title)
    return sorted([*known, wanted], key=lambda each: each.begins_at)[-KEPT:]


def lift(known: Sequence[Freeze], freeze: str, now: datetime) -> list[Freeze]:
    """End a period now, or take back one that has not begun; one that is over stays as it is.

    Raises:
        FreezeUnknown: there is none of that id.
    """
    if all(each.id != freeze for each in known):
        raise FreezeUnknown(freeze)
    return [replace(each, lifted_at=now) if each.id == freeze and now < each.until else each for each in known]


def kept_roles(told: Sequence[str], known: Sequence[str], freezes: Sequence[Freeze], now: datetime) -> tuple[str, ...]:
    """Return the roles that count of those that the provider tells: while roles are frozen, none that is new."""
    if not any(each.holds(Scope.ROLES, now) for each in freezes):
        return tuple(told)
    return tuple(role for role in told if role in known)
