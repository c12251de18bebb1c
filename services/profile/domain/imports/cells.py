"""One cell: what it was read as, and how sure that is.

Promise: a cell is read the same way whoever asks; nothing is guessed silently. `OK` is a value taken without a change
of meaning: in the usual letter case, in the international form of the same digits, by a dictionary's word for it.
`CORRECTED` says what was taken where something had to be mended, moved or left away; `WARNING` says that nothing was
taken and what may have been meant. A cell that a row cannot do without is refused by the row, not here.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum
from typing import NamedTuple, Protocol

from services.profile.domain.dictionaries import Dictionary
from services.profile.domain.imports.targets import Target
from services.profile.domain.normal import dates, emails, names, phones
from services.profile.domain.normal.text import (
    folded,
    has_noncharacters,
    is_nothing,
    is_sheet_error,
    plain,
    starts_formula,
    unescaped_from_sheet,
)

LONGEST_CELL = 4096
"""Characters of a cell that are read; a longer one is left out, and shown cut."""
LONGEST_VALUE = 1024
"""Characters of one value of a person, as the catalogue has it."""

Value = str | float | bool | list[str] | None
"""What a cell was read as; days and moments in RFC 3339, codes as codes, contact points as lists."""


class Verdict(IntEnum):
    """How a cell or a row was judged, from best to worst."""

    OK = 1
    CORRECTED = 2
    WARNING = 3
    REFUSED = 4


class Reading(NamedTuple):
    """A judged cell: `suggestion` is what it was taken as, or what may have been meant."""

    value: Value
    verdict: Verdict = Verdict.OK
    reason: str = ""
    suggestion: str = ""


class PhonePlan(Protocol):
    """Knows which numbers exist."""

    def e164(self, digits: str, international: bool, country: str) -> str | None:
        """Give the E.164 form of a number, None when no country has such a one."""
        ...


class MailSyntax(Protocol):
    """Knows what an e-mail address may look like, without asking the network."""

    def normalised(self, address: str) -> str | None:
        """Give the address in its normal form, None when it is none."""
        ...


@dataclass(slots=True)
class Reader:
    """Reads cells of one file; remembers what it has read, because columns repeat themselves.

    `country` is the ISO code of phones without one; `today` decides what two-digit years mean.
    """

    dictionaries: Mapping[str, Dictionary]
    phones: PhonePlan
    mail: MailSyntax
    country: str
    today: date
    _known: dict[str, dict[str, Reading]] = field(default_factory=dict)

    def memory(self, target: Target) -> dict[str, Reading]:
        """Give what has been read of a target so far, by text; to be looked at before `read`."""
        return self._known.setdefault(target.key, {})

    def read(self, target: Target, text: str) -> Reading:
        """Read one cell as its column's target."""
        memory = self.memory(target)
        known = memory.get(text)
        if known is None:
            if len(memory) > _MOST_REMEMBERED:
                memory.clear()
            known = memory[text] = self._read(target, text)
        return known

    def _read(self, target: Target, text: str) -> Reading:
        if is_nothing(text) and not _means_something(target, text):
            return NOTHING
        if len(text) > LONGEST_CELL:
            return Reading(None, Verdict.WARNING, "CELL_TOO_LONG")
        if is_sheet_error(text):
            return Reading(None, Verdict.WARNING, "CELL_HOLDS_ERROR")
        if has_noncharacters(text):
            return Reading(None, Verdict.WARNING, "CELL_HAS_NONCHARACTERS")
        text = unescaped_from_sheet(text)
        reading = _READERS[target.reads](self, target, text)
        if reading.verdict is Verdict.OK and reading.value is not None and starts_formula(text) and text[0] not in "+-":
            return reading._replace(verdict=Verdict.WARNING, reason="FORMULA_AS_TEXT", suggestion="")
        return reading


def _means_something(target: Target, text: str) -> bool:
    """Whether a word for nothing is a value here: 0 among numbers, "нет" for a yes-or-no."""
    word = plain(text).casefold()
    return (target.reads == "number" and word == "0") or (target.reads == "flag" and word in _NO)


NOTHING = Reading(None)
_MOST_REMEMBERED = 50_000  # of one column: about 20 MB in the reading process, which may have 3 GiB


def _left_out(reason: str, suggestion: str = "") -> Reading:
    return Reading(None, Verdict.WARNING, reason, suggestion)


def _taken(text: str, value: str) -> Reading:
    """Judge a value against the way it was written: letter case and spare spaces mean nothing."""
    same = value == text.strip() or folded(value) == folded(text)
    return Reading(value) if same else Reading(value, Verdict.CORRECTED, "REWRITTEN", value)


def _text(_reader: Reader, _target: Target, text: str) -> Reading:
    value = plain(text)
    return Reading(value) if len(value) <= LONGEST_VALUE else _left_out("CELL_TOO_LONG")


def _name(_reader: Reader, _target: Target, text: str) -> Reading:
    value = names.read_part(text)
    if value is None:
        # A formula is text like any other, kept and escaped on export; what no name has in it otherwise is left out.
        return _text(_reader, _target, text) if starts_formula(text) else _left_out("NAME_UNREADABLE")
    return _taken(text, value)


def _full_name(_reader: Reader, _target: Target, text: str) -> Reading:
    name = names.read_name(text)
    if name is None or not name.family:
        return _left_out("NAME_UNREADABLE")
    parts = [name.family, name.given, name.patronymic]
    straight = folded(" ".join(part for part in parts if part)) == folded(text)
    shown = " ".join(part for part in parts if part)
    return Reading(parts) if straight else Reading(parts, Verdict.CORRECTED, "NAME_IN_PARTS", shown)


def _number(_reader: Reader, _target: Target, text: str) -> Reading:
    try:
        value = float(plain(text).replace(" ", "").replace("\u00a0", "").replace(",", "."))
    except ValueError:
        return _left_out("NUMBER_UNREADABLE")
    # NaN and infinities are words that float() knows and no person has.
    return Reading(value) if abs(value) < 1e15 else _left_out("NUMBER_UNREADABLE")


_YES = frozenset({"да", "yes", "y", "true", "1", "+", "истина", "есть", "д", "v", "✓", "on", "согласен", "согласна"})
_NO = frozenset({"нет", "no", "n", "false", "0", "-", "ложь", "off", "не согласен", "не согласна"})


def _flag(_reader: Reader, _target: Target, text: str) -> Reading:
    word = plain(text).casefold()
    if word in _YES:
        return Reading(True)
    return Reading(False) if word in _NO else _left_out("FLAG_UNREADABLE")


def _date(reader: Reader, _target: Target, text: str) -> Reading:
    day = dates.read_day(text, reader.today)
    if day is None:
        return _left_out("DATE_UNREADABLE")
    if _target.key == "birth_date" and not 1900 <= day.year <= reader.today.year:
        return _left_out("DATE_OUT_OF_RANGE")
    return _day_as_written(text, day)


def _day_as_written(text: str, day: date) -> Reading:
    written = any(sign in text for sign in ".-/")
    return (
        Reading(day.isoformat())
        if written
        else Reading(day.isoformat(), Verdict.CORRECTED, "REWRITTEN", day.isoformat())
    )


def _year_or_date(reader: Reader, target: Target, text: str) -> Reading:
    year = dates.read_year(text)
    if year is None:
        return _date(reader, target, text)
    if year > reader.today.year:
        return _left_out("DATE_OUT_OF_RANGE")
    return Reading(f"{year}-01-01", Verdict.CORRECTED, "REWRITTEN", f"{year}-01-01")


def _moment(reader: Reader, _target: Target, text: str) -> Reading:
    moment = dates.read_moment(text, reader.today)
    return Reading(moment.isoformat()) if moment else _left_out("DATE_UNREADABLE")


def _consent(reader: Reader, _target: Target, text: str) -> Reading:
    moment = dates.read_moment(text, reader.today)
    if moment is not None:
        return Reading(moment.isoformat())
    word = plain(text).casefold()
    if word in _YES:
        return Reading("yes")
    return NOTHING if word in _NO else _left_out("DATE_UNREADABLE")


def _email(reader: Reader, _target: Target, text: str) -> Reading:
    if emails.is_plain_address(text) and not emails.is_dead_form(text):
        meant = emails.likely_meant(text)
        return Reading([text], Verdict.WARNING, "EMAIL_LOOKS_MISTYPED", meant) if meant else Reading([text])
    found, bad, guess = [], 0, ""
    for address in emails.addresses(text):
        normal = address if emails.is_plain_address(address) else reader.mail.normalised(address)
        if normal is None or emails.is_dead_form(normal):
            bad += 1
        else:
            found.append(normal)
            guess = guess or emails.likely_meant(normal) or ""
    if not found:
        return _left_out("EMAIL_UNREADABLE")
    if bad:
        return Reading(found, Verdict.WARNING, "EMAIL_UNREADABLE", "; ".join(found))
    if guess:
        return Reading(found, Verdict.WARNING, "EMAIL_LOOKS_MISTYPED", guess)
    shown = "; ".join(found)
    # Capitals mean nothing in an address; a mended comma or an unwrapped "Name <address>" is to be seen.
    same = plain(text).casefold() == shown.casefold()
    return Reading(found) if same else Reading(found, Verdict.CORRECTED, "REWRITTEN", shown)


_NOT_DIGIT = re.compile(r"\D+")
_BEFORE_NUMBER = re.compile(r"^(?:810|0*8?)")


def _same_digits(text: str, number: str) -> bool:
    """Tell whether a cell is the number as people dial it: brackets, a missing country code, an 8 or 00 before it."""
    digits = _NOT_DIGIT.sub("", text)
    return number.endswith((digits, _BEFORE_NUMBER.sub("", digits)))


def _phone(reader: Reader, _target: Target, text: str) -> Reading:
    quick = phones.quick_mobile(text, reader.country.lower())
    if quick is not None:
        return Reading([quick])
    found, bad, extension = [], 0, False
    for number in phones.dialled_numbers(text):
        e164 = reader.phones.e164(number.digits, number.international, reader.country)
        extension = extension or number.extension is not None
        if e164 is None:
            bad += 1
        elif e164 not in found:
            found.append(e164)
    if not found:
        return _left_out("PHONE_UNREADABLE")
    shown = "; ".join(found)
    if bad:
        return Reading(found, Verdict.WARNING, "PHONE_UNREADABLE", shown)
    if len(found) == 1 and not extension and _same_digits(text, found[0]):
        return Reading(found)
    return Reading(found, Verdict.CORRECTED, "PHONE_EXTENSION_LEFT_OUT" if extension else "REWRITTEN", shown)


def _code(reader: Reader, target: Target, text: str) -> Reading:
    dictionary = reader.dictionaries.get(target.dictionary or "")
    if dictionary is None:
        return _text(reader, target, text)
    resolved = dictionary.resolve(text)
    if resolved.code is not None:
        return Reading(resolved.code)
    suggestion = dictionary.terms[resolved.suggestion].name("ru") if resolved.suggestion else ""
    return _left_out("DICTIONARY_UNKNOWN_TERM", suggestion)


def _external_id(_reader: Reader, _target: Target, text: str) -> Reading:
    value = plain(text)
    # A spreadsheet's number lost nothing but got a tail.
    tailless = value[:-2] if value.endswith(".0") and value[:-2].isdigit() else value
    if len(tailless) > 128:
        return _left_out("CELL_TOO_LONG")
    return _taken(text, tailless)


_READERS: Mapping[str, Callable[[Reader, Target, str], Reading]] = {
    "text": _text,
    "organisation": _text,
    "name": _name,
    "full_name": _full_name,
    "number": _number,
    "flag": _flag,
    "date": _date,
    "year_or_date": _year_or_date,
    "moment": _moment,
    "consent": _consent,
    "email": _email,
    "phone": _phone,
    "code": _code,
    "external_id": _external_id,
}
