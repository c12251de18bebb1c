"""Facts as the warehouse keeps them: what somebody did, what became of a message, who a subject belongs to.

Promise: a fact's place is a function of the fact (subject, day, id), so the same fact told twice is one fact.
Not here: people's values. A fact holds ids, codes, times and numbers.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum


class DeliveryKind(StrEnum):
    """What a delivery fact tells of its message."""

    REQUESTED = "requested"
    HELD = "held"
    OUTCOME = "outcome"
    MARK = "mark"


OUTCOMES = (
    "delivered",
    "bounced",
    "failed",
    "unconfirmed",
    "cancelled",
    "duplicate",
    "held-out",
    "archived",
    "no-consent",
    "suppressed",
    "invalid",
    "read-elsewhere",
    "capped",
    "expired",
)
"""Codes of every way in which a message can end."""

MARKS = ("opened", "clicked", "replied", "unsubscribed", "complained", "bounced-later")
"""Codes of what can happen to a message beside its outcome."""


@dataclass(frozen=True, slots=True)
class Activity:
    """Somebody did something. `id` is unique within the installation; `recorded` is when it was taken in."""

    id: str
    event_id: str
    subject: str
    profile: str
    base: str
    source: str
    name: str
    time: datetime
    recorded: datetime
    numbers: Mapping[str, float] = field(default_factory=dict)
    flags: Mapping[str, bool] = field(default_factory=dict)
    times: Mapping[str, datetime] = field(default_factory=dict)
    codes: Mapping[str, str] = field(default_factory=dict)
    dropped: int = 0


@dataclass(frozen=True, slots=True)
class Delivery:
    """One fact of one message. `code` is the outcome or the mark; `subject` is the record whose address was used."""

    id: str
    kind: DeliveryKind
    code: str
    subject: str
    profile: str
    message: str
    campaign: str
    entry: int
    channel: str
    workspace: str
    time: datetime
    recorded: datetime
    reason: str = ""
    machine: bool = False
    controller: str = ""
    node: str = ""
    template: str = ""
    template_version: int = 0
    provider_code: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """What one run of a campaign is after: the goal that its conversions are counted by."""

    campaign: str
    entry: int
    node: str
    workspace: str
    goal_event: str
    goal_window_hours: int
    recorded: datetime


@dataclass(frozen=True, slots=True)
class Membership:
    """A person is in a segment from `time` on, or no longer."""

    segment: str
    profile: str
    member: bool
    time: datetime


@dataclass(frozen=True, slots=True)
class Link:
    """A subject (record, device, profile id) belongs to a person; an absorbed profile's id to its survivor.

    `profile` tells that the subject is itself a profile's id.
    """

    subject: str
    person: str
    version: int
    profile: bool = False


@dataclass(frozen=True, slots=True)
class Face:
    """A person as one base's records make it, or the whole installation's ("*"): non-personal values only."""

    person: str
    base: str
    revision: int
    kind: str
    state: str
    texts: Mapping[str, list[str]]
    numbers: Mapping[str, float]
    flags: Mapping[str, bool]
    dates: Mapping[str, date]
    specialties: list[str]
    cities: list[str]
    regions: list[str]
    organisations: list[str]


FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2299, 12, 31)
"""What the warehouse's dates and moments can hold."""


def is_storable(day: date) -> bool:
    """Tell whether the warehouse can hold a day; one that it cannot is left out, not bent into another."""
    return FIRST_DAY <= day <= LAST_DAY


def day_of(moment: datetime) -> date:
    """Tell the day by which a fact is sorted: UTC, so that a changed report zone moves nothing."""
    return moment.astimezone(UTC).date()


_FETCHED = 1 << 62
_DECIDED = 1 << 61


def version_of_mention(recorded: datetime) -> int:
    """Rank a link that an activity or a delivery merely mentions: any decision outranks it."""
    return _milliseconds(recorded)


def version_of_decision(recorded: datetime) -> int:
    """Rank a link that profile published as decided, such as a device's: a fetched one outranks it."""
    return _DECIDED | _milliseconds(recorded)


def version_of_fetch(begun: datetime) -> int:
    """Rank a link read from profile, by the moment at which the reading began.

    The last change of a person causes a reading that begins after it, so the highest such version holds the truth,
    in whatever order concurrent readings are written. Revisions cannot do this: they count per person, and a merge
    moves a subject from one person to another.
    """
    return _FETCHED | _milliseconds(begun)


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
