"""Rows of a file: what a row needs, what it is told, and how rows of one person become one record."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.profile.adapters.normalise import AddressSyntax, NumberingPlan
from services.profile.adapters.seeds import shipped_dictionaries
from services.profile.adapters.staged_content import decoded, encoded
from services.profile.domain.imports.cells import Reader, Verdict
from services.profile.domain.imports.columns import Knowledge, distinct_headers, mapped
from services.profile.domain.imports.errors import ColumnUnknown, ImportNotReady, TargetTwice, TargetUnknown
from services.profile.domain.imports.headers import find_headers
from services.profile.domain.imports.judging import begin_judging, make_judge
from services.profile.domain.imports.life import Counts, Import, ImportState
from services.profile.domain.imports.records import Drafting, draft_of, places_of
from services.profile.domain.imports.rows import Judge, JudgedRow
from services.profile.domain.imports.targets import TARGETS, TEMPLATE_TARGETS, catalogue_target, with_catalogue
from services.profile.domain.record import ContactPoint
from services.profile.domain.sources import ConsentTerms, Source

DICTIONARIES = shipped_dictionaries()
NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)
HEADERS = ["ФИО", "Телефон", "E-mail", "Место работы", "Город", "Специальность", "Дата подписки"]
SOURCE = Source("letters", "main", "hcp", "Letters", frozenset({"email"}), 20, ("full_name", "phone"), None, "RU",
                ConsentTerms("marketing", "newsletter", "v1"))  # fmt: skip


def a_reader() -> Reader:
    return Reader(DICTIONARIES, NumberingPlan(), AddressSyntax(), "RU", date(2026, 1, 15))


def a_judge(headers: list[str] = HEADERS, key: tuple[str, ...] = ("full_name", "phone")) -> Judge:
    columns = mapped(headers, [], Knowledge(TARGETS, DICTIONARIES, {}, {}))
    return make_judge(columns, TARGETS, a_reader(), key)


def judged(*cells: str, key: tuple[str, ...] = ("full_name", "phone")) -> JudgedRow:
    return a_judge(key=key).judge(cells)


def test_a_whole_row_is_read() -> None:
    row = judged("Иванов Пётр", "8 916 123-45-67", "", "ГКБ № 5", "мск", "педиатр", "")
    assert row.verdict is Verdict.OK
    assert row.values == {
        "family_name": "Иванов", "given_name": "Пётр", "phone": ["+79161234567"], "organisation": "ГКБ № 5",
        "workplace_city": "moscow", "specialty": "paediatrics",
    }  # fmt: skip
    assert row.key == ("full_name", "иванов петр", "phone", "+79161234567")


def test_cells_beyond_the_header_are_told_and_the_row_is_taken() -> None:
    whole = ["Иванов Пётр", "8 916 123-45-67", "", "ГКБ № 5", "мск", "педиатр", ""]
    row = judged(*whole, "", "лишнее")
    assert (row.verdict, row.reasons, bool(row.key)) == (Verdict.WARNING, ("CELLS_BEYOND_HEADER",), True)
    assert judged(*whole, "", "-").reasons == ()
    assert judged("", "", "", "", "", "", "", "лишнее").verdict is Verdict.REFUSED


@pytest.mark.parametrize(
    ("place", "text", "verdict"),
    [
        (0, "ИВАНОВ  ПЁТР", Verdict.OK),
        (0, "Пётр Иванов", Verdict.CORRECTED),
        (1, "8 (916) 123-45-67", Verdict.OK),
        (1, "9161234567", Verdict.OK),
        (1, "8-495-123-45-67", Verdict.OK),
        (1, "79161234567.0", Verdict.CORRECTED),
        (1, "8 495 123-45-67 доб. 12", Verdict.CORRECTED),
        (1, "89161234567, 89161234568", Verdict.CORRECTED),
        (2, "Ivanov@Example.ORG", Verdict.OK),
        (2, "ivanov@example,org", Verdict.CORRECTED),
        (2, "Иванов <ivanov@example.org>", Verdict.CORRECTED),
        (4, "мск", Verdict.OK),
        (5, "врач-педиатр", Verdict.OK),
        (5, "Pediatr", Verdict.OK),
    ],
)
def test_only_what_was_mended_counts_as_corrected(place: int, text: str, verdict: Verdict) -> None:
    """A code for a word, the international form of the same digits and letter case change no meaning."""
    cells = ["Иванов Пётр", "89161234567", "", "", "", "", ""]
    cells[place] = text

    row = judged(*cells)

    assert row.verdict is verdict, row.findings
    assert all(finding.suggestion for finding in row.findings)


def test_an_unreadable_cell_is_left_out_and_named() -> None:
    row = judged("Иванов Пётр", "89161234567", "ivanov@", "", "Запределье", "", "")
    assert row.verdict is Verdict.WARNING
    assert [(each.place, each.reason) for each in row.findings if each.verdict is Verdict.WARNING] == [
        (2, "EMAIL_UNREADABLE"), (4, "DICTIONARY_UNKNOWN_TERM"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("ГКБ\ufffe", "CELL_HAS_NONCHARACTERS"),
        ("\uffff№ 5", "CELL_HAS_NONCHARACTERS"),
        ("ГКБ \U0010ffff", "CELL_HAS_NONCHARACTERS"),
        ("#NUM!", "CELL_HOLDS_ERROR"),
        ("#ЗНАЧ!", "CELL_HOLDS_ERROR"),
    ],
)
def test_what_is_no_text_is_left_out_and_named(text: str, reason: str) -> None:
    row = judged("Иванов Пётр", "89161234567", "", text, "", "", "")
    assert "organisation" not in row.values
    assert [(each.place, each.verdict, each.reason) for each in row.findings] == [(3, Verdict.WARNING, reason)]


def test_a_row_about_nobody_is_refused_with_a_reason_per_cell() -> None:
    row = judged("???", "12345", "нет", "ГКБ № 5", "", "", "")
    assert (row.verdict, row.key, row.reasons) == (Verdict.REFUSED, (), ("ROW_NAMES_NOBODY",))
    assert {(each.place, each.verdict, each.reason) for each in row.findings} >= {
        (0, Verdict.REFUSED, "NAME_UNREADABLE"), (1, Verdict.REFUSED, "PHONE_UNREADABLE"),
    }  # fmt: skip


def test_a_name_without_its_phone_is_told_apart_by_the_whole_row() -> None:
    one, other = judged("Иванов П.С.", "", "", "ГКБ № 5"), judged("Иванов П.С.", "", "", "ГКБ № 6")
    assert one.key != other.key
    assert one.key == judged("Иванов П. С.", "", "", "ГКБ № 5").key


@given(st.lists(st.text(max_size=60), max_size=9))
def test_no_row_breaks_a_judge_and_every_row_survives_packing(cells: list[str]) -> None:
    row = a_judge().judge(cells)
    assert (row.verdict is Verdict.REFUSED) == (not row.key)
    back = decoded(encoded(cells, row))
    assert back == (cells, row.findings, row.reasons, row.values)


def test_swapped_columns_come_back_and_say_so() -> None:
    judge = a_judge(["Фамилия", "Имя", "Телефон"])
    row = judge.judge(["Анна", "Смирнова", "+79161234567"])
    assert (row.values["family_name"], row.values["given_name"]) == ("Смирнова", "Анна")
    assert {each.reason for each in row.findings} == {"NAME_SWAPPED"}


def drafting(uploaded: datetime = NOW) -> Drafting:
    return Drafting(SOURCE, "hcp", TARGETS, DICTIONARIES["cities"], "file:abc", uploaded)


def test_rows_of_one_person_become_one_record_in_any_order() -> None:
    lines = [
        ("Иванов Пётр", "89161234567", "a@clinic.example", "ГКБ № 5", "мск", "педиатр", "2024-03-01"),
        ("Иванов Пётр", "89161234567", "", "ГКБ № 6", "Казань", "терапевт", ""),
    ]
    values = [judged(*line).values for line in lines]
    places = {place: f"org-{place.name}" for place in places_of(values)}

    draft = draft_of("k", values, drafting(), places)

    assert {each.organisation for each in draft.affiliations} == {"org-ГКБ № 5", "org-ГКБ № 6"}
    assert {each.region for each in draft.affiliations} == {"ru-mow", "ru-ta"}
    assert [contact.point for contact in draft.contacts] == [
        ContactPoint("email", "a@clinic.example"), ContactPoint("phone", "+79161234567"),
    ]  # fmt: skip
    assert [(each.status, each.contact.value, each.topic) for each in draft.consents] == [
        ("granted", "a@clinic.example", "newsletter")
    ]
    assert draft_of("k", values[::-1], drafting(), places) == draft


def test_the_same_file_later_is_the_same_draft_but_for_when_it_was_seen() -> None:
    values = [judged("Иванов Пётр", "89161234567", "a@clinic.example", "", "", "", "2024-03-01").values]
    one = draft_of("k", values, drafting(), {})
    two = draft_of("k", values, drafting(NOW + timedelta(days=1)), {})
    assert (one.attributes, one.contacts, one.affiliations, one.consents) == (
        two.attributes, two.contacts, two.affiliations, two.consents,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("headers", "targets"),
    [
        (["Таб. №", "Фамилия", "Имя", "Отчество", "Тел."],
         ["external_id", "family_name", "given_name", "patronymic", "phone"]),
        (["Surname", "First name", "E-mail address", "Mobile"], ["family_name", "given_name", "email", "phone"]),
        (["Место работы", "Город", "Cпециальность"], ["organisation", "workplace_city", "specialty"]),
        (["ФИО", "Город"], ["full_name", "city"]),
        (["Фамиля", "Специальност", "Телефно"], ["family_name", "specialty", "phone"]),
        (["Заметки", "Прочее"], ["", ""]),
    ],
)  # fmt: skip
def test_headers_tell_meanings(headers: list[str], targets: list[str]) -> None:
    columns = mapped(headers, [], Knowledge(TARGETS, DICTIONARIES, {}, {}))
    assert [column.target for column in columns] == targets


def test_a_given_mapping_is_checked() -> None:
    for given_map, refusal in (
        ({"Нет такой": "phone"}, ColumnUnknown), ({"ФИО": "no_such"}, TargetUnknown),
        ({"ФИО": "city", "Город": "city"}, TargetTwice),
    ):  # fmt: skip
        with pytest.raises(refusal):
            mapped(HEADERS, [], Knowledge(TARGETS, DICTIONARIES, given_map, {}))


def test_an_attribute_of_the_catalogue_is_a_target() -> None:
    targets = with_catalogue([catalogue_target("loyalty", "Лояльность", "number", None)])
    columns = mapped(["ФИО", "Лояльность"], [], Knowledge(targets, DICTIONARIES, {}, {}))
    assert columns[1].target == "loyalty"
    row = make_judge(columns, targets, a_reader(), ("full_name",)).judge(["Иванов Пётр", "7,5"])
    assert row.values["loyalty"] == 7.5


def test_titles_of_a_template_mean_their_own_columns() -> None:
    for keys in TEMPLATE_TARGETS.values():
        for language_title in (lambda key: TARGETS[key].title, lambda key: key.replace("_", " ").capitalize()):
            columns = mapped([language_title(key) for key in keys], [], Knowledge(TARGETS, DICTIONARIES, {}, {}))
            assert [column.target for column in columns] == list(keys)


def test_headers_stand_below_titles_and_groups() -> None:
    top = [
        ["Выгрузка", "", ""],
        ["Сотрудник", "", "Место работы"],
        ["Фамилия", "Имя", "Город"],
        ["Иванов", "Пётр", "мск"],
    ]
    found = find_headers(top, [((0, 0), (0, 2)), ((1, 0), (1, 1))], TARGETS, {})
    assert (found.row, found.names) == (2, ("Сотрудник / Фамилия", "Сотрудник / Имя", "Город"))


def test_a_file_is_judged_around_its_gaps() -> None:
    rows = [
        (1, ["ФИО", "Телефон"]),
        (2, ["Иванов Пётр", "89161234567"]),
        (3, ["", ""]),
        (4, []),
        (5, ["Ким Ольга", ""]),
    ]
    judging = begin_judging(rows, [], Knowledge(TARGETS, DICTIONARIES, {}, {}), a_reader(), ("full_name", "phone"))
    assert [number for number, _, _ in judging.rows()] == [2, 5]
    assert judging.tally.by_column[1].empty == 1


def test_repeated_headers_are_numbered_and_empty_ones_lettered() -> None:
    assert distinct_headers(["A", "A", "", "A"]) == ["A", "A (2)", "[C]", "A (3)"]


def an_import(state: ImportState = ImportState.READING) -> Import:
    return Import("i", "s", "main", "hcp", state, "o", NOW, "me", NOW + timedelta(days=30), "op")


def test_the_life_of_an_import() -> None:
    ready = an_import().staged((), (), 0, Counts(rows=3), ())
    committing = ready.committing("op2")
    done = committing.committed(Counts(rows=3, created=3), NOW)
    assert (done.state, done.expires_at, done.operation) == (ImportState.COMMITTED, NOW + timedelta(days=30), "op2")
    assert done.committing("op3").state is ImportState.COMMITTING
    assert committing.cancelled(Counts(), NOW).committing("op4").state is ImportState.COMMITTING
    for wrong in (
        lambda: an_import().committing("x"),
        lambda: ready.committed(Counts(), NOW),
        an_import().check_editable,
    ):
        with pytest.raises(ImportNotReady):
            wrong()
    with pytest.raises(ImportNotReady):
        an_import().refused("FILE_EMPTY").check_editable()
