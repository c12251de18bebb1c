"""A face: what one workspace sees of a person, as rules and the index read it.

Promise: values are already in their compared form (text folded, numbers as float, dates as `YYYY-MM-DD`), so that
every evaluator compares the same thing. Health-class values never get here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from chassis.kernel import WHOLE
from services.segment.domain.names import fold

ALL = "all"
"""The face that the whole installation sees."""

Value = str | float
"""A compared value: folded text, code, `true`/`false` or ISO date as text; a number as float."""


@dataclass(frozen=True, slots=True)
class Affiliation:
    """One workplace: every part belongs to the same tuple, folded. Missing parts are empty."""

    organisation: str = ""
    organisation_name: str = ""
    specialty: str = ""
    position: str = ""
    role: str = ""
    schedule: str = ""
    city: str = ""
    region: str = ""
    start: str = ""
    end: str = ""


@dataclass(frozen=True, slots=True)
class Consent:
    """What a controller may do over a channel; `until` is None when the consent does not expire.

    `usable` says that the address that it follows works and that nothing stricter covers every topic of it.
    """

    controller: str
    purpose: str
    channel: str
    topic: str
    status: str
    until: datetime | None = None
    usable: bool = True


@dataclass(frozen=True, slots=True)
class Face:
    """One person in one workspace at one revision.

    `channels` can be used, `bounced` only have addresses that came back for good. `names` are the name parts as
    written, family name first, `phones` E.164, `emails` lower-case: for search by text only.
    """

    profile: str
    no: int
    face: str
    revision: int
    status: str
    kind: str
    bases: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()
    bounced: frozenset[str] = frozenset()
    attributes: Mapping[str, tuple[Value, ...]] = field(default_factory=dict)
    affiliations: tuple[Affiliation, ...] = ()
    consents: tuple[Consent, ...] = ()
    names: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    updated: datetime | None = None

    @property
    def key(self) -> str:
        """Return the identity of the document: one per person and face."""
        return face_key(self.profile, self.face)


def face_of(workspace: str) -> str:
    """Return the face that a workspace sees."""
    return ALL if workspace == WHOLE else workspace


def face_key(profile: str, face: str) -> str:
    """Return the identity of a person's document in the index."""
    return f"{profile}:{face}"


def tombstone(profile: str, no: int, face: str, revision: int, status: str) -> Face:
    """Return what stays of a face that is gone: no values, only that it was, until the bus has forgotten it."""
    return Face(profile=profile, no=no, face=face, revision=revision, status=status, kind="")


def compared(value: str | float | bool) -> Value:
    """Return the form in which a value is compared.

    Booleans become `true` and `false`; text is folded and cut at 256 characters, which is also what the index keeps.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return float(value) + 0.0  # -0.0 is smaller than 0.0 to the index, so there is none
    return fold(value)[:256]
