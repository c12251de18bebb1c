"""Invented facts for report's tests: two bases, a campaign, people by number."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from services.report.domain.facts import Activity, Delivery, DeliveryKind, Link, Run

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Moscow")
CAMPAIGN = "01950000-0000-7000-8000-000000000001"


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def requested(number: int, **changed: Any) -> Delivery:
    return _delivery(number, DeliveryKind.REQUESTED, "", {"subject": f"person-{number}", "channel": "", **changed})


def held(number: int, *, at: float = 0.5) -> Delivery:
    changed = {"id": f"held-{number}-{at}", "time": NOON + minutes(at), "reason": "provider-deferred"}
    return _delivery(number, DeliveryKind.HELD, "", changed)


def finished(number: int, outcome: str, **changed: Any) -> Delivery:
    return _delivery(number, DeliveryKind.OUTCOME, outcome, {"time": NOON + minutes(1), **changed})


def marked(number: int, mark: str, *, at: float = 10, **changed: Any) -> Delivery:
    changed = {"id": f"mark-{number}-{mark}-{at}", "time": NOON + minutes(at), "node": "", **changed}
    return _delivery(number, DeliveryKind.MARK, mark, changed)


def _delivery(number: int, kind: DeliveryKind, code: str, changed: dict[str, Any]) -> Delivery:
    plain: dict[str, Any] = {
        "id": f"{kind}-{number}-{code}",
        "subject": f"record-{number}",
        "profile": f"person-{number}",
        "message": f"message-{number}",
        "campaign": CAMPAIGN,
        "entry": 1,
        "channel": "email",
        "workspace": "main",
        "controller": "main",
        "node": "send",
        "time": NOON,
        "recorded": NOON,
    }
    return Delivery(kind=kind, code=code, **(plain | changed))


def did(number: int, name: str, *, at: float = 30, **changed: Any) -> Activity:
    plain: dict[str, Any] = {
        "id": f"did-{number}-{name}-{at}",
        "event_id": f"{number}-{name}-{at}",
        "subject": f"record-{number}",
        "profile": f"person-{number}",
        "base": "main",
        "source": "site",
        "time": NOON + minutes(at),
        "recorded": NOON + minutes(at),
    }
    return Activity(name=name, **(plain | changed))


def linked(subject: str, person: str, version: int = 1) -> Link:
    return Link(subject, person, version, profile=subject.startswith("person-"))


def run_with_goal(event: str, hours: int, **changed: Any) -> Run:
    plain: dict[str, Any] = {"campaign": CAMPAIGN, "entry": 1, "node": "send", "workspace": "main", "recorded": NOON}
    return Run(goal_event=event, goal_window_hours=hours, **(plain | changed))
