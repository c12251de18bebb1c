"""The attribute catalogue: which values a person may have, as data.

Promise: the personal class alone decides encryption, masking, log scrubbing, indexing and export. Built-ins are the
seed of the catalogue and cannot be redefined.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from math import isfinite

from services.profile.domain.errors import AttributeTaken, CatalogueFull, ValueUnfit
from services.profile.domain.record import AttributeValue, PersonKind

MOST_ATTRIBUTES = 500
"""Keys that one installation may have: each becomes a typed field of the search index (architecture §5)."""

LONGEST_TEXT = 1024
"""Characters of one value: more is a document, not an attribute."""

_UNSEEN = re.compile("[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u202a-\u202e\u2066-\u2069]")
"""Characters that no writing needs and that make a text look like another one."""

KINDS: frozenset[PersonKind] = frozenset({"hcp", "patient", "contact"})


class ValueType(StrEnum):
    """Type of an attribute's value; a code is a key of the attribute's dictionary."""

    TEXT = "text"
    CODE = "code"
    NUMBER = "number"
    FLAG = "flag"
    DATE = "date"


class PersonalClass(StrEnum):
    """How close a value is to a person, from free to most guarded."""

    NONE = "none"
    PERSONAL = "personal"
    CONTACT = "contact"
    HEALTH = "health"


class Survivorship(StrEnum):
    """Which value wins: `trusted` asks the source's priority before the time, `latest` the time before the priority."""

    TRUSTED = "trusted"
    LATEST = "latest"


@dataclass(frozen=True, slots=True)
class Attribute:
    """One entry of the catalogue; `dictionary` names a code's list, `multi` keeps every value instead of one."""

    key: str
    type: ValueType
    personal: PersonalClass
    kinds: frozenset[PersonKind] = KINDS
    title: str = ""
    dictionary: str | None = None
    multi: bool = False
    survivorship: Survivorship = Survivorship.TRUSTED
    builtin: bool = False


def _builtin(key: str, of: ValueType, personal: PersonalClass, title: str, dictionary: str | None = None) -> Attribute:
    return Attribute(key, of, personal, title=title, dictionary=dictionary, builtin=True)


BUILTINS: tuple[Attribute, ...] = (
    _builtin("family_name", ValueType.TEXT, PersonalClass.PERSONAL, "Family name"),
    _builtin("given_name", ValueType.TEXT, PersonalClass.PERSONAL, "Given name"),
    _builtin("patronymic", ValueType.TEXT, PersonalClass.PERSONAL, "Patronymic"),
    _builtin("sex", ValueType.CODE, PersonalClass.PERSONAL, "Sex", "sexes"),
    _builtin("birth_date", ValueType.DATE, PersonalClass.PERSONAL, "Date of birth"),
    _builtin("degree", ValueType.CODE, PersonalClass.NONE, "Academic degree", "degrees"),
    _builtin("experience_since", ValueType.DATE, PersonalClass.NONE, "In practice since"),
    _builtin("city", ValueType.CODE, PersonalClass.NONE, "City", "cities"),
    _builtin("region", ValueType.CODE, PersonalClass.NONE, "Region", "regions"),
    _builtin("language", ValueType.CODE, PersonalClass.NONE, "Language", "languages"),
)


class Catalogue:
    """All attributes of an installation, by key."""

    __slots__ = ("_attributes", "health")

    def __init__(self, own: Iterable[Attribute] = ()) -> None:
        self._attributes = {each.key: each for each in (*own, *BUILTINS)}
        self.health = frozenset(key for key, each in self._attributes.items() if each.personal is PersonalClass.HEALTH)

    def __iter__(self) -> Iterator[Attribute]:
        return iter(self._attributes.values())

    def __len__(self) -> int:
        return len(self._attributes)

    def get(self, key: str) -> Attribute | None:
        """Return the attribute of this key, None when there is none."""
        return self._attributes.get(key)

    def admit(self, attribute: Attribute) -> None:
        """Check that the attribute may join.

        Raises:
            AttributeTaken: the key exists already.
            CatalogueFull: the installation has as many attributes as the index can hold.
        """
        if attribute.key in self._attributes:
            raise AttributeTaken(attribute.key)
        if len(self._attributes) >= MOST_ATTRIBUTES:
            raise CatalogueFull(MOST_ATTRIBUTES)

    def fault(self, key: str, value: AttributeValue) -> ValueUnfit | None:
        """Say what is wrong with a value of this attribute, None when it fits."""
        attribute = self._attributes.get(key)
        if attribute is None:
            return ValueUnfit(key, "ATTRIBUTE_UNKNOWN")
        if not fits(attribute.type, value):
            return ValueUnfit(key, "TYPE_MISMATCH")
        if isinstance(value, str) and not 0 < len(value) <= LONGEST_TEXT:
            return ValueUnfit(key, "LENGTH_OUT_OF_RANGE")
        if isinstance(value, str) and _UNSEEN.search(value):
            return ValueUnfit(key, "CHARACTER_NOT_ALLOWED")
        return None


def fits(of: ValueType, value: AttributeValue) -> bool:
    """Tell whether the value has the type."""
    match of:
        case ValueType.TEXT | ValueType.CODE:
            return isinstance(value, str)
        case ValueType.NUMBER:
            return isinstance(value, (int, float)) and not isinstance(value, bool) and isfinite(value)
        case ValueType.FLAG:
            return isinstance(value, bool)
        case ValueType.DATE:
            return isinstance(value, date) and not isinstance(value, datetime)
