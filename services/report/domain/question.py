"""A typed question to the warehouse: which metrics, by what, of what.

Promise: whatever passes `ask` can be answered by one SQL with bound parameters.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from services.report.domain.errors import DimensionUnknown, IntervalEmpty
from services.report.domain.metrics import Metric
from services.report.domain.registry import metrics_named

DEFAULT_ROWS = 1_000


class Dimension(StrEnum):
    """What figures may be split by. The day is that of the message's request, in the report's zone."""

    DAY = "day"
    CAMPAIGN = "campaign"
    ENTRY = "entry"
    CHANNEL = "channel"
    OUTCOME = "outcome"
    REASON = "reason"


@dataclass(frozen=True, slots=True)
class Span:
    """Moments from `start`, included, to `end`, excluded; an absent border is open."""

    start: datetime | None = None
    end: datetime | None = None

    def __post_init__(self) -> None:
        if self.start is not None and self.end is not None and self.end <= self.start:
            raise IntervalEmpty


@dataclass(frozen=True, slots=True)
class Question:
    """Metrics by dimensions over the messages of a slice, seen from a workspace."""

    workspace: str
    metrics: tuple[Metric, ...]
    dimensions: tuple[Dimension, ...]
    span: Span
    zone: ZoneInfo
    campaigns: tuple[str, ...] = ()
    entry: int = 0
    segment: str = ""
    machines: bool = False
    limit: int = DEFAULT_ROWS


def ask(
    workspace: str,
    metrics: Sequence[str],
    zone: ZoneInfo,
    *,
    dimensions: Sequence[str] = (),
    span: Span | None = None,
    campaigns: Sequence[str] = (),
    entry: int = 0,
    segment: str = "",
    machines: bool = False,
    limit: int = 0,
) -> Question:
    """Put a question together from names.

    Raises:
        MetricUnknown: no such metric.
        DimensionUnknown: no such dimension.
    """
    known = {dimension.value: dimension for dimension in Dimension}
    for name in dimensions:
        if name not in known:
            raise DimensionUnknown(name)
    return Question(
        workspace=workspace,
        metrics=tuple(metrics_named(metrics)),
        dimensions=tuple(known[name] for name in dimensions),
        span=span or Span(),
        zone=zone,
        campaigns=tuple(campaigns),
        entry=entry,
        segment=segment,
        machines=machines,
        limit=limit or DEFAULT_ROWS,
    )
