"""What a reader is shown to choose is what the gates would do."""

from dataclasses import replace

import pytest

from services.channel.domain.preferences import EVERYWHERE, Preference, in_force, masked

NEWS = Preference("1", "email", "marketing", "news", "email", "anna@clinic.example", b"a" * 16, granted=True)
SEMINARS = replace(NEWS, id="2", topic="seminars")
WHOLE = replace(NEWS, id="3", topic="*")


def test_a_topic_is_on_while_its_consent_stands_and_nothing_is_suppressed() -> None:
    assert in_force([NEWS, replace(SEMINARS, granted=False)], "main", set()) == (
        NEWS, replace(SEMINARS, granted=False),
    )  # fmt: skip


def test_an_unsubscribed_address_gets_nothing_and_may_be_turned_on_again() -> None:
    (shown,) = in_force([NEWS], "main", {("main", NEWS.contact_hmac)})

    assert (shown.granted, shown.obstacle) == (False, "")


def test_another_controllers_word_is_nothing_to_this_one() -> None:
    assert in_force([NEWS], "main", {("partner", NEWS.contact_hmac)}) == (NEWS,)


def test_a_dead_address_takes_nothing_whatever_its_reader_wants() -> None:
    (shown,) = in_force([NEWS], "main", {(EVERYWHERE, NEWS.contact_hmac)})

    assert (shown.granted, shown.obstacle) == (False, "address-refused")


def test_without_the_consent_for_all_topics_no_topic_counts() -> None:
    other = replace(NEWS, id="4", purpose="service")
    shown = in_force([NEWS, replace(WHOLE, granted=False), other], "main", set())

    assert [(each.id, each.granted, each.obstacle) for each in shown] == [
        ("1", False, "all-topics-off"), ("3", False, ""), ("4", True, ""),
    ]  # fmt: skip
    assert in_force([NEWS, WHOLE], "main", set()) == (NEWS, WHOLE)


@pytest.mark.parametrize(
    ("kind", "contact", "shown"),
    [
        ("email", "anna@clinic.example", "a…a@c…c.example"),
        ("email", "a@b.example", "…@….example"),
        ("email", "", ""),
        ("phone", "+79161234567", "+7…67"),
        ("phone", "112", "…"),
    ],
)
def test_a_contact_is_shown_to_its_owner_alone(kind: str, contact: str, shown: str) -> None:
    assert masked(kind, contact) == shown
