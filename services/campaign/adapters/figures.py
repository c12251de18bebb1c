"""What campaign tells of itself in numbers."""

from prometheus_client import Histogram

from chassis.telemetry.metrics import REGISTRY

_BUCKETS = (10, 30, 60, 120, 300, 600, 1_200, 1_800, 3_600, 7_200, 14_400, 43_200, 86_400)
SENT = Histogram(
    "consilium_campaign_seconds", "From a launch to its last outcome.", buckets=_BUCKETS, registry=REGISTRY
)


def done(seconds: float) -> None:
    """Note how long a campaign took."""
    SENT.observe(seconds)
