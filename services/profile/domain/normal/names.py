"""Names of people as they lie in spreadsheets: taken apart, put in order, in their usual letter case.

Promise: no part is invented; what is no name is refused, never bent into one.
Not here: whether two names can be one person's (`domain.names`).
"""

import re
from functools import lru_cache

from services.profile.domain.names import Name
from services.profile.domain.names import folded as name_key
from services.profile.domain.normal.given_names import GIVEN_NAMES
from services.profile.domain.normal.text import folded, plain

_GLUED_INITIALS = re.compile(r"(?<=[^\W\d_]{2})\s+(?=[^\W\d_]\.)|(?<=\.)(?=[^\W\d_])")
_TITLE = re.compile(
    r"^(?:(?:dr|др|доктор|prof|проф|профессор|mr|mrs|ms|д\.?\s?м\.?\s?н|к\.?\s?м\.?\s?н|врач)\b\.?,?\s*)+",
    re.IGNORECASE,
)
_PATRONYMIC = re.compile(
    r"(?:ович|евич|ич|овна|евна|ична|инична|оглы|кызы|улы|vich|vi[ck]z?h?|vna|[ea]vna|ichna|ogly|kyzy)$"
)
_SURNAME = re.compile(
    r"(?:ов|ев|ин|ын|ский|цкий|ской|ая|ова|ева|ина|ына|енко|ко|ук|юк|ян|дзе|швили|ых|их|ko|uk|yan|dze|ykh|skiy|skij|sky|aya)$"
    r"|(?:ov|ev|in|yn|ova|eva|ina|yna)$"
)
_NAME = re.compile(r"[^\W\d_](?:[^\W\d_]|['’ʼ`.\- ])*")
_WORD_START = re.compile(r"(?<![^\W_'’ʼ`])([^\W\d_])")
LONGEST_PART = 80


def read_part(text: str) -> str | None:
    """Read one part of a name in its usual letter case, or None when it is no name."""
    part = plain(text).strip(" .,").replace("`", "'").replace("’", "'")
    if not part or len(part) > LONGEST_PART or _NAME.fullmatch(part) is None:
        return None
    if part.isupper() or part.islower():
        part = _WORD_START.sub(lambda match: match[1].upper(), part.lower())
    return part


def read_name(text: str) -> Name | None:
    """Take a full name apart: family name first or last, with initials or in full, in Cyrillic or Latin.

    None when it holds no family name, more words than a name has, or signs that names do not have.
    """
    written = _TITLE.sub("", plain(text)).strip(" .,;") + ("." if text.rstrip().endswith(".") else "")
    comma_first, comma, rest = written.partition(",")
    if comma and rest.strip():
        written = f"{comma_first.strip()} {rest.strip()}"
    words = [word for word in _GLUED_INITIALS.sub(" ", written).split(" ") if word.strip(".")]
    if not 1 <= len(words) <= 5:
        return None
    parts = [read_part(word) for word in words]
    if any(part is None for part in parts):
        return None
    return _arranged([part for part in parts if part])


def in_order(name: Name) -> Name:
    """Swap family and given names back when the two cells plainly hold each other's."""
    if not name.family or not name.given or is_initial(name.given):
        return name
    if _is_given(name.family) and not _is_given(name.given) and not _looks_family(name.family):
        return Name(name.given, name.family, name.patronymic)
    if (
        _looks_family(name.given)
        and not _is_given(name.given)
        and (_is_given(name.family) or not _looks_family(name.family))
    ):
        return Name(name.given, name.family, name.patronymic)
    return name


def is_initial(part: str) -> bool:
    """Whether a part of a name is only its first letter."""
    return len(part.strip(".")) == 1


def _arranged(words: list[str]) -> Name | None:
    initials = [word for word in words if is_initial(word)]
    whole = [word for word in words if not is_initial(word)]
    if initials:
        if len(whole) != 1 or len(initials) > 2:
            return None if len(whole) != 2 or len(initials) > 1 else _two_and_initial(whole, initials[0])
        return Name(whole[0], initials[0], initials[1] if len(initials) == 2 else "")
    if len(whole) == 1:
        return Name(family=whole[0])
    fathers = next((at for at, word in enumerate(whole) if at > 0 and _is_patronymic(word)), None)
    if len(whole) >= 3 and fathers is not None:
        patronymic = whole[fathers]
        if fathers == 1:  # given, patronymic, family
            return Name(" ".join(whole[2:]), whole[0], patronymic)
        return Name(" ".join(whole[: fathers - 1]), whole[fathers - 1], " ".join(whole[fathers:]))
    if len(whole) == 2:
        first, second = whole
        if fathers == 1 and _is_given(first) and not _looks_family(second):
            return Name(given=first, patronymic=second)
        return in_order(Name(first, second))
    return Name(whole[0], whole[1], " ".join(whole[2:]))


def _two_and_initial(whole: list[str], initial: str) -> Name:
    ordered = in_order(Name(whole[0], whole[1]))
    return Name(ordered.family, ordered.given, initial)


@lru_cache(maxsize=65536)
def _is_given(word: str) -> bool:
    return name_key(word) in GIVEN_NAMES


def _is_patronymic(word: str) -> bool:
    return len(word) > 5 and _PATRONYMIC.search(folded(word)) is not None


@lru_cache(maxsize=65536)
def _looks_family(word: str) -> bool:
    return _SURNAME.search(folded(word).replace(" ", "")) is not None
