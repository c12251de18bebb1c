"""Phones as they lie in spreadsheets, made into digits worth asking a numbering plan about.

Promise: every cell becomes candidates in reading order; a Russian or Kazakh mobile is recognised here, without a
library, because most cells are that. Whether any other number exists is the numbering plan's to say (ports).
"""

import re
from dataclasses import dataclass

_MOBILE = re.compile(r"(?:\+?[78])?(9\d{9})")
_KAZAKH_MOBILE = re.compile(r"(?:\+?[78])?(7[047]\d{8})")
_PLAIN_FORM = re.compile(r"[\s()\-–—.]+")
_FLOAT = re.compile(r"\+?\d(?:[.,]\d+)?[eе]\+?\d{1,2}", re.IGNORECASE)
_TRAILING_ZERO = re.compile(r"(?<=\d)[.,]0+$")
_EXTENSION = re.compile(
    r"[\s,;(]*(?:доб(?:авочный)?|вн(?:утр(?:енний)?)?|ext(?:ension)?|x|#)\s*[.:№]?\s*(\d{1,6})\)?", re.IGNORECASE
)
_SEPARATOR = re.compile(r"[;,/|\n]+|\s{2,}|\s+(?:и|или|and|or)\s+|(?<=\d)\s+(?=\+|8[\s(-])", re.IGNORECASE)
_NOT_DIGIT = re.compile(r"\D+")
_LETTER = re.compile(r"[^\W\d_]")
MOST_NUMBERS = 5


@dataclass(frozen=True, slots=True)
class DialledNumber:
    """One number as written: digits, a plus if it had one, and an extension, which is no contact point."""

    digits: str
    international: bool
    extension: str | None = None


def quick_mobile(text: str, country: str) -> str | None:
    """Give the E.164 form when the text is nothing but one mobile of Russia or Kazakhstan; else None."""
    if country not in {"ru", "kz"}:
        return None
    bare = _PLAIN_FORM.sub("", text)
    match = _MOBILE.fullmatch(bare)
    if match is None and country == "kz":
        match = _KAZAKH_MOBILE.fullmatch(bare)
    return f"+7{match[1]}" if match else None


def dialled_numbers(text: str) -> list[DialledNumber]:
    """Take the numbers out of a cell, at most five; a float of a spreadsheet is written out first.

    A piece with letters in it beside an extension word is no number and is left out.
    """
    return [number for piece in _pieces(_unfloated(text.strip())) if (number := _number(piece))][:MOST_NUMBERS]


def _unfloated(text: str) -> str:
    if _FLOAT.fullmatch(text):
        number = float(text.replace(",", ".").replace("е", "e").replace("Е", "e"))  # a Cyrillic letter looks the same
        return f"{number:.0f}" if number < 1e16 else text
    return _TRAILING_ZERO.sub("", text)


def _pieces(text: str) -> list[str]:
    # An extension's comma must not cut it from its number, so extensions are marked before the cut.
    marked = _EXTENSION.sub(lambda match: f"\x00{match[1]}", text)
    return [piece for piece in _SEPARATOR.split(marked) if piece.strip()]


def _number(piece: str) -> DialledNumber | None:
    main, _, extension = piece.partition("\x00")
    main = _TRAILING_ZERO.sub("", main.strip())
    if _LETTER.search(main):
        return None
    digits = _NOT_DIGIT.sub("", main)
    if not 5 <= len(digits) <= 15 or len(set(digits)) == 1:
        return None
    return DialledNumber(digits, main.startswith("+"), _NOT_DIGIT.sub("", extension) or None)
