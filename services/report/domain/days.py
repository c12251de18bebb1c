"""Calendar days of reports: which moment belongs to which day, in the zone that the report shows."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def start_of(day: date, zone: ZoneInfo) -> datetime:
    """Find the first moment of a day, in UTC.

    Where clocks jump over midnight, the day begins at the first moment that exists.
    """
    local = datetime.combine(day, time.min, tzinfo=zone)
    begin = local.astimezone(UTC)
    if begin.astimezone(zone).date() < day:  # midnight does not exist and was read as the evening before
        begin = datetime.combine(day, time(1), tzinfo=zone).astimezone(UTC)
    return begin


def bounds_of(first: date, last: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Find the moments between which the days `first` to `last`, both included, lie: start included, end excluded."""
    return start_of(first, zone), start_of(last + timedelta(days=1), zone)


def day_of(moment: datetime, zone: ZoneInfo) -> date:
    """Tell the day that a moment belongs to."""
    return moment.astimezone(zone).date()
