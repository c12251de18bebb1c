"""Names of logs, metrics and span attributes come from telemetry/registry.yaml and from nowhere else."""

import ast
import math
import re
from collections.abc import Iterator
from typing import Any

import yaml

from tests.architecture.tree import PRODUCT, ROOT, modules, parsed
from tools.telemetry import made, registry

REGISTRY: dict[str, Any] = yaml.safe_load((ROOT / "telemetry/registry.yaml").read_text(encoding="utf-8"))
LEVELS = {"debug", "info", "warning", "error", "exception"}
INSTRUMENTS = {"Counter", "Gauge", "Histogram", "Number"}
MOST_SERIES = 1_500
"""What one metric of one process may grow to: routes by statuses are the largest."""


def _calls() -> Iterator[tuple[str, ast.Call]]:
    for path in modules(*PRODUCT):
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Call):
                yield f"{path}:{node.lineno}", node


def _logs() -> Iterator[tuple[str, str, str, set[str]]]:
    """Give place, event, level and keys of every line that we log."""
    for place, call in _calls():
        target = call.func
        if not (isinstance(target, ast.Attribute) and isinstance(target.value, ast.Call)):
            continue
        if getattr(target.value.func, "id", "") != "log" or target.attr not in LEVELS:
            continue
        event = call.args[0]
        assert isinstance(event, ast.Constant), f"{place}: an event's name is a literal"
        level = "error" if target.attr == "exception" else target.attr
        yield place, str(event.value), level, {keyword.arg or "**" for keyword in call.keywords} - {"exc_info"}


def test_every_logged_event_and_key_is_registered() -> None:
    wrong = [
        f"{place}: {event} {sorted(keys)}"
        for place, event, level, keys in _logs()
        if event not in REGISTRY["logs"]
        or not keys <= set(REGISTRY["logs"][event]["keys"])
        or REGISTRY["logs"][event]["level"] != level
    ]

    assert wrong == []


def test_every_registered_event_is_logged_and_explained() -> None:
    logged = {event for _, event, _, _ in _logs()} | {"library.said"}

    assert set(REGISTRY["logs"]) - logged == set()
    assert all(entry["about"] and set(entry["keys"]) <= set(REGISTRY["keys"]) for entry in REGISTRY["logs"].values())


def test_every_metric_is_registered() -> None:
    made = {
        str(call.args[0].value)
        for _, call in _calls()
        if getattr(call.func, "id", "") in INSTRUMENTS
        and call.args
        and isinstance(call.args[0], ast.Constant)
        and isinstance(call.args[0].value, str)
    }

    assert made == set(REGISTRY["metrics"])


def test_labels_are_the_registered_ones_and_their_series_are_bounded() -> None:
    made = {
        str(call.args[0].value): [str(label.value) for label in _labels(call)]
        for _, call in _calls()
        if getattr(call.func, "id", "") in INSTRUMENTS and call.args and isinstance(call.args[0], ast.Constant)
    }

    assert made == {name: list(metric["labels"]) for name, metric in REGISTRY["metrics"].items()}
    for name, metric in REGISTRY["metrics"].items():
        assert metric.get("series", math.prod(metric["labels"].values())) <= MOST_SERIES, name


def _labels(call: ast.Call) -> list[ast.Constant]:
    listed = call.args[2] if len(call.args) > 2 else None
    return [item for item in listed.elts if isinstance(item, ast.Constant)] if isinstance(listed, ast.List) else []


def test_what_follows_from_the_registry_is_current() -> None:
    stale = [name for name, text in made(registry()).items() if (ROOT / name).read_text(encoding="utf-8") != text]

    assert stale == [], "python -m tools.telemetry"


def test_whatever_is_loud_says_what_to_do() -> None:
    silent = [
        event
        for event, entry in REGISTRY["logs"].items()
        if (entry["level"] in {"warning", "error", "log"}) is not bool(entry.get("do"))
    ]

    assert silent == []


def test_rules_use_only_what_processes_tell() -> None:
    told = set(REGISTRY["metrics"])
    rules = [
        rule
        for group in yaml.safe_load((ROOT / "telemetry/alerts.yaml").read_text())["groups"]
        for rule in group["rules"]
    ]
    asked = {name for rule in rules for name in re.findall(r"consilium_[a-z_]+", rule["expr"])}
    suffixes = ("", "_total", "_bucket", "_count", "_sum")

    assert {name for name in asked if not any(f"{metric}{end}" == name for metric in told for end in suffixes)} == set()
    headings = set(
        re.findall(r"^## (\w+)$", (ROOT / "docs/runbooks/alerts.md").read_text(encoding="utf-8"), re.MULTILINE)
    )
    assert {rule["alert"] for rule in rules if "alert" in rule} == headings


def test_every_span_attribute_is_registered() -> None:
    set_ = {
        f"consilium.{keyword.arg}"
        for _, call in _calls()
        if _name(call.func) in {"about", "begun", "continuing", "doing"}
        for keyword in call.keywords
        if keyword.arg not in {None, "kind"}
    }

    assert set_ == set(REGISTRY["spans"])


def _name(function: ast.expr) -> str:
    return str(getattr(function, "attr", "") or getattr(function, "id", ""))


def test_spans_are_written_in_one_place() -> None:
    elsewhere = [
        place
        for place, call in _calls()
        if _name(call.func) in {"set_attribute", "set_attributes", "start_span", "start_as_current_span", "add_event"}
        and not place.startswith("chassis/telemetry/")
    ]

    assert elsewhere == []
