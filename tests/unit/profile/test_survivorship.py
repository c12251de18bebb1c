"""Which value wins, in the whole installation and in a face."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.profile.domain.record import Contact
from services.profile.domain.record_stream import Observed, Record, mark_contact
from services.profile.domain.sources import CONSOLE
from services.profile.domain.survivorship import golden_values, held_affiliations, held_contacts, kind_of
from tests.unit.profile.people_samples import (
    CATALOGUE,
    CLINIC,
    CONGRESS,
    MAIL,
    NOW,
    PARTNER,
    SOURCES,
    a_draft,
    a_record,
)


def said(record: Record, city: str, days: int = 0) -> Record:
    return replace(record, attributes={"city": Observed(city, NOW + timedelta(days=days))})


REGISTERED = said(a_record(record="r1"), "almaty")
AT_CONGRESS = said(a_record(a_draft(CONGRESS), record="r2"), "astana", days=9)
AT_PARTNER = said(a_record(a_draft(PARTNER), record="r3"), "shymkent", days=5)
BY_HAND = replace(said(REGISTERED, "oral"), id="r4", source=CONSOLE, pinned=frozenset({"city"}))


def test_the_source_of_higher_priority_wins_over_a_later_word() -> None:
    golden = golden_values([AT_CONGRESS, REGISTERED], CATALOGUE, SOURCES)["city"]

    assert (golden.best.value, golden.best.source) == ("almaty", "registry")
    assert [each.value for each in golden.others] == ["astana"]


def test_a_pin_wins_over_everything() -> None:
    assert golden_values([REGISTERED, BY_HAND, AT_PARTNER], CATALOGUE, SOURCES)["city"].best.value == "oral"


def test_a_face_is_made_of_its_base_alone() -> None:
    assert golden_values([AT_PARTNER], CATALOGUE, SOURCES)["city"].best.value == "shymkent"


def test_a_value_outside_the_catalogue_is_not_shown() -> None:
    stray = replace(REGISTERED, attributes={"shoe_size": Observed(42.0, NOW)})
    assert golden_values([stray], CATALOGUE, SOURCES) == {}


def test_contacts_and_workplaces_that_two_sources_state_are_one() -> None:
    contacts = held_contacts([AT_CONGRESS, REGISTERED], SOURCES)

    assert contacts[0].point == MAIL
    assert contacts[0].record == "r1"
    assert contacts[0].confirmed_at == NOW
    assert contacts[0].records == ("r1", "r2")
    assert [each.affiliation for each in held_affiliations([AT_CONGRESS, REGISTERED], SOURCES)] == [CLINIC]


def test_a_bounce_counts_until_the_address_is_confirmed_again() -> None:
    later = NOW + timedelta(days=3)
    bounced = REGISTERED.after(*mark_contact(REGISTERED, MAIL, "bounced", later))
    assert held_contacts([bounced], SOURCES)[0].bounced_at == later

    confirmed = replace(bounced, contacts=(Contact(MAIL, later + timedelta(days=1)),))
    assert held_contacts([confirmed], SOURCES)[0].bounced_at is None


def test_a_doctor_in_any_source_is_a_doctor() -> None:
    assert kind_of([replace(REGISTERED, kind="contact"), AT_PARTNER]) == "hcp"
    assert kind_of([]) == "contact"


@given(order=st.permutations([REGISTERED, AT_CONGRESS, AT_PARTNER, BY_HAND]))
def test_the_order_of_records_means_nothing(order: list[Record]) -> None:
    assert golden_values(order, CATALOGUE, SOURCES) == golden_values(
        [REGISTERED, AT_CONGRESS, AT_PARTNER, BY_HAND], CATALOGUE, SOURCES
    )
