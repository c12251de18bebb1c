"""What processes tell in numbers after the main job: every registered label, no more series than said, nobody's id."""

import math
import re
from collections import Counter
from typing import Any

import httpx
import yaml
from prometheus_client.openmetrics.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from deploy.local.children import HOST
from deploy.local.system import ROOT, System
from deploy.local.table import SERVICES

REGISTRY: dict[str, Any] = yaml.safe_load((ROOT / "telemetry/registry.yaml").read_text(encoding="utf-8"))
OPEN_METRICS = "application/openmetrics-text; version=1.0.0"
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-|@|\+?\d{10,}")
MOST = 30_000
"""Samples of one process, buckets included."""


def _samples(system: System, process: str) -> list[Sample]:
    url = f"http://{HOST}:{system.ports.pages(process)}/metrics"
    page = httpx.get(url, headers={"Accept": OPEN_METRICS}).text
    families = text_string_to_metric_families(page)  # type: ignore[no-untyped-call]  # the library's parser has no types
    return [sample for family in families for sample in family.samples]


def check_series(system: System, process: str) -> None:
    """See that a process tells a bounded number of series, and nobody's id."""
    samples = _samples(system, process)

    assert len(samples) <= MOST
    assert not [value for sample in samples for value in sample.labels.values() if ID.search(value)]
    series: dict[str, set[tuple[tuple[str, str], ...]]] = {}
    for sample in samples:
        name = re.sub(r"_(total|bucket|count|sum|created)$", "", sample.name)
        series.setdefault(name, set()).add(tuple(item for item in sorted(sample.labels.items()) if item[0] != "le"))
    for name, told in series.items():
        if name not in REGISTRY["metrics"]:
            continue  # the process's own
        metric = REGISTRY["metrics"][name]
        assert len(told) <= metric.get("series", math.prod(metric["labels"].values())), name
        for label, most in metric["labels"].items():
            assert len({dict(labels)[label] for labels in told}) <= most, (name, label)


def check_business(system: System) -> None:
    """See that what the business asks is told after the main job, with the traces that were seen last."""
    told: Counter[str] = Counter()
    exemplars = 0
    for process in (*SERVICES, "gateway"):
        for sample in _samples(system, process):
            told[sample.name] += sample.value > 0
            exemplars += sample.exemplar is not None and "trace_id" in sample.exemplar.labels

    for name in (
        "consilium_http_seconds_count",
        "consilium_rpc_seconds_count",
        "consilium_bus_delay_seconds_count",
        "consilium_channel_outcomes_total",
        "consilium_channel_letter_seconds_count",
        "consilium_campaign_seconds_count",
        "consilium_profile_import_rows_total",
        "consilium_loop_lag_seconds_count",
        "process_resident_memory_bytes",
    ):
        assert told[name] > 0, name
    assert exemplars > 0
