"""Attributes that a rule may name, with the type that decides their operators and their bucket in the index.

The built-in ones are the seed of the installation's catalogue, which is data and is owned by the profile service.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum


class AttributeType(Enum):
    """What values of an attribute are."""

    TEXT = "text"
    CODE = "code"
    NUMBER = "number"
    FLAG = "flag"
    DATE = "date"

    @property
    def bucket(self) -> str:
        """Name the object of the index that holds values of this type."""
        return {AttributeType.NUMBER: "num", AttributeType.DATE: "date"}.get(self, "kw")


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of the catalogue; titles are per language, codes without a title show as they are."""

    key: str
    type: AttributeType
    titles: Mapping[str, str] = field(default_factory=dict)
    indexed: bool = True
    multi: bool = False
    dictionary: str = ""


class Catalogue:
    """The attributes by key."""

    def __init__(self, attributes: Iterable[Attribute]) -> None:
        self._by_key = {attribute.key: attribute for attribute in attributes}

    def find(self, key: str) -> Attribute | None:
        """Return the attribute, or None for a key that the installation does not know."""
        return self._by_key.get(key)

    def __iter__(self) -> Iterator[Attribute]:
        return iter(self._by_key.values())

    def __len__(self) -> int:
        return len(self._by_key)


def _built_in(key: str, kind: AttributeType, russian: str, english: str, dictionary: str = "") -> Attribute:
    return Attribute(key, kind, {"ru": russian, "en": english}, dictionary=dictionary)


BUILT_IN = Catalogue(
    (
        _built_in("family_name", AttributeType.TEXT, "фамилия", "family name"),
        _built_in("given_name", AttributeType.TEXT, "имя", "given name"),
        _built_in("patronymic", AttributeType.TEXT, "отчество", "patronymic"),
        _built_in("sex", AttributeType.CODE, "пол", "sex"),
        _built_in("birth_date", AttributeType.DATE, "дата рождения", "date of birth"),
        _built_in("degree", AttributeType.CODE, "учёная степень", "degree", "degrees"),
        _built_in("experience_since", AttributeType.DATE, "стаж с", "experience since"),
        _built_in("city", AttributeType.CODE, "город", "city", "cities"),
        _built_in("region", AttributeType.CODE, "регион", "region", "regions"),
        _built_in("language", AttributeType.CODE, "язык", "language"),
    )
)
