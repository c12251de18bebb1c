"""Pages for people, made from telemetry/registry.yaml: runbooks of alerts, log events, service levels."""

from collections.abc import Mapping, Sequence
from typing import Any

_MADE = "<!-- Made from telemetry/registry.yaml by `python -m tools.telemetry`; do not edit. -->"
_MINUTES = 28 * 24 * 60


def alerts_page(known: Mapping[str, Any]) -> str:
    """Give docs/runbooks/alerts.md: one heading per alert, which its rule links to."""
    lines = [_MADE, "# What to do when an alert fires", ""]
    lines += [
        "`page` wakes somebody, `ticket` waits for the morning. Rules: `telemetry/alerts.yaml`; dashboards:",
        "`telemetry/dashboards/`. What a log line asks for stands in the line (`do`) and in [logs.md](logs.md); faults",
        "that were tried and what was seen of them are in [faults.md](faults.md).",
        "",
    ]
    for name, alert in known["alerts"].items():
        lines += [f"## {name}", "", f"{alert['about']} ({alert['severity']}, after {alert['for']})", ""]
        lines += [f"{number}. {step}" for number, step in enumerate(alert["do"], 1)]
        lines += ["", f"    {alert['expr']}", ""]
    for name, slo in known["slos"].items():
        lines += [
            f"## Budget{name.capitalize()}",
            "",
            f"{slo['promise']} It is broken so fast that the error budget will not last ([slo.md](../slo.md)).",
            "",
            f"1. {slo['do']}",
            "2. Say in the incident since when; the budget that is left stands on the dashboard *Consilium: promises*.",
            "",
        ]
    return "\n".join(lines).rstrip() + "\n"


def logs_page(known: Mapping[str, Any]) -> str:
    """Give docs/runbooks/logs.md: every event that can stand in a log."""
    lines = [_MADE, "# Log events", ""]
    lines += [
        "One JSON object per line: `timestamp`, `level`, `event`, `service`, `cell`, `trace_id`, `span_id`, the keys",
        "below; on failures `error` (a type), `place` (the innermost frames) and `fingerprint` (the same for the same",
        "fault in the same place), on warnings and errors `do`. Nothing about a person stands in a log.",
        "",
        "`error`: a fault of ours, somebody must look. `warning`: something is away or late; it mends by itself when",
        "that is back. `info`: a fact of the process's life.",
        "",
        "| event | level | keys | meaning | what to do |",
        "|---|---|---|---|---|",
    ]
    for event, entry in known["logs"].items():
        keys = ", ".join(f"`{key}`" for key in entry["keys"]) or "–"
        lines.append(f"| `{event}` | {entry['level']} | {keys} | {entry['about']} | {entry.get('do', '–')} |")
    return "\n".join(lines) + "\n"


def slo_page(known: Mapping[str, Any], burns: Sequence[tuple[float, str, str]]) -> str:
    """Give docs/slo.md: what is promised, how it is measured, and what follows from breaking it."""
    lines = [_MADE, "# Service levels", ""]
    lines += [
        "What users may rely on, each as a share of good events over 28 days. What is not promised may fail: that",
        "share is the error budget. While a budget lasts, releases go on; when it is spent, only mends are released",
        "until it is whole again, and the reason is written down.",
        "",
        "| promise | objective | error budget in 28 days |",
        "|---|---|---|",
    ]
    for slo in known["slos"].values():
        left = 1 - slo["objective"]
        budget = f"{left:.1%} of the events, or {_MINUTES * left:,.0f} minutes"
        lines.append(f"| {slo['promise']} | {slo['objective']:.1%} | {budget} |")
    lines += ["", "## How each is measured", ""]
    for name, slo in known["slos"].items():
        lines += [f"**{slo['title']}** (`{name}`)", "", f"    good  {slo['good']}", f"    all   {slo['all']}", ""]
    lines += [
        "## When somebody is called",
        "",
        "An alert fires when a budget burns too fast over a long window and still does over a short one:",
        "",
        "| burns | long window | short window |",
        "|---|---|---|",
    ]
    lines += [f"| {factor:g} × | {long} | {short} |" for factor, long, short in burns]
    lines += [
        "",
        "14.4 × for an hour spends 2 % of the budget, 6 × for six hours 5 %; 1 × for three days is a matter for the",
        "morning. Runbooks: [runbooks/alerts.md](runbooks/alerts.md). Rules: `telemetry/alerts.yaml`, tested in",
        "`telemetry/alerts_test.yaml`.",
        "",
        "Delays are taken from the clocks of two machines; they are as exact as those agree (NTP: some milliseconds).",
    ]
    return "\n".join(lines) + "\n"
