"""What channel tells of itself in numbers."""

from collections import Counter
from collections.abc import Iterable

from prometheus_client import Counter as Number
from prometheus_client import Gauge, Histogram

from chassis.telemetry.metrics import REGISTRY
from services.channel.domain.message import Outcome, State
from services.channel.domain.sending import Verdict

OUTCOMES = Number("consilium_channel_outcomes", "Messages ended, by outcome.", ["outcome"], registry=REGISTRY)
MESSAGES = Gauge("consilium_channel_messages", "Messages without an outcome, by state.", ["state"], registry=REGISTRY)
LETTERS = Histogram(
    "consilium_channel_letter_seconds",
    "From handing a letter to the mail server's connections to its reply.",
    ["verdict"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300),
    registry=REGISTRY,
)
WAITING = (State.REQUESTED, State.HELD, State.CLAIMED, State.ON_WIRE)


def letter(verdict: Verdict, seconds: float) -> None:
    """Note how long a letter took."""
    LETTERS.labels(verdict.value).observe(seconds)


def ended(outcomes: Iterable[Outcome]) -> None:
    """Count messages that got their outcome."""
    for outcome, count in Counter(outcomes).items():
        OUTCOMES.labels(outcome.value).inc(count)
