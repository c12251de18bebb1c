"""Variables: of what each reader's letter holds his own.

Promise: the one list that the check, the preview, the send and the author's picker go by. A reader never sees a code:
what a dictionary keeps is said by its name in the letter's language.
Not here: where a value comes from (adapters/peers.py), how a dictionary calls its codes (adapters/terms.py).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable by its name in Liquid; titles and samples by language."""

    name: str
    kind: str
    """"person": a value of the reader, who may lack it. "link": an address that every letter has."""
    titles: Mapping[str, str]
    samples: Mapping[str, str]
    dictionary: str = ""
    """Whose codes the values are; "" when a value is said as it is."""


Words = Mapping[str, Mapping[str, str]]
"""Names by code, by dictionary, in one language."""


def _of_person(name: str, russian: tuple[str, str], english: tuple[str, str], dictionary: str = "") -> Variable:
    """Make a person's variable from its title and a sample in both languages."""
    titles, samples = {"ru": russian[0], "en": english[0]}, {"ru": russian[1], "en": english[1]}
    return Variable(name, "person", titles, samples, dictionary)


VARIABLES = (
    _of_person("given_name", ("Имя", "Анна"), ("First name", "Anna")),
    _of_person("patronymic", ("Отчество", "Сергеевна"), ("Patronymic", "Sergeevna")),
    _of_person("family_name", ("Фамилия", "Орлова"), ("Last name", "Orlova")),
    _of_person("sex", ("Пол", "Женский"), ("Sex", "Female"), "sexes"),
    _of_person(
        "degree",
        ("Учёная степень", "Кандидат медицинских наук"),
        ("Degree", "Candidate of medical sciences"),
        "degrees",
    ),
    _of_person("specialty", ("Специальность", "Кардиология"), ("Specialty", "Cardiology"), "specialties"),
    _of_person("position", ("Должность", "Врач"), ("Position", "Physician"), "positions"),
    _of_person("organisation", ("Место работы", "Городская больница № 1"), ("Workplace", "City Hospital 1")),
    _of_person("city", ("Город", "Тверь"), ("City", "Tver"), "cities"),
    _of_person("region", ("Регион", "Тверская область"), ("Region", "Tver Oblast"), "regions"),
    _of_person("language", ("Язык", "Русский"), ("Language", "Russian"), "languages"),
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
_CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")  # As profile writes the codes of its terms.
_DICTIONARIES = {each.name: each.dictionary for each in VARIABLES if each.dictionary}


def dictionaries_of(variables: Iterable[str]) -> frozenset[str]:
    """Name the dictionaries whose words a letter with these variables needs."""
    return frozenset(_DICTIONARIES[name] for name in variables if name in _DICTIONARIES)


def in_words(values: Mapping[str, object], words: Words) -> dict[str, object]:
    """Say values as a reader understands them.

    A code without a name is left out, so that its fallback stands in; what is no code, such as a position in its
    holder's own words, is said as it is.
    """
    said: dict[str, object] = {}
    for name, value in values.items():
        dictionary = _DICTIONARIES.get(name)
        word = words.get(dictionary, {}).get(str(value)) if dictionary else value
        if word is None and not _CODE.fullmatch(str(value)):
            word = value
        if word is not None:
            said[name] = word
    return said
