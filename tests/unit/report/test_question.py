"""A question is put together from names, or refused by name."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from services.report.domain.errors import DimensionUnknown, IntervalEmpty
from services.report.domain.question import DEFAULT_ROWS, Dimension, Span, ask

ZONE = ZoneInfo("Europe/Moscow")


def test_a_question_knows_its_metrics_and_dimensions() -> None:
    question = ask("main", ["ctr"], ZONE, dimensions=["day", "channel"])

    assert [metric.name for metric in question.metrics] == ["ctr"]
    assert question.dimensions == (Dimension.DAY, Dimension.CHANNEL)
    assert question.limit == DEFAULT_ROWS


def test_an_unknown_dimension_is_refused_by_name() -> None:
    with pytest.raises(DimensionUnknown) as refusal:
        ask("main", ["ctr"], ZONE, dimensions=["day; DROP TABLE deliveries"])

    assert refusal.value.fields == {"dimension": "day; DROP TABLE deliveries"}


def test_an_interval_that_ends_before_it_starts_is_refused() -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC)

    with pytest.raises(IntervalEmpty):
        Span(moment, moment)
