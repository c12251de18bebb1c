"""What a metric is, and how its figure is made from counts.

Limits: a metric counts messages, or distinct people behind messages; a ratio is one metric over another. Which metrics
there are stands in `registry`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Unit(StrEnum):
    """What one of a figure is."""

    MESSAGES = "messages"
    PEOPLE = "people"
    RATIO = "ratio"


class Sign(StrEnum):
    """What a message can show beside its outcome."""

    HELD = "held"
    OPENED = "opened"
    CLICKED = "clicked"
    REPLIED = "replied"
    UNSUBSCRIBED = "unsubscribed"
    COMPLAINED = "complained"
    BOUNCED_LATER = "bounced-later"
    CONVERTED = "converted"
    RETURNED = "returned"


UNFINISHED = ""
"""The outcome of a message that has none yet."""


@dataclass(frozen=True, slots=True)
class Count:
    """Messages, or distinct people behind them, that ended in one of `outcomes` (any when empty) and show `sign`."""

    unit: Unit
    outcomes: tuple[str, ...] = ()
    sign: Sign | None = None


@dataclass(frozen=True, slots=True)
class Ratio:
    """One metric over another, by their names."""

    numerator: str
    denominator: str


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure that may be asked for. `formula` reads in words of outcomes or of other metrics."""

    name: str
    rule: Count | Ratio
    formula: str
    titles: Mapping[str, str]
    descriptions: Mapping[str, str]

    @property
    def unit(self) -> Unit:
        """Tell what one of the figure is."""
        return self.rule.unit if isinstance(self.rule, Count) else Unit.RATIO

    @property
    def denominator(self) -> str:
        """Name the metric that it is divided by; empty for a count."""
        return self.rule.denominator if isinstance(self.rule, Ratio) else ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A metric's value with what it was made from; no value where the denominator is 0."""

    value: float | None
    numerator: int
    denominator: int


def figure_of(metric: Metric, counted: Mapping[str, int]) -> Figure:
    """Make the figure from counts by name (see `counts_behind`)."""
    if isinstance(metric.rule, Count):
        count = counted[metric.name]
        return Figure(float(count), count, 0)
    above, below = counted[metric.rule.numerator], counted[metric.rule.denominator]
    return Figure(above / below if below else None, above, below)
