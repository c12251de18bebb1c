"""Credit: how many requests may be in flight, and how fast a limited campaign goes."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.campaign.domain.credit import MAX_IN_FLIGHT, Pace, allowance, batch_size, fitting, window
from tests.unit.campaign.builders import NOW


@pytest.mark.parametrize(("rate", "expected"), [(50, 500), (0.01, 1), (10_000, MAX_IN_FLIGHT)])
def test_the_window_is_ten_seconds_of_rate_within_bounds(rate: float, expected: int) -> None:
    assert window(rate) == expected


def test_what_is_in_flight_takes_the_room() -> None:
    room = allowance(window=500, in_flight=450, released=900, rate_per_minute=None, pace=Pace(NOW, 0), now=NOW)

    assert room == 50


def test_no_room_is_nothing_and_never_less() -> None:
    room = allowance(window=500, in_flight=700, released=900, rate_per_minute=None, pace=Pace(NOW, 0), now=NOW)

    assert room == 0


def test_an_empty_pipe_takes_a_whole_batch_even_through_a_small_window() -> None:
    room = allowance(window=3, in_flight=0, released=0, rate_per_minute=None, pace=Pace(NOW, 0), now=NOW)

    assert fitting([100, 100], room) == 1


def test_batches_are_released_in_order_and_never_in_part() -> None:
    assert fitting([100, 60, 100, 1], 170) == 2
    assert fitting([100], 99) == 0
    assert fitting([], 99) == 0


def test_a_slow_campaign_travels_in_small_batches() -> None:
    assert batch_size(None) == 100
    assert batch_size(6) == 1
    assert batch_size(60) == 10
    assert batch_size(60_000) == 100


@given(rate=st.integers(1, 6_000), ticks=st.lists(st.floats(0.1, 30), min_size=1, max_size=60))
def test_a_speed_limit_holds_over_any_rhythm_of_looking(rate: int, ticks: list[float]) -> None:
    now, released, size = NOW, 0, batch_size(rate)
    for tick in ticks:
        room = allowance(
            window=window(1_000), in_flight=0, released=released, rate_per_minute=rate, pace=Pace(NOW, 0), now=now
        )
        released += fitting([size] * 1_000, room) * size
        assert released <= (now - NOW).total_seconds() * rate / 60 + size
        now += timedelta(seconds=tick)
