"""Cells of spreadsheets become values, whatever somebody typed."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.profile.adapters.normalise import AddressSyntax, NumberingPlan
from services.profile.domain.names import Name, compatible
from services.profile.domain.normal.dates import read_day, read_moment, read_year
from services.profile.domain.normal.emails import addresses, is_dead_form, is_plain_address, likely_meant
from services.profile.domain.normal.names import in_order, read_name, read_part
from services.profile.domain.normal.phones import dialled_numbers, quick_mobile
from services.profile.domain.normal.text import edit_distance, escaped_for_sheet, folded, is_nothing, plain

TODAY = date(2026, 1, 15)


@given(st.text())
def test_plain_and_folded_are_idempotent(text: str) -> None:
    assert plain(plain(text)) == plain(text)
    assert folded(folded(text)) == folded(text)


@given(st.text())
def test_no_text_breaks_a_reader(text: str) -> None:
    for number in dialled_numbers(text):
        assert number.digits.isdigit()
    for address in addresses(text):
        is_dead_form(address)
        likely_meant(address)
    read_day(text, TODAY)
    read_moment(text, TODAY)
    read_year(text)
    read_name(text)
    is_nothing(text)


@given(st.text())
def test_what_leaves_in_a_sheet_never_runs(text: str) -> None:
    assert not escaped_for_sheet(text).startswith(("=", "+", "-", "@", "\t", "\r"))


@given(st.text(alphabet="абвгд", max_size=9), st.text(alphabet="абвгд", max_size=9))
def test_edit_distance_is_symmetric_and_bounded(left: str, right: str) -> None:
    distance = edit_distance(left, right, 9)
    assert distance == edit_distance(right, left, 9)
    assert abs(len(left) - len(right)) <= distance <= max(len(left), len(right))
    assert (distance == 0) == (left == right)


@pytest.mark.parametrize(
    "text",
    ["7.9161234567E10", "79161234567.0", "79161234567", "8-916-123-45-67", "+7 (916) 123-45-67", "916 123 45 67",
     "8(916)1234567", "8 916 123 45 67 доб. 12", "7,9161234567e10"],
)  # fmt: skip
def test_every_spelling_of_a_mobile_is_one_number(text: str) -> None:
    plan = NumberingPlan()
    quick = quick_mobile(text, "ru")
    read = quick or plan.e164(dialled_numbers(text)[0].digits, False, "RU")
    assert read == "+79161234567"


@given(st.integers(min_value=9_000_000_000, max_value=9_999_999_999))
def test_a_phone_that_became_a_float_comes_back(tail: int) -> None:
    number = 70_000_000_000 + tail
    for text in (str(float(number)), f"{number:.10E}", str(number), f"8{tail}"):
        digits = dialled_numbers(text)[0].digits
        assert digits in {str(number), f"8{tail}"}


def test_several_numbers_and_an_extension_are_told_apart() -> None:
    numbers = dialled_numbers("8(916)123-45-67, 8 495 123-45-67 доб. 12; +998 90 123 45 67")
    assert [(number.digits, number.extension) for number in numbers] == [
        ("89161234567", None), ("84951234567", "12"), ("998901234567", None),
    ]  # fmt: skip


def test_a_number_that_no_country_has_is_none() -> None:
    assert NumberingPlan().e164("80001234567", False, "RU") is None
    assert NumberingPlan().e164("12345", False, "RU") is None
    assert NumberingPlan().e164("998901234567", True, "RU") == "+998901234567"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (" Ivanov@Clinic.Example ", ["ivanov@clinic.example"]),
        ("ivanov @ clinic.example", ["ivanov@clinic.example"]),
        ("ivanov@clinic,ru", ["ivanov@clinic.ru"]),
        ("ivanov@clinic.example.", ["ivanov@clinic.example"]),
        ("a@b.example; c@d.example", ["a@b.example", "c@d.example"]),
        ("mailto:x@y.example", ["x@y.example"]),
        ("Иван <i@i.example>", ["i@i.example"]),
    ],
)
def test_addresses_are_taken_out_of_a_cell(text: str, found: list[str]) -> None:
    assert addresses(text) == found


def test_a_mistyped_domain_is_only_suggested() -> None:
    assert is_plain_address("ivanov@gmial.com")
    assert likely_meant("ivanov@gmial.com") == "ivanov@gmail.com"
    assert likely_meant("ivanov@clinic.example") is None


def test_only_what_nobody_has_is_a_dead_form() -> None:
    assert [is_dead_form(dead) for dead in ("no@clinic.example", "111@mail.ru", "test@test", "qwerty@mail.ru")] == [
        True
    ] * 4
    assert not is_dead_form("ivanov1@clinic.example")
    assert not is_dead_form("a.ivanov123@clinic.example")


def test_syntax_knows_what_an_address_is() -> None:
    syntax = AddressSyntax()
    assert syntax.normalised("Ivanov@Clinic.Example") == "ivanov@clinic.example"
    assert [syntax.normalised(bad) for bad in ("ivanov@", "@clinic.ru", "a b@c.ru", "a@b", "a..b@c.ru")] == [None] * 5


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Иванов Пётр Сергеевич", Name("Иванов", "Пётр", "Сергеевич")),
        ("Пётр Сергеевич Иванов", Name("Иванов", "Пётр", "Сергеевич")),
        ("ИВАНОВ П.С.", Name("Иванов", "П", "С")),
        ("П. С. Иванов", Name("Иванов", "П", "С")),
        ("Иванов, Пётр", Name("Иванов", "Пётр")),
        ("д.м.н. Ким Ольга", Name("Ким", "Ольга")),
        ("Юлия Щербакова", Name("Щербакова", "Юлия")),
        ("Elena Smirnova", Name("Smirnova", "Elena")),
        ("Мамедов Али Гасан оглы", Name("Мамедов", "Али", "Гасан Оглы")),
        ("Петрова-Водкина Анна Ильинична", Name("Петрова-Водкина", "Анна", "Ильинична")),
        ("Иванов", Name("Иванов")),
    ],
)
def test_a_full_name_is_taken_apart(text: str, name: Name) -> None:
    assert read_name(text) == name


@pytest.mark.parametrize(
    "text", ["=1+1", "Иванов 123", "", "<script>", "a b c d e f g", "x" * 500, "Иванов; DROP TABLE"]
)
def test_what_is_no_name_is_none(text: str) -> None:
    assert read_name(text) is None


def test_swapped_cells_come_back_and_right_ones_stay() -> None:
    assert in_order(Name("Анна", "Смирнова")) == Name("Смирнова", "Анна")
    assert in_order(Name("Смирнова", "Анна")) == Name("Смирнова", "Анна")
    assert in_order(Name("Ким", "Константин")) == Name("Ким", "Константин")


def test_letter_case_is_mended_only_where_it_says_nothing() -> None:
    assert read_part("ПЕТРОВ-ВОДКИН") == "Петров-Водкин"
    assert read_part("O'Neill") == "O'Neill"
    assert read_part("McDonald") == "McDonald"


@pytest.mark.parametrize(
    "text",
    ["12.03.1980", "12/3/1980", "12 марта 1980 г.", "1980-03-12", "1980-03-12T10:00:00Z", "12-мар-80", "19800312",
     "29292"],
)  # fmt: skip
def test_every_spelling_of_a_day_is_one_day(text: str) -> None:
    assert read_day(text, TODAY) == date(1980, 3, 12)


@pytest.mark.parametrize("text", ["31.02.2020", "2024-02-30", "13.13.2013", "00.00.0000", "завтра", "1.1.1.1", "12"])
def test_what_is_no_day_is_none(text: str) -> None:
    assert read_day(text, TODAY) is None


@given(st.dates(min_value=date(1930, 1, 1), max_value=TODAY))
def test_a_day_written_out_is_read_back(day: date) -> None:
    for form in ("%d.%m.%Y", "%Y-%m-%d", "%d/%m/%Y", "%Y%m%d"):
        assert read_day(day.strftime(form), TODAY) == day


def test_a_moment_keeps_its_clock_and_zone() -> None:
    assert read_moment("01.05.2024 10:30", TODAY) == datetime(2024, 5, 1, 10, 30, tzinfo=UTC)
    assert read_moment("2024-05-01T10:30:00+03:00", TODAY) == datetime(2024, 5, 1, 7, 30, tzinfo=UTC)
    assert read_moment("2024-05-01 25:00", TODAY) is None


@pytest.mark.parametrize(
    ("cyrillic", "latin"),
    [
        ("Пётр", ["Petr", "Pyotr", "Piotr"]), ("Артём", ["Artem", "Artyom"]),
        ("Соловьёв", ["Solovyov", "Solovev", "Soloviov"]),
        ("Щербакова", ["Shcherbakova", "Scherbakova"]), ("Юлия", ["Yulia", "Iuliia", "Julija", "Yuliya"]),
        ("Евгений", ["Evgeny", "Yevgeniy", "Evgenii"]), ("Ксения", ["Kseniya", "Xenia", "Kseniia"]),
        ("Чайковская", ["Tchaikovskaya", "Chaikovskaia"]),
        ("Майоров", ["Mayorov", "Maiorov"]), ("Цветков", ["Tsvetkov"]),
    ],
)  # fmt: skip
def test_a_name_and_its_usual_latin_spellings_are_compatible(cyrillic: str, latin: list[str]) -> None:
    for spelling in latin:
        assert compatible(Name("Ким", cyrillic), Name("Kim", spelling)), spelling
        assert compatible(Name(cyrillic, "Ким"), Name("Kim", spelling)), f"swapped {spelling}"
    assert not compatible(Name("Ким", "Пётр"), Name("Kim", "Pavel"))
