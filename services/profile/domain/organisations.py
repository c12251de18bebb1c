"""Organisations: clinics, hospitals and companies, their parts and their other spellings.

Promise: a name within a city has one id, the same in whatever order files arrive, because the id is made of both; a
synonym leads to the organisation that a steward gave it to. A tree: nobody is a part of itself.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from chassis.kernel import derived_id
from services.profile.domain.directory_errors import OrganisationInItself
from services.profile.domain.normal.text import folded, plain

_LEGAL_FORM = re.compile(
    r"\b(?:ооо|оао|зао|пао|ао|ип|гбуз|гбу|гауз|гуз|муз|мбуз|маз|фгбу|фгбуз|фгау|фгаоу|чуз|нуз|оуз|кгбуз|огбуз|"
    r"гбуз мо|го|llc|ltd|inc|jsc|ooo|gbuz|fgbu|тоо|жшс|mchj)\b"
)
_NUMBER_SIGN = re.compile(r"№|\bno\b\.?|\bn(?=\s*\d)", re.IGNORECASE)
_WORDS = {
    "гор": "городская", "городск": "городская", "обл": "областная", "респ": "республиканская", "дет": "детская",
    "б ца": "больница", "больн": "больница", "пол ка": "поликлиника", "поликл": "поликлиника", "пол": "поликлиника",
    "мед": "медицинский", "центр": "центр", "гкб": "городская клиническая больница", "гб": "городская больница",
    "дгкб": "детская городская клиническая больница", "дгп": "детская городская поликлиника",
    "гп": "городская поликлиника", "црб": "центральная районная больница", "мц": "медицинский центр",
    "окб": "областная клиническая больница", "ркб": "республиканская клиническая больница",
}  # fmt: skip
DEEPEST = 12


@dataclass(frozen=True, slots=True)
class Organisation:
    """One organisation, or a part of one; `city` is a code of the dictionary of cities."""

    id: str
    name: str
    synonyms: tuple[str, ...] = ()
    parent: str | None = None
    city: str | None = None
    version: int = 1

    @property
    def keys(self) -> tuple[str, ...]:
        """The comparable forms of its names, without repeats."""
        return tuple(dict.fromkeys(key for text in (self.name, *self.synonyms) if (key := organisation_key(text))))


@dataclass(frozen=True, slots=True)
class Place:
    """An organisation as a row of a file names it."""

    name: str
    city: str | None


@dataclass(slots=True)
class Directory:
    """The organisations that names of one file may mean."""

    _by_key: dict[str, list[Organisation]] = field(default_factory=dict)

    @classmethod
    def of(cls, known: Iterable[Organisation]) -> "Directory":
        """Index organisations by every spelling."""
        directory = cls()
        for organisation in known:
            for key in organisation.keys:
                directory._by_key.setdefault(key, []).append(organisation)
        return directory

    def find(self, place: Place) -> Organisation | None:
        """Find what a name in a city means: the same city first, then the only one that the name has.

        A name that a different city holds is another organisation; where either city is unknown, the name must be
        unambiguous.
        """
        found = self._by_key.get(organisation_key(place.name), [])
        same = [each for each in found if each.city == place.city]
        if same:
            return min(same, key=lambda each: each.id)
        if place.city is None:
            return found[0] if len(found) == 1 else None
        unplaced = [each for each in found if each.city is None]
        return unplaced[0] if len(unplaced) == 1 and len(found) == 1 else None


def organisation_key(text: str) -> str:
    """Make a name comparable: no legal form, no quotes, the usual abbreviations written out, "№ 5" and "N5" alike."""
    bare = _LEGAL_FORM.sub(" ", folded(_NUMBER_SIGN.sub(" ", text)))
    words = " ".join(bare.split())
    for short, whole in (("б ца", "больница"), ("пол ка", "поликлиника")):
        words = words.replace(short, whole)
    return " ".join(_WORDS.get(word, word) for word in words.split()) or folded(text)


def organisation_id(name: str, city: str | None) -> str:
    """Make the stable id of a name within a city."""
    return derived_id("organisation", organisation_key(name), city or "")


def new_organisation(place: Place) -> Organisation:
    """Make an organisation of a name that nobody knew."""
    return Organisation(organisation_id(place.name, place.city), plain(place.name)[:300], city=place.city)


def check_parent(organisation: str, parent: str | None, parents: Mapping[str, str | None]) -> None:
    """Refuse a parent that is the organisation itself or lies below it.

    Raises:
        OrganisationInItself: it would be its own part, or the tree would grow too deep to be real.
    """
    above = parent
    for _ in range(DEEPEST):
        if above is None:
            return
        if above == organisation:
            raise OrganisationInItself(organisation)
        above = parents.get(above)
    raise OrganisationInItself(organisation)


def resolved(places: Sequence[Place], directory: Directory) -> tuple[dict[Place, str], list[Organisation]]:
    """Give every place an id, and list the organisations that must be made first. Independent of the places' order."""
    ids: dict[Place, str] = {}
    made: dict[str, Organisation] = {}
    for place in sorted(set(places), key=lambda each: (each.name, each.city or "")):
        if not organisation_key(place.name):
            continue
        known = directory.find(place)
        if known is None:
            known = new_organisation(place)
            made.setdefault(known.id, known)
        ids[place] = known.id
    return ids, list(made.values())
