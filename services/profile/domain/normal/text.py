"""Text as people type it, made comparable.

Promise: `plain` keeps what was meant (only invisible characters and spare spaces go); `folded` is for comparing and is
never shown. Both are idempotent and total: no string makes them fail.
"""

import re
import unicodedata
from collections.abc import Iterator

_INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]"
)
_NONCHARACTER = re.compile(
    "[\ufdd0-\ufdef" + "".join(f"{chr(plane << 16 | 0xFFFE)}{chr(plane << 16 | 0xFFFF)}" for plane in range(17)) + "]"
)
_SPACES = re.compile(r"\s+")
_NOT_WORD = re.compile(r"[\W_]+")
_PLAIN_ASCII = re.compile(r"[!-~]+(?: [!-~]+)*")
_LONGEST_NOTHING = 14
_SHEET_ERRORS = frozenset({"#NUM!", "#VALUE!", "#REF!", "#DIV/0!", "#NAME?", "#NULL!", "#ЧИСЛО!", "#ЗНАЧ!", "#ССЫЛКА!",
                           "#ДЕЛ/0!", "#ИМЯ?", "#ПУСТО!"})  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NOTHING = frozenset(
    {"", "-", "--", "—", "–", ".", "?", "0", "n/a", "na", "none", "null", "nil", "#n/a", "#н/д", "н/д", "нет",
     "нет данных", "не указан", "не указано", "не указана", "отсутствует", "без", "unknown", "неизвестно",
     "no", "x", "х"}
)  # fmt: skip


def plain(text: str) -> str:
    """Drop invisible characters, make every space one space, compose accents (NFC)."""
    if _PLAIN_ASCII.fullmatch(text):
        return text
    # Composition can create nothing that is invisible or a space, so one pass is a fixed point.
    return unicodedata.normalize("NFC", _SPACES.sub(" ", _INVISIBLE.sub("", text)).strip())


def folded(text: str) -> str:
    """Make text comparable: lower case, ё→е, compatibility forms unified, punctuation to single spaces."""
    wide = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).casefold().replace("ё", "е")
    return _NOT_WORD.sub(" ", unicodedata.normalize("NFC", wide)).strip()


def is_nothing(text: str) -> bool:
    """Whether a cell says in one of the usual ways that there is no value."""
    return not text or (len(text) <= _LONGEST_NOTHING and text.strip().casefold() in _NOTHING)


def is_sheet_error(text: str) -> bool:
    """Whether a cell holds what a spreadsheet shows instead of a value that it could not work out."""
    return text.startswith("#") and text.strip().upper() in _SHEET_ERRORS


def has_noncharacters(text: str) -> bool:
    """Whether a text holds code points that Unicode keeps for no character (U+FFFE, U+FFFF, U+FDD0…).

    Source: The Unicode Standard, 23.7. They are in no word; a file that has them was damaged or read wrongly.
    """
    return not text.isascii() and _NONCHARACTER.search(text) is not None


def starts_formula(text: str) -> bool:
    """Whether a spreadsheet would run this text as a formula."""
    return text.startswith(_FORMULA)


def escaped_for_sheet(text: str) -> str:
    """Make text that a spreadsheet shows and never runs; every export of ours passes through here.

    Source: OWASP, CSV injection: an apostrophe before a leading = + - @ tab or carriage return.
    """
    return "'" + text if starts_formula(text) else text


def unescaped_from_sheet(text: str) -> str:
    """Take the escape of `escaped_for_sheet` off again, so that a file of ours can come back corrected."""
    return text[1:] if text.startswith("'") and starts_formula(text[1:]) else text


def trigrams(text: str) -> Iterator[str]:
    """Yield the three-character pieces of a folded text, its borders included."""
    padded = f"  {text} "
    for at in range(len(padded) - 2):
        yield padded[at : at + 3]


def edit_distance(left: str, right: str, at_most: int) -> int:
    """Count insertions, deletions, replacements and swaps of neighbours between two texts; `at_most + 1` when more.

    Source: the optimal string alignment distance, cut off by row minimum.
    """
    if abs(len(left) - len(right)) > at_most:
        return at_most + 1
    before: list[int] = []
    previous = list(range(len(right) + 1))
    for row, symbol in enumerate(left, 1):
        current = [row]
        for column, other in enumerate(right, 1):
            cost = min(previous[column] + 1, current[-1] + 1, previous[column - 1] + (symbol != other))
            if row > 1 and column > 1 and symbol == right[column - 2] and left[row - 2] == other:
                cost = min(cost, before[column - 2] + 1)
            current.append(cost)
        if min(current) > at_most:
            return at_most + 1
        before, previous = previous, current
    return min(previous[-1], at_most + 1)
