"""People on the wire."""

from typing import Literal

from pydantic import Field

from gateway.models.consents import Consent
from gateway.models.manner import Body, Id, Key, Time, View
from gateway.models.shared import Actor, AttributeValue


class Value(View):
    """An attribute's value with where it came from."""

    value: AttributeValue | None = Field(
        default=None, description="The golden value; the first of several for a multi-valued attribute."
    )
    source: str = Field(description="The source that won.")
    record: str = Field(description="The record that it stands in.")
    observe_time: Time | None = Field(default=None, description="When it was observed.")
    confirm_time: Time | None = Field(default=None, description="When it was confirmed, if it was.")
    pinned: bool = Field(description="Pinned by hand.")
    others: list["Value"] = Field(description="Values that lost, with their sources.")


class ContactPoint(View):
    """An e-mail address, a phone and the like."""

    kind: str = Field(description="'email', 'phone', 'push', 'messenger'.")
    value: str = Field(description="The normalised value: lower-case e-mail, E.164 phone.")
    confirm_time: Time | None = Field(default=None, description="When it was confirmed.")
    record: str = Field(description="The record that holds it.")
    source: str = Field(description="The source that told it.")
    standing: str = Field(
        description="Whether it belongs to one person, several, or is blocked: 'sole', 'shared', 'blocked'."
    )
    bounce_time: Time | None = Field(default=None, description="When a letter to it came back for good, if one did.")


class Affiliation(View):
    """Where a person works, as one tuple."""

    organisation: str = Field(description="Organisation's id.")
    organisation_name: str = Field(description="Its name as written.")
    specialty: str = Field(description="Code of the dictionary 'specialties'.")
    position: str = Field(description="Position, free or a code of 'positions'.")
    role: str = Field(description="Role in the organisation.")
    schedule: str = Field(description="Working hours as written.")
    city: str = Field(description="Code of the dictionary 'cities'.")
    region: str = Field(description="Code of the dictionary 'regions'.")
    start_date: str = Field(description="First day, RFC 3339 full-date, empty when not known.")
    end_date: str = Field(description="Last day, empty while it lasts.")
    record: str = Field(description="The record that it stands in. Output only.")
    source: str = Field(description="The source that told it. Output only.")


class RecordSummary(View):
    """One record: a person as one source knows it."""

    id: str = Field(description="UUID.")
    source: str = Field(description="The source.")
    base: str = Field(description="The base that owns it.")
    home: str = Field(description="The profile that it was opened for.")
    observe_time: Time | None = Field(default=None, description="When it was last observed.")
    version: int = Field(description="The last version of its stream.")


class Profile(View):
    """A person."""

    id: str = Field(description="UUIDv7, system-made, for ever the same.")
    kind: str = Field(description="'hcp', 'patient' or 'contact'.")
    state: Literal["active", "archived", "erased"] | None = Field(description="Whether it takes part in work.")
    attributes: dict[str, Value] = Field(
        description="Golden values by attribute key, as the caller's workspace sees them."
    )
    contacts: list[ContactPoint] = Field(description="E-mails, phones and the like.")
    affiliations: list[Affiliation] = Field(description="Workplaces.")
    consents: list[Consent] = Field(description="What is allowed now, one per key.")
    records: list[RecordSummary] = Field(description="The records that make the person.")
    revision: int = Field(description="Raised by every change of the view, never lowered.")
    etag: str = Field(description="Opaque; pass it back to change exactly this state (AIP-154).")
    create_time: Time | None = Field(default=None, description="When the first record arrived.")
    update_time: Time | None = Field(default=None, description="When the view last changed.")
    archive_reason: str = Field(description="Why it is archived: a code of the reasons' list.")
    archive_comment: str = Field(description="The comment given with it.")
    time_zone: str = Field(
        description="IANA zone: pinned, else of the contact's city, the workplace's, the installation."
    )
    bases: list[str] = Field(description="Bases whose records make the person, as far as the caller may know.")
    absorbed: list[str] = Field(description="The ids that were absorbed into this one.")
    validated: bool = Field(description="Whether a steward or a confirmed source stands behind the identity.")


class ContactPointInput(Body):
    """An e-mail address, a phone and the like."""

    kind: str = Field(min_length=1, max_length=32, description="'email', 'phone', 'push', 'messenger'.")
    value: str = Field(
        min_length=1, max_length=320, description="The normalised value: lower-case e-mail, E.164 phone."
    )
    confirm_time: Time | None = Field(default=None, description="When it was confirmed.")


class AffiliationInput(Body):
    """Where a person works, as one tuple."""

    organisation: str | None = Field(default=None, max_length=64, description="Organisation's id.")
    organisation_name: str | None = Field(default=None, max_length=300, description="Its name as written.")
    specialty: str | None = Field(default=None, max_length=64, description="Code of the dictionary 'specialties'.")
    position: str | None = Field(default=None, max_length=200, description="Position, free or a code of 'positions'.")
    role: str | None = Field(default=None, max_length=200, description="Role in the organisation.")
    schedule: str | None = Field(default=None, max_length=200, description="Working hours as written.")
    city: str | None = Field(default=None, max_length=64, description="Code of the dictionary 'cities'.")
    region: str | None = Field(default=None, max_length=64, description="Code of the dictionary 'regions'.")
    start_date: str | None = Field(default=None, description="First day, RFC 3339 full-date, empty when not known.")
    end_date: str | None = Field(default=None, description="Last day, empty while it lasts.")


class ProfileInput(Body):
    """What the console may write of a person."""

    kind: Literal["hcp", "patient", "contact"] | None = Field(
        default=None, description="'hcp', 'patient' or 'contact'. Only at creation."
    )
    attributes: dict[str, AttributeValue] | None = Field(
        default=None, max_length=200, description="Values by attribute key."
    )
    contacts: list[ContactPointInput] | None = Field(
        default=None, max_length=50, description="Contact points, all of the console's."
    )
    affiliations: list[AffiliationInput] | None = Field(
        default=None, max_length=50, description="Workplaces, all of the console's."
    )
    pinned: list[str] | None = Field(
        default=None, max_length=200, description="Attribute keys whose console value wins over everything."
    )


class NewProfile(ProfileInput):
    """A person to create."""

    kind: Literal["hcp", "patient", "contact"] = Field(description="What the person is here.")
    base: Key | None = Field(
        default=None, description="The base that the console's record belongs to; needed in the workspace '*'."
    )


class PatchProfile(Body):
    """Changes of a person: what is named is replaced, an attribute that is null is withdrawn, the rest stays."""

    attributes: dict[str, AttributeValue | None] | None = Field(
        default=None, max_length=200, description="Values by attribute key; null withdraws the console's value."
    )
    contacts: list[ContactPointInput] | None = Field(
        default=None, max_length=50, description="Contact points, all of the console's."
    )
    affiliations: list[AffiliationInput] | None = Field(
        default=None, max_length=50, description="Workplaces, all of the console's."
    )
    pinned: list[str] | None = Field(
        default=None, max_length=200, description="Attribute keys whose console value wins over everything."
    )
    base: Key | None = Field(
        default=None,
        description="The base of the console's record; needed in '*' for a person of several bases without one.",
    )


class LookupProfiles(Body):
    """An identifier, as anybody writes it."""

    kind: Literal["email", "phone", "external-id"] = Field(description="'email', 'phone', 'external-id'.")
    value: str = Field(min_length=1, max_length=320, description="The value as anybody writes it; it is normalised.")
    source: str | None = Field(default=None, max_length=64, description="For an external id: its source.")


Part = Literal["kind", "state", "attributes", "contacts", "affiliations", "consents", "update_time", "etag", "bases"]
"""A part of a person; the id is always there, parts that were not asked for are empty."""


class BatchGetProfiles(Body):
    """Whose cards a list shows, and how much of each."""

    ids: list[Id] = Field(min_length=1, max_length=500, description="At most 500.")
    fields: list[Part] | None = Field(
        default=None, max_length=9, description="Only these parts of each person; everything when absent."
    )


class ProfilesById(View):
    """People in the order asked; unknown ids are left out."""

    profiles: list[Profile] = Field(description="In the order asked; absorbed ids as their survivors.")
    requested_ids: list[str] = Field(description="The id that each of `profiles` was asked by.")


class FoundProfiles(View):
    """Who holds the identifier."""

    profiles: list[Profile] = Field(description="At most 50.")


class ArchiveProfile(Body):
    """Why a person is set aside."""

    reason: str = Field(min_length=1, max_length=64, description="A code of the dictionary 'archive-reasons'.")
    comment: str | None = Field(default=None, max_length=50, description="A comment.")


class BatchArchiveProfiles(Body):
    """Whom to set aside, and why."""

    ids: list[str] = Field(min_length=1, max_length=1000, description="At most 1,000.")
    reason: str = Field(min_length=1, max_length=64, description="A code of the dictionary 'archive-reasons'.")
    comment: str | None = Field(default=None, max_length=50, description="A comment.")


class BatchArchived(View):
    """What became of each person."""

    archived: list[str] = Field(description="Archived now.")
    unchanged: list[str] = Field(description="Archived before.")
    unknown: list[str] = Field(description="Not found in the caller's workspace.")


class MergeProfiles(Body):
    """Who is absorbed."""

    other: Id = Field(description="The one that is absorbed.")


class UnmergeProfiles(Body):
    """Who comes back."""

    other: Id = Field(description="The absorbed one that comes back.")


class EraseProfile(Body):
    """On what ground a person is erased."""

    ground: str = Field(min_length=1, max_length=64, description="The legal ground or request, a code.")


class Erased(View):
    """The decision to erase."""

    erase_time: Time | None = Field(default=None, description="When the decision entered the ledger.")


class FieldChange(View):
    """One field's change."""

    path: str = Field(description="Path such as 'attributes.city'.")
    before: AttributeValue | None = Field(default=None, description="Before; absent when there was none.")
    after: AttributeValue | None = Field(default=None, description="After; absent when withdrawn.")


class ProvenanceEntry(View):
    """One thing that happened to a person."""

    id: str = Field(description="The commit and the event's place in it.")
    event: str = Field(description="The event, such as 'record-observed', 'consent-revoked'.")
    record: str = Field(description="The stream's record, empty for the profile's own.")
    source: str = Field(description="The source.")
    actor: Actor | None = Field(default=None, description="Who did it.")
    record_time: Time | None = Field(default=None, description="When it was recorded.")
    observe_time: Time | None = Field(default=None, description="When it was observed outside.")
    changes: list[FieldChange] = Field(description="What changed: field path, value before and after.")
