"""Report days in their zone."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.report.domain.days import bounds_of, day_of, start_of

ZONES = ["Europe/Moscow", "Asia/Almaty", "Asia/Tashkent", "America/Sao_Paulo", "Africa/Cairo", "UTC", "Asia/Beirut"]


def test_a_moscow_day_starts_at_nine_in_the_evening_utc() -> None:
    assert start_of(date(2026, 3, 1), ZoneInfo("Europe/Moscow")) == datetime(2026, 2, 28, 21, tzinfo=UTC)


def test_a_day_whose_midnight_does_not_exist_starts_at_one() -> None:
    # Brazil put its clocks on at midnight, 2018-11-04.
    zone = ZoneInfo("America/Sao_Paulo")

    assert start_of(date(2018, 11, 4), zone) == datetime(2018, 11, 4, 3, tzinfo=UTC)


def test_bounds_hold_both_days_whole() -> None:
    start, end = bounds_of(date(2026, 1, 1), date(2026, 1, 2), ZoneInfo("Asia/Almaty"))

    assert end - start == timedelta(days=2)


@pytest.mark.parametrize("name", ZONES)
@given(st.dates(date(2000, 1, 2), date(2035, 12, 30)))
def test_days_touch_without_a_gap_and_hold_their_moments(name: str, day: date) -> None:
    zone = ZoneInfo(name)
    start, end = bounds_of(day, day, zone)

    assert day_of(start, zone) == day
    assert day_of(end - timedelta(milliseconds=1), zone) == day
    assert day_of(start - timedelta(milliseconds=1), zone) == day - timedelta(days=1)
    assert start_of(day + timedelta(days=1), zone) == end
