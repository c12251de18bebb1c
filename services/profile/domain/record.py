"""A record: one person as one source knows it, and what a source may say about it.

Promise: values here are normalised before they arrive (e-mail lower-case, phone E.164, codes from dictionaries)
and never change; the stream of a record is decided in `record_stream`.
Not here: who the person is (identity), which value wins (survivorship).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

AttributeValue = str | float | bool | date
ContactKind = Literal["email", "phone"]
PersonKind = Literal["hcp", "patient", "contact"]
StatementStatus = Literal["granted", "refused", "revoked"]


@dataclass(frozen=True, slots=True, order=True)
class ContactPoint:
    """An address of a person: a lower-case e-mail or an E.164 phone."""

    kind: ContactKind
    value: str


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact point as a source holds it; `confirmed_at` is when its holder proved that it is theirs."""

    point: ContactPoint
    confirmed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Affiliation:
    """One workplace: person × organisation × specialty × position × role × schedule × dates.

    `organisation` is the id in the directory, None while the name was not recognised; `specialty` is a code of the
    dictionary.
    """

    organisation: str | None
    organisation_name: str
    specialty: str | None = None
    position: str | None = None
    role: str | None = None
    schedule: str | None = None
    city: str | None = None
    region: str | None = None
    starts_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class ConsentStatement:
    """What a source says about a consent; the controller is the base of the source."""

    purpose: str
    channel: str
    topic: str
    contact: ContactPoint
    status: StatementStatus
    wording: str
    time: datetime
    evidence: str


@dataclass(frozen=True, slots=True)
class RecordDraft:
    """A record as it should look after this observation: everything that the source says about one person.

    `key` is the source's external id, else a hash of the columns that the source declares as its key.
    `external_ids` are strong ids of the kind that the source names (a licence, a personnel number).
    """

    source: str
    key: str
    base: str
    kind: PersonKind
    attributes: Mapping[str, AttributeValue]
    contacts: tuple[Contact, ...]
    affiliations: tuple[Affiliation, ...]
    external_ids: tuple[str, ...]
    consents: tuple[ConsentStatement, ...]
    observed_at: datetime
