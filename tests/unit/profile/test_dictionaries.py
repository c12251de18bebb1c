"""Dictionaries and organisations: a spelling has one meaning, a guess stays a guess."""

import zoneinfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.profile.adapters.seeds import shipped_dictionaries
from services.profile.domain.dictionaries import Dictionary, Term
from services.profile.domain.directory_errors import OrganisationInItself, TermCodeTaken, TermParentUnknown
from services.profile.domain.organisations import (
    Directory,
    Organisation,
    Place,
    check_parent,
    organisation_id,
    organisation_key,
    resolved,
)

SHIPPED = shipped_dictionaries()


@pytest.mark.parametrize(
    ("dictionary", "text", "code"),
    [
        ("specialties", "Педиатр", "paediatrics"),
        ("specialties", "врач-педиатр", "paediatrics"),
        ("specialties", "педиатр участковый", "paediatrics"),
        ("specialties", "ЛОР", "otolaryngology"),
        ("specialties", "Pediatrician", "paediatrics"),
        ("specialties", "акушер-гинеколог", "gynaecology"),
        ("cities", "г. Москва", "moscow"),
        ("cities", "СПб", "saint-petersburg"),
        ("cities", "Орел", "oryol"),
        ("cities", "Ростов на Дону", "rostov-on-don"),
        ("cities", "Nizhnij Novgorod", "nizhny-novgorod"),
        ("cities", "Nizhnii Novgorod", "nizhny-novgorod"),
        ("cities", "Chelyabinsk", "chelyabinsk"),
        ("specialties", "Kardiolog", "cardiology"),
        ("degrees", "к.м.н.", "candidate"),
        ("positions", "зам. гл. врача", "deputy-chief-physician"),
        ("regions", "Татарстан", "ru-ta"),
        ("sexes", "Ж", "female"),
    ],
)
def test_usual_spellings_are_known(dictionary: str, text: str, code: str) -> None:
    assert SHIPPED[dictionary].resolve(text).code == code


def test_a_near_spelling_is_only_suggested() -> None:
    read = SHIPPED["specialties"].resolve("педиастр")
    assert (read.code, read.suggestion) == (None, "paediatrics")
    assert SHIPPED["cities"].resolve("Екатиринбург").suggestion == "yekaterinburg"
    assert SHIPPED["cities"].resolve("Запределье").suggestion is None


def test_every_name_shipped_means_its_own_term() -> None:
    for dictionary in SHIPPED.values():
        for term in dictionary.terms.values():
            for name in term.names.values():
                assert dictionary.resolve(name).code == term.code, (dictionary.name, name)


def test_cities_lie_in_known_regions_and_zones() -> None:
    assert {term.parent for term in SHIPPED["cities"].terms.values()} - {""} <= SHIPPED["regions"].terms.keys()
    assert {term.time_zone for term in SHIPPED["cities"].terms.values()} <= zoneinfo.available_timezones()


@given(st.text(max_size=200))
def test_no_text_breaks_a_dictionary(text: str) -> None:
    SHIPPED["cities"].resolve(text)
    SHIPPED["cities"].search(text)


def test_search_finds_any_piece_and_beginnings_first() -> None:
    codes = [term.code for term in SHIPPED["cities"].search("новгород")]
    assert {"nizhny-novgorod", "veliky-novgorod"} <= set(codes)
    assert SHIPPED["specialties"].search("кардио")[0].code == "cardiology"


def test_of_names_that_begin_alike_the_shorter_comes_first_and_synonyms_after() -> None:
    assert SHIPPED["specialties"].search("paed")[0].code == "paediatrics"
    terms = [Term(f"t-{place}", {"en": name}) for place, name in enumerate(["Heart failure", "Heart", "Open heart"])]
    found = Dictionary.of("d", 1, [Term("other", {"en": "Other"}, ("heart",)), *terms]).search("HEART")
    assert [term.names["en"] for term in found] == ["Heart", "Heart failure", "Other", "Open heart"]


def test_a_change_raises_the_version_and_a_repeat_does_not() -> None:
    before = SHIPPED["specialties"]
    term = Term("space-medicine", {"ru": "Космическая медицина"}, ("космонавт",))
    after = before.with_term(term)
    assert (after.version, after.resolve("Космонавт").code) == (2, "space-medicine")
    assert after.with_term(term) is after
    with pytest.raises(TermCodeTaken):
        before.with_term(Term("other", {"ru": "Педиатрия"}))
    with pytest.raises(TermParentUnknown):
        SHIPPED["cities"].with_term(Term("nowhere", {"ru": "Нигде"}, parent="zz-zz"), SHIPPED["regions"].terms)


@pytest.mark.parametrize(
    "text",
    ["ГБУЗ «Городская клиническая больница № 5»", "городская клиническая больница N5", "ГКБ №5", "ГКБ 5",
     "Гор. клиническая больница №5"],
)  # fmt: skip
def test_spellings_of_an_organisation_have_one_key(text: str) -> None:
    assert organisation_key(text) == "городская клиническая больница 5"
    assert organisation_id(text, "moscow") == organisation_id("ГКБ 5", "moscow") != organisation_id(text, "omsk")


@given(st.permutations(["ГКБ 5", "ГКБ № 5", "Клиника «Заря»", "клиника заря", "ООО Клиника Заря", "!!!"]))
def test_names_of_a_file_resolve_alike_in_any_order(names: list[str]) -> None:
    ids, made = resolved([Place(name, "omsk") for name in names], Directory())
    assert len(made) == 2
    assert len(set(ids.values())) == 2
    assert Place("!!!", "omsk") in ids or organisation_key("!!!") == ""


def test_a_synonym_leads_to_the_organisation_that_a_steward_gave_it_to() -> None:
    zarya = Organisation("z", "Клиника «Заря»", ("Медцентр Заря-2",), city="omsk")
    directory = Directory.of([zarya])
    assert directory.find(Place("медцентр заря-2", "omsk")) == zarya
    assert directory.find(Place("медцентр заря-2", None)) == zarya
    assert directory.find(Place("медцентр заря-2", "tomsk")) is None


def test_an_organisation_is_never_a_part_of_itself() -> None:
    parents = {"ward": "house", "house": "trust", "trust": None}
    check_parent("ward", "trust", parents)
    for parent in ("trust", "house", "ward"):
        with pytest.raises(OrganisationInItself):
            check_parent("trust", parent, parents)


def test_the_earlier_term_keeps_a_contested_synonym() -> None:
    contested = Dictionary.of("d", 1, [Term("a", {"ru": "Один"}, ("общее",)), Term("b", {"ru": "Два"}, ("общее",))])
    assert contested.resolve("общее").code == "a"
