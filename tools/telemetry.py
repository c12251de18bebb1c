"""`python -m tools.telemetry`: make everything that follows from telemetry/registry.yaml; a test compares.

Made: Grafana dashboards (telemetry/dashboards/*.json), Prometheus rules (telemetry/alerts.yaml, and for its
operator deploy/k8s/components/monitoring/alerts.yaml), what log lines ask of
their reader (telemetry/advice.json), the runbooks of alerts and of log events (docs/runbooks) and docs/slo.md.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from tools.telemetry_pages import alerts_page, logs_page, slo_page
from tools.telemetry_panels import dashboards

ROOT = Path(__file__).resolve().parent.parent
RUNBOOKS = "docs/runbooks/alerts.md"
# Google's SRE workbook, chapter 5: how fast a budget of 28 days burns, over a long and a short window.
BURNS = ((14.4, "1h", "5m", "page"), (6.0, "6h", "30m", "page"), (1.0, "3d", "6h", "ticket"))

Registry = Mapping[str, Any]


def registry() -> Registry:
    """Read the registry."""
    found: Registry = yaml.safe_load((ROOT / "telemetry/registry.yaml").read_text(encoding="utf-8"))
    return found


def advice(known: Registry) -> dict[str, str]:
    """Give what each warning and error asks of its reader."""
    return {event: entry["do"] for event, entry in known["logs"].items() if "do" in entry}


def rules(known: Registry) -> dict[str, Any]:
    """Give Prometheus' rule groups: shares of good events, budgets that burn, and the alerts of the registry."""
    windows = sorted({window for _, long, short, _ in BURNS for window in (long, short)})
    recorded = [
        {
            "record": f"consilium:{name}:errors:{window}",
            "expr": f"1 - ({slo['good']}) / ({slo['all']} > 0)".replace("WINDOW", window),
        }
        for name, slo in known["slos"].items()
        for window in windows
    ]
    burning = [rule for name, slo in known["slos"].items() for rule in _burning(name, slo)]
    plain = [
        _alert(name, alert["expr"], alert["for"], alert["severity"], alert["about"])
        for name, alert in known["alerts"].items()
    ]
    return {
        "groups": [
            {"name": "consilium-slo-records", "interval": "30s", "rules": recorded},
            {"name": "consilium-slo", "rules": burning},
            {"name": "consilium", "rules": plain},
        ]
    }


def _burning(name: str, slo: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for factor, long, short, severity in BURNS:
        limit = f"({factor} * {round(1 - slo['objective'], 6)})"
        expr = f"consilium:{name}:errors:{long} > {limit} and consilium:{name}:errors:{short} > {limit}"
        about = f"{slo['title']}: the error budget of 28 days burns {factor:g} times as fast as it may, over {long}."
        yield _alert(f"Budget{name.capitalize()}", expr, "2m", severity, about, {"slo": name, "window": long})


def _alert(
    name: str, expr: str, wait: str, severity: str, about: str, labels: Mapping[str, str] | None = None
) -> dict[str, Any]:
    return {
        "alert": name,
        "expr": expr,
        "for": wait,
        "labels": {"severity": severity, **(labels or {})},
        "annotations": {"summary": about, "runbook_url": f"{RUNBOOKS}#{name.lower()}"},
    }


def made(known: Registry) -> dict[str, str]:
    """Give the text of every file that follows from the registry, by path."""
    head = "# Made from registry.yaml by `python -m tools.telemetry`; do not edit.\n"
    return {
        "telemetry/advice.json": _json(advice(known)),
        "telemetry/alerts.yaml": head + _yaml(rules(known)),
        "deploy/k8s/components/monitoring/alerts.yaml": head + _yaml(_for_the_operator(rules(known))),
        "docs/runbooks/alerts.md": alerts_page(known),
        "docs/runbooks/logs.md": logs_page(known),
        "docs/slo.md": slo_page(known, [(factor, long, short) for factor, long, short, _ in BURNS]),
        **{f"telemetry/dashboards/{name}.json": _json(board) for name, board in dashboards(known).items()},
    }


def _for_the_operator(groups: dict[str, Any]) -> dict[str, Any]:
    """Wrap the rules as Prometheus' operator reads them."""
    kind = {"apiVersion": "monitoring.coreos.com/v1", "kind": "PrometheusRule"}
    return {**kind, "metadata": {"name": "consilium"}, "spec": groups}


def _yaml(value: Any) -> str:
    return str(yaml.safe_dump(value, sort_keys=False, width=1000, allow_unicode=True))


def _json(value: Any) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


def main() -> int:
    """Write what differs."""
    for name, text in made(registry()).items():
        path = ROOT / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            sys.stdout.write(f"wrote {name}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
