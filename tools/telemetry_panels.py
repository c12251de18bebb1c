"""Grafana dashboards made from telemetry/registry.yaml: one per area of metrics, and one of the promises."""

from collections.abc import Iterator, Mapping
from typing import Any

TITLES = {
    "red": "Consilium: requests and calls",
    "bus": "Consilium: facts and consumers",
    "business": "Consilium: what it does",
    "use": "Consilium: processes",
}
_WIDTH, _HEIGHT = 12, 8
_DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}
_NAMES = {"red": "job", "bus": "job", "business": "job", "use": "instance"}
# What every process tells beside ours: utilisation of CPU and memory, files as what runs out.
_PROCESS = (
    ("Processor", "sum by (job, instance) (rate(process_cpu_seconds_total[$__rate_interval]))", "percentunit"),
    ("Memory", "max by (job, instance) (process_resident_memory_bytes)", "bytes"),
    ("Open files, of those allowed", "max by (job, instance) (process_open_fds / process_max_fds)", "percentunit"),
)


def dashboards(known: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Give every dashboard by its file's name."""
    boards = {area: _board(f"consilium-{area}", title, list(_panels(area, known))) for area, title in TITLES.items()}
    boards["promises"] = _board("consilium-promises", "Consilium: promises", list(_promises(known)))
    return boards


def _panels(area: str, known: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    if area == "use":
        for title, expr, unit in _PROCESS:
            yield _panel(title, [(expr, "{{job}} {{instance}}")], unit)
    for name, metric in known["metrics"].items():
        if metric["panel"] != area:
            continue
        labels = list(metric["labels"])
        by = ", ".join(labels or [_NAMES[area]])
        shown = " ".join(f"{{{{{label}}}}}" for label in labels or [_NAMES[area]])
        if metric["kind"] == "counter":
            expr = f"sum by ({by}) (rate({name}_total[$__rate_interval]))"
            yield _panel(metric["about"], [(expr, shown)], "cps")
        elif metric["kind"] == "gauge":
            unit = "s" if name.endswith("_seconds") else "short"
            yield _panel(
                metric["about"],
                [(f"sum by ({by}) ({name})" if unit == "short" else f"max by ({by}) ({name})", shown)],
                unit,
            )
        else:
            yield from _histogram(name, metric, labels)


def _histogram(name: str, metric: Mapping[str, Any], labels: list[str]) -> Iterator[dict[str, Any]]:
    # By the first label alone: quantiles of every combination could not be read.
    first = labels[:1]
    by = ", ".join(["le", *first])
    shown = " ".join(f"{{{{{label}}}}}" for label in first)
    quantiles = [
        (
            f"histogram_quantile({q}, sum by ({by}) (rate({name}_bucket[$__rate_interval])))",
            f"p{round(q * 100)} {shown}",
        )
        for q in (0.5, 0.95, 0.99)
    ]
    yield _panel(metric["about"], quantiles, "s", exemplars=True)
    rate = f"sum by ({', '.join(labels) or 'job'}) (rate({name}_count[$__rate_interval]))"
    yield _panel(f"{metric['about']} How many.", [(rate, " ".join(f"{{{{{each}}}}}" for each in labels))], "cps")


def _promises(known: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for name, slo in known["slos"].items():
        budget = round(1 - slo["objective"], 6)
        whole = f"1 - ({slo['good']}) / ({slo['all']} > 0)".replace("WINDOW", "28d")
        left = f"1 - ({whole}) / {budget}"
        yield _panel(f"{slo['title']}: error budget left", [(left, "left")], "percentunit", kind="stat")
        burn = [
            (f"consilium:{name}:errors:{window} / {budget}", f"over {window}") for window in ("5m", "1h", "6h", "3d")
        ]
        yield _panel(f"{slo['title']}: how fast it burns. {slo['promise']}", burn, "short")


def _panel(
    title: str, queries: list[tuple[str, str]], unit: str, *, exemplars: bool = False, kind: str = "timeseries"
) -> dict[str, Any]:
    return {
        "type": kind,
        "title": title.rstrip("."),
        "datasource": _DATASOURCE,
        "fieldConfig": {"defaults": {"unit": unit, "min": 0}, "overrides": []},
        "options": {"legend": {"displayMode": "list", "placement": "bottom"}, "tooltip": {"mode": "multi"}}
        if kind == "timeseries"
        else {"reduceOptions": {"calcs": ["lastNotNull"]}},
        "targets": [
            {"refId": chr(65 + number), "expr": expr, "legendFormat": legend.strip(), "exemplar": exemplars}
            for number, (expr, legend) in enumerate(queries)
        ],
    }


def _board(uid: str, title: str, panels: list[dict[str, Any]]) -> dict[str, Any]:
    for number, panel in enumerate(panels):
        row, column = divmod(number, 2)
        panel["id"] = number + 1
        panel["gridPos"] = {"x": column * _WIDTH, "y": row * _HEIGHT, "w": _WIDTH, "h": _HEIGHT}
    return {
        "uid": uid,
        "title": title,
        "tags": ["consilium"],
        "schemaVersion": 39,
        "version": 1,
        "editable": False,
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "templating": {
            "list": [{"name": "datasource", "label": "Prometheus", "type": "datasource", "query": "prometheus"}]
        },
        "panels": panels,
    }
