"""Names of logs, metrics and span attributes come from telemetry/registry.yaml and from nowhere else."""

import ast
from collections.abc import Iterator
from typing import Any

import yaml

from tests.architecture.tree import PRODUCT, ROOT, modules, parsed

REGISTRY: dict[str, Any] = yaml.safe_load((ROOT / "telemetry/registry.yaml").read_text(encoding="utf-8"))
LEVELS = {"debug", "info", "warning", "error", "exception"}
INSTRUMENTS = {"Counter", "Gauge", "Histogram"}


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


def test_every_span_attribute_is_registered() -> None:
    set_ = {
        str(call.args[0].value)
        for _, call in _calls()
        if isinstance(call.func, ast.Attribute)
        and call.func.attr == "set_attribute"
        and isinstance(call.args[0], ast.Constant)
    }

    assert set_ == set(REGISTRY["spans"])
