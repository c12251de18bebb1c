"""Everything that can happen to a record or to a profile, as facts.

A record's stream carries what its source says and what was decided about it; a profile's stream carries only what is
true of the person as a whole. Stored names are in `STORED`: a name, once stored, means the same for ever.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from services.profile.domain.consent import ConsentChanged
from services.profile.domain.record import Affiliation, AttributeValue, Contact, ContactPoint, PersonKind

ContactMark = Literal["bounced", "complained"]
MergeCause = Literal["keys", "steward"]


@dataclass(frozen=True, slots=True)
class RecordOpened:
    """A source spoke of somebody for the first time; the record lives in this home."""

    source: str
    key: str
    base: str
    kind: PersonKind
    home: str
    no: int


@dataclass(frozen=True, slots=True)
class RecordObserved:
    """What a source says now where it differs from what it said before; None means no difference."""

    observed_at: datetime
    values: Mapping[str, AttributeValue] = field(default_factory=dict)
    withdrawn: tuple[str, ...] = ()
    contacts: tuple[Contact, ...] | None = None
    affiliations: tuple[Affiliation, ...] | None = None
    external_ids: tuple[str, ...] | None = None
    kind: PersonKind | None = None


@dataclass(frozen=True, slots=True)
class ValuesPinned:
    """From now on exactly these attributes of the console record win over everything."""

    attributes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RecordSplit:
    """The record belongs to another home from now on."""

    home: str
    no: int


@dataclass(frozen=True, slots=True)
class ContactMarked:
    """Something was learnt about a contact point by writing to it."""

    point: ContactPoint
    mark: ContactMark
    time: datetime


@dataclass(frozen=True, slots=True)
class ProfileAbsorbed:
    """The profile lives on in another; its id answers as the survivor's."""

    into: str
    cause: MergeCause


@dataclass(frozen=True, slots=True)
class ProfileAbsorbs:
    """The profile took another in."""

    profile: str
    no: int
    cause: MergeCause


@dataclass(frozen=True, slots=True)
class ProfileReleased:
    """An absorbed profile lives by itself again."""

    by: str
    cause: MergeCause


@dataclass(frozen=True, slots=True)
class ProfileReleases:
    """The profile gave back one that it had absorbed."""

    profile: str
    no: int
    cause: MergeCause


@dataclass(frozen=True, slots=True)
class ProfileArchived:
    """The person was set aside, for a reason from the list and a comment."""

    reason: str
    comment: str


@dataclass(frozen=True, slots=True)
class ProfileRestored:
    """The person takes part in work again."""


@dataclass(frozen=True, slots=True)
class ProfileErased:
    """The person is gone for good; only ids remain."""

    ground: str


RecordEvent = RecordOpened | RecordObserved | ValuesPinned | RecordSplit | ConsentChanged | ContactMarked
ProfileEvent = (
    ProfileAbsorbed
    | ProfileAbsorbs
    | ProfileReleased
    | ProfileReleases
    | ProfileArchived
    | ProfileRestored
    | ProfileErased
)
Event = RecordEvent | ProfileEvent

STORED: Mapping[type[Event], str] = {
    RecordOpened: "record-opened",
    RecordObserved: "record-observed",
    ValuesPinned: "values-pinned",
    RecordSplit: "record-split",
    ContactMarked: "contact-marked",
    ProfileAbsorbed: "profile-absorbed",
    ProfileAbsorbs: "profile-absorbs",
    ProfileReleased: "profile-released",
    ProfileReleases: "profile-releases",
    ProfileArchived: "profile-archived",
    ProfileRestored: "profile-restored",
    ProfileErased: "profile-erased",
}


def name_of(event: Event) -> str:
    """Return the stored name of an event; a consent's carries its status."""
    return event.name if isinstance(event, ConsentChanged) else STORED[type(event)]
