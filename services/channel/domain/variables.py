"""Variables: of what each reader's letter holds his own.

Promise: the one list that the check, the preview, the send and the author's picker go by.
Not here: where a value comes from (adapters/peers.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable by its name in Liquid; titles and samples by language."""

    name: str
    kind: str
    """"person": a value of the reader, who may lack it. "link": an address that every letter has."""
    titles: Mapping[str, str]
    samples: Mapping[str, str]


def _of_person(name: str, russian: tuple[str, str], english: tuple[str, str]) -> Variable:
    """Make a person's variable from its title and a sample in both languages."""
    return Variable(name, "person", {"ru": russian[0], "en": english[0]}, {"ru": russian[1], "en": english[1]})


VARIABLES = (
    _of_person("given_name", ("Имя", "Анна"), ("First name", "Anna")),
    _of_person("patronymic", ("Отчество", "Сергеевна"), ("Patronymic", "Sergeevna")),
    _of_person("family_name", ("Фамилия", "Орлова"), ("Last name", "Orlova")),
    _of_person("sex", ("Пол", "female"), ("Sex", "female")),
    _of_person("degree", ("Учёная степень", "к. м. н."), ("Degree", "PhD")),
    _of_person("specialty", ("Специальность", "cardiology"), ("Specialty", "cardiology")),
    _of_person("position", ("Должность", "врач"), ("Position", "physician")),
    _of_person("organisation", ("Место работы", "Городская больница № 1"), ("Workplace", "City Hospital 1")),
    _of_person("city", ("Город", "tver"), ("City", "tver")),
    _of_person("region", ("Регион", "tver"), ("Region", "tver")),
    _of_person("language", ("Язык", "ru"), ("Language", "en")),
    Variable(
        "unsubscribe_url",
        "link",
        {"ru": "Ссылка для отписки", "en": "Unsubscribe link"},
        {"ru": "https://example.org/u/…", "en": "https://example.org/u/…"},
    ),
    Variable(
        "browser_url",
        "link",
        {"ru": "Письмо в браузере", "en": "View in browser"},
        {"ru": "https://example.org/v/…", "en": "https://example.org/v/…"},
    ),
    Variable(
        "preferences_url",
        "link",
        {"ru": "Настройка рассылок", "en": "Preference centre"},
        {"ru": "https://example.org/p/…", "en": "https://example.org/p/…"},
    ),
)

PERSON_VARIABLES = frozenset(each.name for each in VARIABLES if each.kind == "person")
SYSTEM_VARIABLES = frozenset(each.name for each in VARIABLES if each.kind == "link")
