"""Invented people, sources and drafts that profile's tests share."""

from datetime import UTC, datetime, timedelta

from services.profile.domain.catalogue import Catalogue
from services.profile.domain.consent import ConsentKey, Evidence
from services.profile.domain.record import Affiliation, Contact, ContactPoint, RecordDraft
from services.profile.domain.record_stream import Record, first_observation, open_record
from services.profile.domain.sources import Source, Sources

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
MAIL = ContactPoint("email", "ivanov@example.org")
PHONE = ContactPoint("phone", "+77010000001")
CATALOGUE = Catalogue()
REGISTRY = Source("registry", "main", "hcp", "Clinic staff", frozenset({"email"}), 50, (), "staff-no")
CONGRESS = Source("congress", "main", "hcp", "Congress", frozenset(), 20)
PARTNER = Source("partner", "partner", "hcp", "Partner clinic", frozenset({"email"}), 30)
SOURCES = Sources({source.key: source for source in (REGISTRY, CONGRESS, PARTNER)})
CLINIC = Affiliation("org-1", "Clinic One", specialty="paediatrics")
KEY = ConsentKey("main", "marketing", "email", "newsletter", MAIL)


def evidence(days: int = 0, kind: str = "paper-form") -> Evidence:
    return Evidence(kind, "form 7", "v1", "steward", NOW + timedelta(days=days))


def a_draft(source: Source = REGISTRY, key: str = "k1", **changes: object) -> RecordDraft:
    given: dict[str, object] = {
        "source": source.key,
        "key": key,
        "base": source.base,
        "kind": source.kind,
        "attributes": {"family_name": "Иванов", "given_name": "Пётр", "city": "almaty"},
        "contacts": (Contact(MAIL), Contact(PHONE)),
        "affiliations": (CLINIC,),
        "external_ids": (),
        "consents": (),
        "observed_at": NOW,
    }
    return RecordDraft(**{**given, **changes})  # type: ignore[arg-type]  # a test names only what matters to it


def a_record(draft: RecordDraft | None = None, record: str = "r1", home: str = "p1", no: int = 1) -> Record:
    events = first_observation(draft or a_draft(), home, no, "import", NOW)
    return open_record(record, events[0], events[1:], NOW)  # type: ignore[arg-type]  # the first event opens
