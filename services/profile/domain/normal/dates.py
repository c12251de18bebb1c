"""Days and moments as they lie in spreadsheets.

Promise: a day is read only when there is one way to read it for the country's habit (day first); a two-digit year is
the nearest that is not in the future; a spreadsheet's serial number counts as a day only where a day is asked for.
"""

import re
from datetime import UTC, date, datetime, timedelta

_EPOCH = date(1899, 12, 30)  # day 0 of the 1900 date system, with its false leap day taken in
_NUMERIC = re.compile(r"(\d{1,4})\s*[./\-\s]\s*(\d{1,2})\s*[./\-\s]\s*(\d{1,4})(?:\s*(?:г\.?|года?))?")
_NAMED = re.compile(r"(\d{1,2})[\s.\-]*([а-яёa-z]{3,9})\.?[\s.,\-]*(\d{4}|\d{2})(?:\s*(?:г\.?|года?))?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_SERIAL = re.compile(r"(\d{5})(?:[.,]\d+)?")
_YEAR = re.compile(r"(1[89]\d\d|20\d\d)(?:\s*(?:г\.?|года?))?(?:[.,]0)?")
_CLOCK = re.compile(r"^(.+?)[\sTt]+(?:в\s+)?(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*(z|Z|[+-]\d{2}:?\d{2})?$")
_MONTHS = {
    stem: month
    for month, stems in enumerate(
        ("янв jan", "фев feb", "мар mar", "апр apr", "май мая may", "июн jun", "июл jul", "авг aug", "сен sep",
         "окт oct", "ноя nov", "дек dec"), 1)
    for stem in stems.split()
}  # fmt: skip
EARLIEST = date(1900, 1, 1)


def read_day(text: str, today: date) -> date | None:
    """Read a calendar day in the spellings of the trade, or give None.

    Day comes before month unless the year comes first; 31.12.69 is 1969 while 2069 is in the future.
    """
    written = text.strip().lower()
    if clock := _CLOCK.match(written):
        written = clock[1].strip()
    if match := _NUMERIC.fullmatch(written):
        first, second, third = match[1], match[2], match[3]
        if len(first) == 4:
            return _day(int(first), int(second), int(third))
        return _day(_year(third, today), int(second), int(first)) if len(first) <= 2 else None
    if match := _NAMED.fullmatch(written):
        month = _MONTHS.get(match[2][:3])
        return _day(_year(match[3], today), month, int(match[1])) if month else None
    if match := _COMPACT.fullmatch(written):
        return _day(int(match[1]), int(match[2]), int(match[3]))
    if match := _SERIAL.fullmatch(written):
        return _EPOCH + timedelta(days=int(match[1]))
    return None


def read_year(text: str) -> int | None:
    """Read a cell that holds nothing but a year, or give None."""
    match = _YEAR.fullmatch(text.strip().lower())
    return int(match[1]) if match else None


def read_moment(text: str, today: date) -> datetime | None:
    """Read a day with or without a clock as a moment in UTC; a clock without a zone is taken as UTC."""
    day = read_day(text, today)
    if day is None:
        return None
    clock = _CLOCK.match(text.strip())
    if clock is None:
        return datetime(day.year, day.month, day.day, tzinfo=UTC)
    hours, minutes, seconds = int(clock[2]), int(clock[3]), int(clock[4] or 0)
    if hours > 23 or minutes > 59 or seconds > 59:
        return None
    try:
        return datetime(day.year, day.month, day.day, hours, minutes, seconds, tzinfo=UTC) - _offset(clock[5])
    except OverflowError:
        return None


def _offset(zone: str | None) -> timedelta:
    if not zone or zone in "zZ":
        return timedelta()
    sign = -1 if zone[0] == "-" else 1
    return sign * timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))


def _year(digits: str, today: date) -> int:
    if len(digits) > 2:
        return int(digits)
    year = today.year // 100 * 100 + int(digits)
    return year if year <= today.year else year - 100


def _day(year: int, month: int, day: int) -> date | None:
    try:
        found = date(year, month, day)
    except ValueError:
        return None
    return found if found >= EARLIEST else None
