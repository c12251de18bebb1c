"""What an observation changes, and what it leaves."""

from datetime import timedelta

from services.profile.domain.events import RecordObserved
from services.profile.domain.record import ConsentStatement, Contact, ContactPoint
from services.profile.domain.record_stream import mark_contact, observe
from tests.unit.profile.people_samples import KEY, MAIL, NOW, PHONE, a_draft, a_record

LATER = NOW + timedelta(days=1)


def test_the_same_again_changes_nothing() -> None:
    assert observe(a_record(), a_draft(observed_at=LATER), "import", LATER) == []


def test_only_what_differs_is_an_event() -> None:
    draft = a_draft(attributes={"family_name": "Иванов", "given_name": "Пётр", "degree": "phd"}, observed_at=LATER)

    [event] = observe(a_record(), draft, "import", LATER)

    assert event == RecordObserved(LATER, {"degree": "phd"}, ("city",))
    after = a_record().after(event)
    assert {key: each.value for key, each in after.attributes.items()} == dict(draft.attributes)
    assert after.version == 2
    assert after.attributes["family_name"].observed_at == NOW


def test_an_observation_from_the_future_is_clamped_to_its_receipt() -> None:
    [event] = observe(a_record(), a_draft(attributes={}, observed_at=NOW + timedelta(days=400)), "import", LATER)

    assert isinstance(event, RecordObserved)
    assert event.observed_at == LATER


def test_a_late_file_does_not_undo_a_newer_one() -> None:
    assert observe(a_record(), a_draft(attributes={}, observed_at=NOW - timedelta(days=1)), "import", LATER) == []


def test_a_known_confirmation_is_kept_when_the_source_does_not_repeat_it() -> None:
    record = a_record(a_draft(contacts=(Contact(MAIL, NOW),)))

    assert observe(record, a_draft(contacts=(Contact(MAIL),)), "import", LATER) == []


def test_a_consent_statement_counts_once_and_an_older_one_never() -> None:
    statement = ConsentStatement("marketing", "email", "newsletter", MAIL, "granted", "v1", NOW, "row 4")
    record = a_record(a_draft(consents=(statement,)))
    assert record.consents[KEY].status == "granted"

    assert observe(record, a_draft(consents=(statement,)), "import", LATER) == []
    older = ConsentStatement("marketing", "email", "newsletter", MAIL, "revoked", "v1", NOW - timedelta(1), "row 5")
    assert observe(record, a_draft(consents=(older,)), "import", LATER) == []


def test_a_bounce_is_noted_once_and_only_on_a_held_contact() -> None:
    record = a_record()
    events = mark_contact(record, MAIL, "bounced", LATER)
    assert len(events) == 1
    assert mark_contact(record.after(*events), MAIL, "bounced", LATER) == []
    assert mark_contact(record, ContactPoint("email", "other@example.org"), "bounced", LATER) == []
    assert record.holds(PHONE)
