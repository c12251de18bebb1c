"""How names, phones and addresses are written so that a piece of them finds the person.

Promise: names are never stemmed; both what is stored and what is typed pass through the same functions.
"""

import re
import unicodedata

_SPACES = re.compile(r"\s+")
_WORDS = re.compile(r"[^\W_]+")

_QWERTY = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`"
_JCUKEN = "йцукенгшщзхъфывапролджэячсмитьбюё"
_TO_RUSSIAN = str.maketrans(_QWERTY, _JCUKEN)
_TO_ENGLISH = str.maketrans(_JCUKEN, _QWERTY)

_LATIN = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "zh", "з": "z", "и": "i", "й": "i",
    "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f",
    "х": "h", "ц": "c", "ч": "ch", "ш": "sh", "щ": "sh", "ъ": "", "ы": "i", "ь": "", "э": "e", "ю": "iu", "я": "ia",
    "ә": "a", "ғ": "g", "қ": "k", "ң": "n", "ө": "o", "ұ": "u", "ү": "u", "һ": "h", "і": "i", "ў": "o", "ҳ": "h",
    "ї": "i", "є": "e", "ґ": "g",
}  # fmt: skip
_TO_LATIN = str.maketrans(_LATIN)

# Spellings of one sound in the transliterations people really use (passport, GOST, BGN, by ear), longest first.
_ONE_SOUND = (
    ("shch", "sh"), ("sch", "sh"), ("tch", "ch"), ("kh", "h"), ("ph", "f"), ("ts", "c"), ("tz", "c"), ("cz", "c"),
    ("ck", "k"), ("x", "ks"), ("w", "v"), ("q", "k"), ("yo", "e"), ("jo", "e"), ("io", "e"), ("y", "i"), ("j", "i"),
    ("'", ""), ("`", ""),
)  # fmt: skip
_DOUBLED = re.compile(r"(.)\1+")


def fold(text: str) -> str:
    """Return text as it is compared: NFKC, lower case, ё as е, single spaces."""
    lowered = unicodedata.normalize("NFKC", text).lower().replace("ё", "е")
    return _SPACES.sub(" ", lowered).strip()


def words(text: str) -> list[str]:
    """Return the folded words of a name, in order; a double-barrelled name is several words."""
    return _WORDS.findall(fold(text))


def latin(word: str) -> str:
    """Return one spelling for all transliterations of a word.

    `Алексей`, `Aleksey`, `Alexei` and `Aleksej` give the same key, so a Latin list finds Cyrillic names and back.
    """
    key = fold(word).translate(_TO_LATIN)
    for spelling, sound in _ONE_SOUND:
        key = key.replace(spelling, sound)
    return _DOUBLED.sub(r"\1", key)


def other_layout(text: str) -> str | None:
    """Return what was meant when the keyboard stood in the other language, or None where nothing changes."""
    lowered = text.lower()
    cyrillic = any("а" <= letter <= "я" or letter == "ё" for letter in lowered)
    meant = fold(lowered.translate(_TO_ENGLISH if cyrillic else _TO_RUSSIAN))
    return meant if meant != fold(text) else None


def digits(text: str) -> str:
    """Return the digits of a phone as typed; a Russian trunk prefix 8 before ten digits is read as 7."""
    found = "".join(letter for letter in text if letter.isdecimal() and letter.isascii())
    return "7" + found[1:] if len(found) == 11 and found.startswith("8") else found


def national(number: str) -> str:
    """Return the digits without a leading country code of 7 or trunk prefix 8, as people remember their number."""
    return number[1:] if len(number) == 11 and number[0] in "78" else number
