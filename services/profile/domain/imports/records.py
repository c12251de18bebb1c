"""Rows of one person become one record.

Promise: the same rows give the same draft in whatever order they stand: the first row in file order wins where two
differ, workplaces and contact points are collected and sorted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import cast

from services.profile.domain.dictionaries import Dictionary
from services.profile.domain.imports.cells import Value
from services.profile.domain.imports.targets import Target
from services.profile.domain.organisations import Place
from services.profile.domain.record import (
    Affiliation,
    AttributeValue,
    ConsentStatement,
    Contact,
    ContactPoint,
    PersonKind,
    RecordDraft,
)
from services.profile.domain.sources import ConsentTerms, Source

Values = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Drafting:
    """What rows need to become records: their source, the file as evidence, and what codes mean.

    `evidence` names the file; `uploaded_at` stands in for the time of an observation that the file does not tell.
    """

    source: Source
    kind: PersonKind
    targets: Mapping[str, Target]
    cities: Dictionary | None
    evidence: str
    uploaded_at: datetime


def places_of(rows: Sequence[Values]) -> list[Place]:
    """List the organisations that rows name."""
    return [Place(str(row["organisation"]), _city_of(row)) for row in rows if row.get("organisation")]


def draft_of(key: str, rows: Sequence[Values], drafting: Drafting, organisations: Mapping[Place, str]) -> RecordDraft:
    """Make the record of one person's rows, which come in file order."""
    contacts = _contacts(rows)
    observed = [moment for row in rows if (moment := _moment(row.get("observed_at")))]
    observed_at = min(max(observed), drafting.uploaded_at) if observed else drafting.uploaded_at
    external = sorted({str(row["external_id"]) for row in rows if row.get("external_id")})
    return RecordDraft(
        source=drafting.source.key,
        key=key,
        base=drafting.source.base,
        kind=drafting.kind,
        attributes=_attributes(rows, drafting.targets),
        contacts=contacts,
        affiliations=_affiliations(rows, drafting, organisations),
        external_ids=tuple(external) if drafting.source.external_id_kind else (),
        consents=_consents(rows, drafting, observed_at) if drafting.source.consent else (),
        observed_at=observed_at,
    )


def _attributes(rows: Sequence[Values], targets: Mapping[str, Target]) -> dict[str, AttributeValue]:
    found: dict[str, AttributeValue] = {}
    for row in rows:
        for key, value in row.items():
            target = targets.get(key)
            if key in found or value is None or isinstance(value, list) or target is None or target.part != "attribute":
                continue
            if target.reads in {"date", "year_or_date"}:
                found[key] = date.fromisoformat(str(value))
            else:
                found[key] = value
    return dict(sorted(found.items()))


def _contacts(rows: Sequence[Values]) -> tuple[Contact, ...]:
    points = {
        ContactPoint(kind, value)
        for row in rows
        for kind in ("email", "phone")
        if isinstance(values := row.get(kind), list)
        for value in values
    }
    return tuple(Contact(point) for point in sorted(points))


def _affiliations(
    rows: Sequence[Values], drafting: Drafting, organisations: Mapping[Place, str]
) -> tuple[Affiliation, ...]:
    found = set()
    for row in rows:
        name = str(row.get("organisation") or "")
        if not name and not row.get("specialty") and not row.get("position"):
            continue
        city = _city_of(row)
        known = drafting.cities.terms.get(city) if drafting.cities and city else None
        found.add(
            Affiliation(
                organisation=organisations.get(Place(name, city)),
                organisation_name=name,
                specialty=_word(row, "specialty"),
                position=_word(row, "position"),
                role=_word(row, "role"),
                schedule=_word(row, "schedule"),
                city=city,
                region=_word(row, "workplace_region") or (known.parent if known else None),
                starts_on=_day(row.get("starts_on")),
                ends_on=_day(row.get("ends_on")),
            )
        )
    return tuple(sorted(found, key=repr))


def _consents(rows: Sequence[Values], drafting: Drafting, observed_at: datetime) -> tuple[ConsentStatement, ...]:
    terms = cast(ConsentTerms, drafting.source.consent)
    found: dict[tuple[ContactPoint, str, datetime], ConsentStatement] = {}
    for row in rows:
        for column, status in (("opt_in_date", "granted"), ("opt_out_date", "revoked")):
            said = row.get(column)
            if not isinstance(said, str):
                continue
            time = _moment(said) or observed_at
            for channel, point in _addressed(row):
                statement = ConsentStatement(
                    purpose=terms.purpose,
                    channel=channel,
                    topic=terms.topic,
                    contact=point,
                    status="granted" if status == "granted" else "revoked",
                    wording=terms.wording,
                    time=min(time, drafting.uploaded_at),
                    evidence=drafting.evidence,
                )
                found.setdefault((point, status, time), statement)
    return tuple(sorted(found.values(), key=lambda each: (each.time, each.contact, each.status)))


def _addressed(row: Values) -> list[tuple[str, ContactPoint]]:
    """Say what an opt-in of a row is for: letters to its e-mails, else short messages to its phones."""
    for kind, channel in (("email", "email"), ("phone", "sms")):
        values = row.get(kind)
        if isinstance(values, list) and values:
            return [(channel, ContactPoint("email" if kind == "email" else "phone", value)) for value in values]
    return []


def _city_of(row: Values) -> str | None:
    return _word(row, "workplace_city") or _word(row, "city")


def _word(row: Values, key: str) -> str | None:
    value = row.get(key)
    return str(value) if value else None


def _day(value: Value) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else None


def _moment(value: Value) -> datetime | None:
    if not isinstance(value, str) or value == "yes":
        return None
    moment = datetime.fromisoformat(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
