"""The gates: their order, and what each lets through."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.channel.domain.gates import EVERYWHERE, ConsentView, Contact, Held, Passed, Person, decide
from services.channel.domain.message import Finish, Message, Order, Outcome

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
ORDER = Order("b", "c", 1, "send", "t", 1, ("email",), "main", "marketing", "news", "main")
MESSAGE = Message("m", ORDER, "p", 1, NOW)
MAIL = Contact("email", "anna@clinic.example", b"a" * 16, "r1")
CONSENT = ConsentView("main", "marketing", "email", "news", MAIL.hmac, granted=True)
ANNA = Person("p", True, (MAIL,), (CONSENT,))


def judged(
    person: Person | None = ANNA, *, state: str = "sending", suppressed: object = frozenset(), held_out: bool = False
) -> object:
    return decide(replace(MESSAGE, held_out=held_out), state, person, suppressed, NOW)  # type: ignore[arg-type]  # sets of pairs


def with_consents(*consents: ConsentView) -> Person:
    return replace(ANNA, consents=consents)


def test_somebody_who_may_be_written_to_passes() -> None:
    assert judged() == Passed(MAIL)


def test_a_message_that_many_gates_would_stop_names_the_first() -> None:
    nobody = Person("p", False)
    assert judged(nobody, state="stopped", held_out=True) == Finish(Outcome.CANCELLED, "campaign-stopped")
    assert isinstance(judged(nobody, state="paused", held_out=True), Held)
    assert judged(nobody, held_out=True) == Finish(Outcome.HELD_OUT, "control-group")
    assert judged(nobody) == Finish(Outcome.ARCHIVED, "person-archived")
    assert judged(None) == Finish(Outcome.ARCHIVED, "person-gone")
    blocked = replace(ANNA, contacts=(replace(MAIL, standing="blocked"),))
    both = {("main", MAIL.hmac)}
    assert judged(replace(blocked, consents=()), suppressed=both) == Finish(Outcome.NO_CONSENT, "consent-missing")
    assert judged(blocked, suppressed=both) == Finish(Outcome.SUPPRESSED, "address-suppressed")
    assert judged(blocked) == Finish(Outcome.INVALID, "contact-invalid")
    assert judged(replace(ANNA, contacts=())) == Finish(Outcome.INVALID, "contact-missing")


@pytest.mark.parametrize(
    "consents",
    [
        (),
        (replace(CONSENT, granted=False),),
        (replace(CONSENT, controller="partner"),),
        (replace(CONSENT, purpose="service"),),
        (replace(CONSENT, channel="sms"),),
        (replace(CONSENT, topic="events"),),
        (replace(CONSENT, contact_hmac=b"b" * 16),),
        (replace(CONSENT, expires=NOW),),
        (CONSENT, replace(CONSENT, topic=EVERYWHERE, granted=False)),
        (replace(CONSENT, granted=False), replace(CONSENT, topic=EVERYWHERE)),
        (CONSENT, replace(CONSENT, granted=False)),
    ],
)
def test_without_a_valid_consent_for_this_very_thing_nothing_goes(consents: tuple[ConsentView, ...]) -> None:
    assert judged(with_consents(*consents)) == Finish(Outcome.NO_CONSENT, "consent-missing")


def test_a_consent_for_all_topics_or_one_that_still_lasts_is_enough() -> None:
    assert judged(with_consents(replace(CONSENT, topic=EVERYWHERE))) == Passed(MAIL)
    assert judged(with_consents(replace(CONSENT, expires=NOW + timedelta(days=1)))) == Passed(MAIL)


def test_suppression_counts_for_its_controller_or_for_all() -> None:
    assert judged(suppressed={("partner", MAIL.hmac)}) == Passed(MAIL)
    assert judged(suppressed={(EVERYWHERE, MAIL.hmac)}) == Finish(Outcome.SUPPRESSED, "address-suppressed")


def test_another_address_stands_in_and_ones_own_comes_before_a_shared_one() -> None:
    shared = Contact("email", "desk@clinic.example", b"b" * 16, "r2", standing="shared")
    consents = (CONSENT, replace(CONSENT, contact_hmac=shared.hmac))
    two = Person("p", True, (shared, MAIL), consents)
    assert judged(two) == Passed(MAIL)
    assert judged(two, suppressed={("main", MAIL.hmac)}) == Passed(shared)


@pytest.mark.parametrize("value", ["a@b", "a b@c.example", "a@b.example\r\nX: y", "<a@b.example>", "", "a@@b.example"])
def test_a_malformed_address_is_invalid(value: str) -> None:
    broken = replace(ANNA, contacts=(replace(MAIL, value=value),))
    assert judged(broken) == Finish(Outcome.INVALID, "contact-invalid")
