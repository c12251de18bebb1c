"""The record as an aggregate: what its stream amounts to, and what an observation changes.

Promise: observing the same again is no event; `after` is a pure fold, so that any past state can be had.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from services.profile.domain.consent import ConsentChanged, ConsentKey, changed_by, state
from services.profile.domain.events import (
    ContactMark,
    ContactMarked,
    RecordEvent,
    RecordObserved,
    RecordOpened,
    RecordSplit,
    ValuesPinned,
)
from services.profile.domain.names import Name
from services.profile.domain.record import (
    Affiliation,
    AttributeValue,
    Contact,
    ContactPoint,
    PersonKind,
    RecordDraft,
)

_Changes = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Observed:
    """A value and when its source was seen to say it."""

    value: AttributeValue
    observed_at: datetime


@dataclass(frozen=True, slots=True)
class Mark:
    """The last thing learnt about a contact point by writing to it."""

    mark: ContactMark
    time: datetime


@dataclass(frozen=True, slots=True)
class Record:
    """One person as one source knows it, as of `version` of its stream."""

    id: str
    source: str
    key: str
    base: str
    kind: PersonKind
    home: str
    no: int
    version: int
    opened_at: datetime
    observed_at: datetime
    attributes: Mapping[str, Observed] = field(default_factory=dict)
    contacts: tuple[Contact, ...] = ()
    affiliations: tuple[Affiliation, ...] = ()
    external_ids: tuple[str, ...] = ()
    pinned: frozenset[str] = frozenset()
    marks: Mapping[ContactPoint, Mark] = field(default_factory=dict)
    consents: Mapping[ConsentKey, ConsentChanged] = field(default_factory=dict)

    @property
    def stream(self) -> str:
        """Return the name of the record's event stream."""
        return record_stream(self.id)

    @property
    def name(self) -> Name:
        """Return the person's name as the source wrote it."""
        return name_in({key: each.value for key, each in self.attributes.items()})

    def holds(self, point: ContactPoint) -> bool:
        """Tell whether the record holds this contact point."""
        return any(contact.point == point for contact in self.contacts)

    def after(self, *events: RecordEvent, version: int | None = None) -> "Record":
        """Return the record after these events of one commit; `version` is the commit's, by default the next."""
        record, changes = self, _Changes()
        for event in events:
            if changes:
                record = replace(record, **changes)
            changes = _changes(record, event)
        return replace(record, **{**changes, "version": self.version + 1 if version is None else version})


def record_stream(record: str) -> str:
    """Return the name of a record's event stream."""
    return f"record:{record}"


def name_in(attributes: Mapping[str, AttributeValue]) -> Name:
    """Read the parts of a name out of attributes."""
    return Name(
        str(attributes.get("family_name", "")),
        str(attributes.get("given_name", "")),
        str(attributes.get("patronymic", "")),
    )


def open_record(
    record: str, opened: RecordOpened, events: Iterable[RecordEvent], recorded_at: datetime, version: int = 1
) -> Record:
    """Return the record that a stream's first commit makes; `events` are those after the opening, one at least."""
    first, *rest = events
    said = first if isinstance(first, RecordObserved) else RecordObserved(recorded_at)
    record_as_said = Record(
        id=record,
        source=opened.source,
        key=opened.key,
        base=opened.base,
        kind=said.kind or opened.kind,
        home=opened.home,
        no=opened.no,
        version=version,
        opened_at=recorded_at,
        observed_at=said.observed_at,
        attributes={key: Observed(value, said.observed_at) for key, value in said.values.items()},
        contacts=said.contacts or (),
        affiliations=said.affiliations or (),
        external_ids=said.external_ids or (),
    )
    if first is not said:
        rest.insert(0, first)
    return record_as_said.after(*rest, version=version) if rest else record_as_said


def first_observation(draft: RecordDraft, home: str, no: int, actor: str, now: datetime) -> list[RecordEvent]:
    """Open a record with everything that its source says."""
    observed = RecordObserved(
        observed_at=min(draft.observed_at, now),
        values=dict(draft.attributes),
        contacts=draft.contacts or None,
        affiliations=draft.affiliations or None,
        external_ids=draft.external_ids or None,
    )
    events: list[RecordEvent] = [
        RecordOpened(draft.source, draft.key, draft.base, draft.kind, home, no),
        observed,
    ]
    events.extend(_statements({}, draft, actor))
    return events


def observe(record: Record, draft: RecordDraft, actor: str, now: datetime) -> list[RecordEvent]:
    """Compare what the source says now with what it said before; what is the same is no event.

    An attribute that the draft leaves out is withdrawn, and an observation older than the last one adds only consents:
    a late file must not undo a newer one.
    """
    events: list[RecordEvent] = []
    observed_at = min(draft.observed_at, now)
    if observed_at >= record.observed_at:
        known = record.attributes
        values = {
            key: value for key, value in draft.attributes.items() if key not in known or known[key].value != value
        }
        withdrawn = tuple(sorted(known.keys() - draft.attributes.keys()))
        contacts = _differing(record.contacts, draft.contacts)
        affiliations = None if draft.affiliations == record.affiliations else draft.affiliations
        external_ids = None if draft.external_ids == record.external_ids else draft.external_ids
        kind = None if draft.kind == record.kind else draft.kind
        changed = any(each is not None for each in (contacts, affiliations, external_ids, kind))
        if values or withdrawn or changed:
            events.append(RecordObserved(observed_at, values, withdrawn, contacts, affiliations, external_ids, kind))
    events.extend(_statements(record.consents, draft, actor))
    return events


def mark_contact(record: Record, point: ContactPoint, mark: ContactMark, time: datetime) -> list[RecordEvent]:
    """Note that writing to a contact point bounced or was complained about; the same or an older mark adds nothing."""
    known = record.marks.get(point)
    if not record.holds(point) or (known is not None and (known.time >= time or known.mark == mark)):
        return []
    return [ContactMarked(point, mark, time)]


def _differing(before: tuple[Contact, ...], after: tuple[Contact, ...]) -> tuple[Contact, ...] | None:
    """Return the new contacts if they differ; a known confirmation is kept when the source does not repeat it."""
    confirmed = {contact.point: contact.confirmed_at for contact in before}
    kept = tuple(
        contact if contact.confirmed_at else replace(contact, confirmed_at=confirmed.get(contact.point))
        for contact in after
    )
    return None if kept == before else kept


def _statements(ledger: Mapping[ConsentKey, ConsentChanged], draft: RecordDraft, actor: str) -> list[ConsentChanged]:
    growing = dict(ledger)
    found: list[ConsentChanged] = []
    for statement in sorted(draft.consents, key=lambda each: (each.time, each.status)):
        for changed in state(growing, changed_by(statement, draft.base, actor)):
            growing[changed.key] = changed
            found.append(changed)
    return found


def _changes(record: Record, event: RecordEvent) -> _Changes:
    """Give the fields that an event changes, with what they are afterwards."""
    match event:
        case RecordObserved():
            return _observed(record, event)
        case ConsentChanged():
            return {"consents": {**record.consents, event.key: event}}
        case ValuesPinned(attributes):
            return {"pinned": frozenset(attributes)}
        case RecordSplit(home, no):
            return {"home": home, "no": no}
        case ContactMarked(point, mark, time):
            return {"marks": {**record.marks, point: Mark(mark, time)}}
        case RecordOpened():
            return {}


def _observed(record: Record, event: RecordObserved) -> _Changes:
    attributes = dict(record.attributes)
    for key in event.withdrawn:
        attributes.pop(key, None)
    attributes.update((key, Observed(value, event.observed_at)) for key, value in event.values.items())
    changes: _Changes = {"observed_at": event.observed_at, "attributes": attributes}
    if event.kind:
        changes["kind"] = event.kind
    if event.contacts is not None:
        changes["contacts"] = event.contacts
    if event.affiliations is not None:
        changes["affiliations"] = event.affiliations
    if event.external_ids is not None:
        changes["external_ids"] = event.external_ids
    return changes
