"""What profile tells of itself in numbers."""

from collections import Counter
from collections.abc import Iterable

from prometheus_client import Counter as Number
from prometheus_client import Gauge

from chassis.telemetry.metrics import REGISTRY

ROWS = Number("consilium_profile_import_rows", "Rows that imports wrote.", ["became"], registry=REGISTRY)
OPEN = Gauge("consilium_profile_open_commit_seconds", "Age of the oldest write whose views wait.", registry=REGISTRY)


def rows_written(became: Iterable[str]) -> None:
    """Count rows by what they became: created, updated, merged, unchanged or refused."""
    for action, count in Counter(became).items():
        ROWS.labels(action).inc(count)
