"""Dictionaries: terms with codes, names in several languages and the other spellings that people use.

Promise: a spelling resolves to at most one code; what does not resolve may have a suggestion, which is never applied
by itself; every change makes a new version.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from services.profile.domain.directory_errors import TermCodeTaken, TermParentUnknown
from services.profile.domain.names import folded as sound_of
from services.profile.domain.normal.text import edit_distance, folded, trigrams

_LONGEST_SPELLING = 120
_CANDIDATES = 12
_SHORTEST_SOUND = 4
_DECORATION = {
    "cities": re.compile(r"^(?:г|гор|город|city|gorod|пос|пгт|село) | (?:г|город|city)$"),
    "specialties": re.compile(r"^(?:врач|доктор|специалист по|vrach|dr) | (?:врач|высшей категории|в к)$"),
    "regions": re.compile(r"^(?:респ|республика) | (?:обл|область|кр|край|республика|респ|ао|oblast|region)$"),
    "degrees": re.compile(r"^(?:ученая степень) "),
}


@dataclass(frozen=True, slots=True)
class Term:
    """One meaning: its code, its names by language, its other spellings, and the term above it."""

    code: str
    names: Mapping[str, str]
    synonyms: tuple[str, ...] = ()
    parent: str | None = None
    time_zone: str | None = None

    @property
    def spellings(self) -> list[str]:
        """Every way to write it, its code included."""
        return [*self.names.values(), *self.synonyms, self.code]

    def name(self, language: str) -> str:
        """Give its name in a language, else in any."""
        return self.names.get(language) or self.names.get("ru") or next(iter(self.names.values()))


@dataclass(frozen=True, slots=True)
class Resolved:
    """What a spelling means: a code for certain, or a guess for a person to confirm."""

    code: str | None
    suggestion: str | None = None


@dataclass(frozen=True, slots=True)
class Dictionary:
    """A versioned list of terms, with its index of spellings."""

    name: str
    version: int
    terms: Mapping[str, Term]
    _codes: Mapping[str, str] = field(repr=False, compare=False)
    _pieces: Mapping[str, tuple[str, ...]] = field(repr=False, compare=False)
    _sounds: Mapping[str, str] = field(repr=False, compare=False)

    @classmethod
    def of(cls, name: str, version: int, terms: Iterable[Term]) -> "Dictionary":
        """Index the terms; where two claim one spelling, a name beats a synonym, then the earlier wins."""
        by_code = {term.code: term for term in terms}
        codes: dict[str, str] = {}
        for spellings in (_names_of, _synonyms_of):
            for term in by_code.values():
                for spelling in spellings(term):
                    codes.setdefault(_key(name, spelling), term.code)
                    codes.setdefault(folded(spelling), term.code)
        codes.pop("", None)
        pieces: defaultdict[str, list[str]] = defaultdict(list)
        for spelling in codes:
            for piece in set(trigrams(spelling)):
                pieces[piece].append(spelling)
        trimmed = {piece: tuple(found) for piece, found in pieces.items()}
        return cls(name, version, by_code, codes, trimmed, _by_sound(codes))

    def resolve(self, text: str) -> Resolved:
        """Say what a spelling means; a near one gives a suggestion, a far one nothing."""
        if len(text) > _LONGEST_SPELLING:
            return Resolved(None)
        whole, key = folded(text), _key(self.name, text)
        code = self._codes.get(whole) or self._codes.get(key) or self._sounds.get(sound_of(key))
        return Resolved(code) if code else Resolved(None, self._nearest(key))

    def search(self, text: str) -> list[Term]:
        """Find terms by any piece of a spelling, the likeliest first; all by name when the text is empty.

        First whose name begins with it, then whose other spelling does, then those that only hold it; of these the
        shorter name, so that what is typed whole comes before what is longer.
        """
        wanted = folded(text)
        if not wanted:
            return sorted(self.terms.values(), key=lambda term: folded(term.name("ru")))
        ranked = [
            (min(places), folded(term.name("ru")), term.code)
            for term in self.terms.values()
            if (places := [*_places(wanted, term.names.values(), 0), *_places(wanted, (*term.synonyms, term.code), 1)])
        ]
        if not ranked and (near := self._nearest(_key(self.name, text))):
            return [self.terms[near]]
        return [self.terms[code] for _, _, code in sorted(ranked)]

    def with_term(self, term: Term, regions: Mapping[str, Term] | None = None) -> "Dictionary":
        """Add or replace a term; the same again changes nothing, anything else raises the version.

        Raises:
            TermCodeTaken: one of its names already means another term.
            TermParentUnknown: the term above it is unknown.
        """
        if self.terms.get(term.code) == term:
            return self
        for name in term.names.values():
            other = self._codes.get(folded(name))
            if other and other != term.code and folded(name) in {folded(n) for n in self.terms[other].names.values()}:
                raise TermCodeTaken(self.name, other)
        above = self.terms if regions is None else regions
        if term.parent and term.parent not in above:
            raise TermParentUnknown(self.name, term.parent)
        return Dictionary.of(self.name, self.version + 1, {**self.terms, term.code: term}.values())

    def _nearest(self, key: str) -> str | None:
        if len(key) < 3:
            return None
        shared: Counter[str] = Counter()
        for piece in set(trigrams(key)):
            shared.update(self._pieces.get(piece, ()))
        allowed = 1 if len(key) < 6 else 2 if len(key) < 12 else 3
        best: tuple[int, int, str] | None = None
        for spelling, common in shared.most_common(_CANDIDATES):
            distance = edit_distance(key, spelling, allowed)
            if distance <= allowed and (best is None or (distance, -common, spelling) < best):
                best = (distance, -common, spelling)
        return self._codes[best[2]] if best else None


def code_fault(dictionaries: Mapping[str, "Dictionary"], name: str, code: str) -> tuple[str, str] | None:
    """Say what is wrong with a code given by hand, as (reason, sentence); None when it stands in its dictionary.

    A spelling is not a code: what it means, or nearly means, is suggested. A list that nobody keeps allows everything.
    """
    dictionary = dictionaries.get(name)
    if dictionary is None or code in dictionary.terms:
        return None
    resolved = dictionary.resolve(code)
    meant = resolved.code or resolved.suggestion
    return "CODE_UNKNOWN", f"Did you mean '{meant}'?" if meant else f"Dictionary '{name}' has no such code."


def _places(wanted: str, spellings: Iterable[str], less: int) -> list[tuple[bool, int, int]]:
    """Say of each spelling that holds it how near it comes, nearest least; `less` ranks alike beginnings."""
    known = [(spelling, spelling.find(wanted)) for spelling in map(folded, spellings)]
    return [(at > 0, less, len(spelling)) for spelling, at in known if at >= 0]


def _by_sound(codes: Mapping[str, str]) -> dict[str, str]:
    """Index spellings by sound, so that "Ekaterinburg" and "Kardiolog" are known; a sound of two terms is nobody's."""
    meant: defaultdict[str, set[str]] = defaultdict(set)
    for spelling, code in codes.items():
        sound = sound_of(spelling)
        if len(sound) >= _SHORTEST_SOUND:
            meant[sound].add(code)
    return {sound: next(iter(found)) for sound, found in meant.items() if len(found) == 1}


def _names_of(term: Term) -> list[str]:
    return [*term.names.values(), term.code]


def _synonyms_of(term: Term) -> tuple[str, ...]:
    return term.synonyms


def _key(dictionary: str, text: str) -> str:
    bare = folded(text)
    decoration = _DECORATION.get(dictionary)
    if decoration is None:
        return bare
    return decoration.sub("", bare).strip() or bare
