"""Names as they are stored and typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.segment.domain.names import digits, fold, latin, national, other_layout, words


@pytest.mark.parametrize(
    ("cyrillic", "written"),
    [
        ("Алексей", "Alexei"), ("Алексей", "Aleksej"), ("Щукин", "Schukin"), ("Щукин", "Shchukin"), ("Юрий", "Yury"),
        ("Соловьёв", "Solovyov"), ("Соловьёв", "Solovev"), ("Наталья", "Natalia"), ("Хрущёв", "Khrushchev"),
        ("Евгений", "Evgeny"), ("Цветков", "Tsvetkov"), ("Яковлев", "Iakovlev"), ("Яковлев", "Yakovlev"),
    ],
)  # fmt: skip
def test_transliterations_meet(cyrillic: str, written: str) -> None:
    assert latin(cyrillic) == latin(written)


def test_the_wrong_keyboard_is_understood_both_ways() -> None:
    assert other_layout("bdfyjd") == "иванов"
    assert other_layout(",jhbcjd") == "борисов"
    assert other_layout("шмфтщм") == "ivanov"
    assert other_layout("12345") is None


def test_words_and_digits() -> None:
    assert words("Мамин-Сибиряк  Дмитрий") == ["мамин", "сибиряк", "дмитрий"]
    assert digits("8 (916) 123-45-67") == "79161234567"
    assert national("79161234567") == "9161234567"
    assert fold("  Ёлкин\tОглы ") == "елкин оглы"


@given(st.text(max_size=40))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)
