"""Names: whether two spellings may be one person's.

Promise: pure and symmetric; ё/е, Cyrillic and the usual Latin spellings, initials and a swapped order of family and
given name make no difference. A missing given name is never taken for agreement.
Limits: diminutives and a surname changed by marriage do not match here.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

_LATIN = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "zh", "з": "z", "и": "i", "й": "i",
    "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f",
    "х": "h", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sh", "ъ": "", "ы": "i", "ь": "", "э": "e", "ю": "u", "я": "a",
    "ә": "a", "ғ": "g", "қ": "k", "ң": "n", "ө": "o", "ұ": "u", "ү": "u", "һ": "h", "і": "i", "ў": "u", "ҳ": "h",
}  # fmt: skip

# One sound, many Latin spellings (GOST, ICAO, BGN, what people type): each is brought to one sign, in this order.
_SPELLINGS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), sign)
    for pattern, sign in (
        (r"shch|sch|sh", "ш"),
        (r"zh", "ж"),
        (r"t?ch", "ч"),
        (r"kh", "h"),
        (r"ts|tz", "c"),
        (r"ph", "f"),
        (r"x", "ks"),
        (r"w", "v"),
        (r"[iyj]+o", "e"),  # ё as most people type it: Pyotr, Artyom, Solovyov
        (r"[yj]", "i"),
        (r"i+(?=[aeuo])", ""),
        (r"([a-zшжч])\1+", r"\1"),
        (r"nder$", "ndr"),
    )
)


@dataclass(frozen=True, slots=True)
class Name:
    """A name as a source wrote it; an empty part is an unknown part."""

    family: str = ""
    given: str = ""
    patronymic: str = ""

    def swapped(self) -> "Name":
        """Return it as if family and given name stood in each other's columns."""
        return Name(self.given, self.family, self.patronymic)


@lru_cache(maxsize=65_536)
def folded(text: str) -> str:
    """Return a spelling-independent form of one part of a name; empty for what holds no letter."""
    letters = "".join(_LATIN.get(sign, sign) for sign in text.casefold() if sign.isalpha())
    for pattern, sign in _SPELLINGS:
        letters = pattern.sub(sign, letters)
    return letters


def _is_initial(text: str) -> bool:
    return sum(sign.isalpha() for sign in text) == 1


def _first_letter(text: str) -> str:
    return folded(text)[:1]


def _parts_agree(one: str, other: str) -> bool:
    """Compare a given name or a patronymic; an initial agrees with every name that begins with it."""
    if _is_initial(one) or _is_initial(other):
        return _first_letter(one) == _first_letter(other)
    return folded(one) == folded(other)


def _agree_in_order(one: Name, other: Name) -> bool:
    family, given = folded(one.family), folded(one.given)
    if not (family and given and other.family and other.given) or _is_initial(one.family) or _is_initial(other.family):
        return False
    if family != folded(other.family) or not _parts_agree(one.given, other.given):
        return False
    return not (one.patronymic and other.patronymic) or _parts_agree(one.patronymic, other.patronymic)


def compatible(one: Name, other: Name) -> bool:
    """Tell whether both may name one person: same surname, given names agree, patronymics do not contradict."""
    # Either side may be the swapped one: an initial is never taken for a surname, so the two are not the same question.
    return _agree_in_order(one, other) or _agree_in_order(one, other.swapped()) or _agree_in_order(one.swapped(), other)


def contradict(one: Name, other: Name) -> bool:
    """Tell whether they cannot name one person: surname and given name are known on both sides, and neither agrees.

    A shared first or last name, or an unknown part, is no contradiction: people marry, and newsletters ask for a first
    name only.
    """
    if not (one.family and one.given and other.family and other.given) or compatible(one, other):
        return False
    families_agree = folded(one.family) in {folded(other.family), folded(other.given)} or (
        folded(other.family) == folded(one.given)
    )
    return not families_agree and not _parts_agree(one.given, other.given)


def surnames(names: Sequence[Name]) -> int:
    """Count the different surnames, taking a swapped order for what it is; names without a surname do not count."""
    known = [name for name in names if name.family]
    heads: list[Name] = []
    for name in sorted(known, key=lambda each: (folded(each.family), folded(each.given), folded(each.patronymic))):
        if not any(folded(name.family) == folded(head.family) or compatible(name, head) for head in heads):
            heads.append(name)
    return len(heads)
