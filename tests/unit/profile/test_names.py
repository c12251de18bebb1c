"""Spellings of one name, and names that must not be taken for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.profile.domain.names import Name, compatible, contradict, folded, surnames


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Name("Ковалёв", "Семён", "Ильич"), Name("Ковалев", "Семен")),
        (Name("Щербакова", "Юлия", "Игоревна"), Name("Shcherbakova", "Iuliia")),
        (Name("Щербакова", "Юлия"), Name("Scherbakova", "Julia")),
        (Name("Хасанов", "Дмитрий"), Name("Khasanov", "Dmitry")),
        (Name("Жуков", "Евгений"), Name("Zhukov", "Yevgeniy")),
        (Name("Цветкова", "Наталья"), Name("Tsvetkova", "Nataliya")),
        (Name("Чехов", "Александр"), Name("Chekhov", "Alexander")),
        (Name("Соловьёв", "Пётр"), Name("Solovyov", "Pyotr")),
        (Name("Соловьёв", "Артём"), Name("Soloviev", "Artyom")),
        (Name("Юрьев", "Максим"), Name("Yuryev", "Maxim")),
        (Name("Иванов", "Пётр", "Ильич"), Name("Иванов", "П.", "И.")),
        (Name("Иванов", "Пётр"), Name("Petr", "Ivanov")),
        (Name("Сагынбаев", "Нұрлан"), Name("Sagynbayev", "Nurlan")),
    ],
)
def test_spellings_of_one_person(one: Name, other: Name) -> None:
    assert compatible(one, other)
    assert compatible(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Name("Иванов", "Пётр"), Name("Иванов", "Павел")),
        (Name("Иванов", "Пётр"), Name("Иванова", "Пётр")),
        (Name("Иванов", "Пётр"), Name("Иванов", "")),
        (Name("Иванов", "Пётр", "Ильич"), Name("Иванов", "Пётр", "Олегович")),
        (Name("Олегова", "Ольга"), Name("Олегова", "Олег")),
        (Name("И.", "П."), Name("Иванов", "Пётр")),
        (Name(), Name()),
    ],
)
def test_names_that_agreement_may_not_be_taken_from(one: Name, other: Name) -> None:
    assert not compatible(one, other)
    assert not compatible(other, one)


def test_a_marriage_or_a_missing_surname_is_no_contradiction_but_two_other_names_are() -> None:
    assert not contradict(Name("Иванова", "Анна"), Name("Петрова", "Анна"))
    assert not contradict(Name("", "Анна"), Name("Петров", "Олег"))
    assert contradict(Name("Иванова", "Анна"), Name("Петров", "Олег"))


def test_a_swapped_order_is_not_a_second_surname() -> None:
    assert surnames([Name("Иванов", "Пётр"), Name("Petr", "Ivanov"), Name("Ким", "Олег"), Name()]) == 2


def test_folding_keeps_nothing_but_letters() -> None:
    assert folded(" О'Коннор-Ли ") == folded("oконнор ли")
    assert folded("123") == ""


PARTS = st.sampled_from(["", "Иванов", "Пётр", "П.", "И.", "Petr", "Ivanov", "Павел", "Ким", "-"])
NAMES = st.builds(Name, PARTS, PARTS, PARTS)


@given(one=NAMES, other=NAMES)
def test_who_is_asked_first_makes_no_difference(one: Name, other: Name) -> None:
    assert compatible(one, other) == compatible(other, one)
    assert contradict(one, other) == contradict(other, one)


def test_initials_meet_a_swapped_name_from_both_sides() -> None:
    assert compatible(Name("Пётр", "Иванов"), Name("Иванов", "П."))
    assert not contradict(Name("Пётр", "Иванов"), Name("Иванов", "П."))
