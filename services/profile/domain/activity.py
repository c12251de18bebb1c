"""Activities: what of a collected event may go further, and which are too late.

Promise: only properties of the catalogue below, as numbers, flags, moments or codes of at most 64 characters, leave
profile; the rest is dropped and counted, because nobody knows whether it is personal.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

LATENESS = timedelta(days=14)
"""As long as `seen_events` remembers: an older event could not be told from a repeat."""

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")


class PropertyType(StrEnum):
    """Types that can carry nothing personal by themselves."""

    NUMBER = "number"
    FLAG = "flag"
    TIME = "time"
    CODE = "code"


CATALOGUE: Mapping[str, PropertyType] = {
    **dict.fromkeys(
        ("amount", "discount", "duration", "price", "progress", "quantity", "rating", "score", "step", "total",
         "value"),
        PropertyType.NUMBER,
    ),
    **dict.fromkeys(("completed", "first", "online", "registered", "success"), PropertyType.FLAG),
    **dict.fromkeys(("ends_at", "scheduled_at", "starts_at"), PropertyType.TIME),
    **dict.fromkeys(
        (
            "action", "campaign", "category", "channel", "content", "course", "currency", "element", "event", "form",
            "format", "goal", "material", "method", "page", "page_type", "product", "programme", "section", "session",
            "slot", "specialty", "status", "topic", "utm_campaign", "utm_content", "utm_medium", "utm_source",
            "variant",
        ),
        PropertyType.CODE,
    ),
}  # fmt: skip

Property = float | bool | datetime | str


@dataclass(frozen=True, slots=True)
class Admitted:
    """The properties that may travel, and how many may not."""

    properties: Mapping[str, Property]
    dropped: int


def admitted(said: Mapping[str, Any]) -> Admitted:
    """Keep what the catalogue lists and what has the listed type."""
    kept: dict[str, Property] = {}
    for key, value in said.items():
        of = CATALOGUE.get(key)
        fit = _fit(of, value) if of is not None else None
        if fit is not None:
            kept[key] = fit
    return Admitted(kept, len(said) - len(kept))


def name_fits(name: str) -> bool:
    """Tell whether an event's name is a code, as everything that ends in a subject or a report must be."""
    return _NAME.fullmatch(name) is not None


def too_old(time: datetime, received: datetime) -> bool:
    """Tell whether an event came later than a repeat of it could be recognised."""
    return time < received - LATENESS


def _fit(of: PropertyType, value: Any) -> Property | None:
    match of:
        case PropertyType.FLAG:
            return value if isinstance(value, bool) else None
        case PropertyType.NUMBER:
            is_number = isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e15
            return float(value) if is_number else None
        case PropertyType.CODE:
            return value if isinstance(value, str) and _CODE.fullmatch(value) else None
        case PropertyType.TIME:
            try:
                moment = datetime.fromisoformat(value) if isinstance(value, str) else None
            except ValueError:
                return None
            return moment if moment is not None and moment.tzinfo is not None else None
