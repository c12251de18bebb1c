"""How people spoil data: one function per habit. All of it drawn from the dice that it is given."""

import random
from datetime import date

from deploy.local.demo.people import Clinic, Person

_PASSPORT = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "zh", "з": "z", "и": "i", "й": "i",
    "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f",
    "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "ie", "ы": "y", "ь": "", "э": "e", "ю": "iu",
    "я": "ia",
}  # fmt: skip
_EVERYDAY = {**_PASSPORT, "ё": "yo", "й": "y", "ю": "yu", "я": "ya", "ъ": ""}


def phone(dice: random.Random, number: str) -> str | float:
    """Write a mobile as people and spreadsheets do; a float where a spreadsheet had it."""
    tail = number[2:]
    forms: list[str | float] = [
        number,
        f"8{tail}",
        f"8 ({tail[:3]}) {tail[3:6]}-{tail[6:8]}-{tail[8:]}",
        f"+7 {tail[:3]} {tail[3:6]} {tail[6:8]} {tail[8:]}",
        f"8-{tail[:3]}-{tail[3:6]}-{tail[6:8]}-{tail[8:]}",
        f"7{tail}",
        tail,
    ]
    return dice.choice(forms)


def phone_cell(dice: random.Random, number: str) -> str | float:
    """Write a mobile as a spreadsheet's cell; in four of ten cases it became a number."""
    return float(number[1:]) if dice.random() < 0.4 else phone(dice, number)


def phone_text(dice: random.Random, number: str) -> str:
    """Write a mobile as text of a delimited file, where a float shows its exponent or its tail."""
    lot = dice.random()
    if lot < 0.05:
        return f"{float(number[1:]):.10E}"
    if lot < 0.12:
        return f"{number[1:]}.0"
    return str(phone(dice, number))


def without_yo(dice: random.Random, text: str) -> str:
    """Write е for ё, as most do."""
    return text.replace("ё", "е").replace("Ё", "Е") if dice.random() < 0.7 else text


def in_case(dice: random.Random, text: str) -> str:
    """Now and then shout."""
    return text.upper() if dice.random() < 0.06 else text


def latin(dice: random.Random, text: str) -> str:
    """Write a name in Latin letters, by the passport's table or the everyday one."""
    table = _PASSPORT if dice.random() < 0.5 else _EVERYDAY
    letters = "".join(table.get(letter, letter) for letter in text.lower())
    return letters.capitalize()


def latin_name(dice: random.Random, person: Person) -> str:
    """Write a name as the partner does: Latin, and in every third case given name first."""
    family, given = latin(dice, person.family), latin(dice, person.given)
    return f"{given} {family}" if dice.random() < 0.35 else f"{family} {given}"


def badge(dice: random.Random, person: Person) -> str:
    """Write family name and initials."""
    family = without_yo(dice, person.family)
    given, father = person.given[0], person.patronymic[0]
    return dice.choice(
        [f"{family} {given}.{father}.", f"{family} {given}. {father}.", f"{family.upper()} {given}.{father}."]
    )


def email(dice: random.Random, address: str) -> str:
    """Write an address with the usual carelessness."""
    lot = dice.random()
    if lot < 0.05:
        return address.upper()
    if lot < 0.08:
        return f" {address} "
    return f"{address}." if lot < 0.09 else address


def clinic(dice: random.Random, place: Clinic) -> str:
    """Write a clinic's name in one of its spellings."""
    return place.name if dice.random() < 0.6 else dice.choice(place.spellings)


def day(dice: random.Random, when: date) -> date | str:
    """Write a day as a real date or in one of three spellings."""
    forms: list[date | str] = [when, when, when.strftime("%d.%m.%Y"), when.isoformat(), when.strftime("%d/%m/%Y")]
    return dice.choice(forms)
