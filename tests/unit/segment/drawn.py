"""Random rules and people for property tests: small worlds, so that rules find somebody, with every edge in them."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from chassis.kernel import new_id
from services.segment.domain import rule as r
from services.segment.domain.catalogue import BUILT_IN, Attribute, AttributeType, Catalogue
from services.segment.domain.face import ALL, Affiliation, Consent, Face, Value, compared
from services.segment.domain.rule_parsing import OPERATORS

NOW = datetime(2026, 3, 14, 9, 26, 53, 589000, tzinfo=UTC)

CATALOGUE = Catalogue(
    (
        *BUILT_IN,
        Attribute("beds", AttributeType.NUMBER),
        Attribute("teaches", AttributeType.FLAG),
        Attribute("hobbies", AttributeType.TEXT),
    )
)

CODES = ("moscow", "kazan", "ufa")
TEXTS = ("Иванов", "Ивано?", "Семёнов*", "иванова\\", "Anna  Maria", "o'neil", "Ёлкин")
NUMBERS = (-1.5, -0.0, 0, 1, 2.25, 1e12, 3)
DAYS = ("0999-12-31", "1980-02-29", "1990-01-01", "2026-03-13", "2026-03-14", "2026-03-15")
SPECIALTIES = ("paediatrics", "therapy", "cardiology")
ORGANISATIONS = ("clinic-1", "clinic-2", "clinic-3")
BASES = ("main", "partner")
TOPICS = ("news", "congress", "*")


def drawn_value(random: Random, kind: AttributeType) -> str | float | bool:
    """Draw a value as somebody would write it in a rule."""
    if kind is AttributeType.NUMBER:
        return random.choice(NUMBERS)
    if kind is AttributeType.FLAG:
        return random.random() < 0.5
    if kind is AttributeType.DATE:
        return random.choice(DAYS)
    return random.choice(CODES if kind is AttributeType.CODE else TEXTS)


def drawn_face(random: Random, no: int, *, profile: str | None = None, face: str = ALL) -> Face:
    """Draw a person; every part may be missing."""
    attributes: dict[str, tuple[Value, ...]] = {}
    for attribute in CATALOGUE:
        if random.random() < 0.6:
            count = random.choice((1, 1, 1, 2, 3))
            attributes[attribute.key] = tuple(compared(drawn_value(random, attribute.type)) for _ in range(count))
    return Face(
        profile=profile or new_id(),
        no=no,
        face=face,
        revision=random.randint(1, 9),
        status=random.choice(("active", "active", "active", "active", "archived", "erased")),
        kind=random.choice(r.KINDS),
        bases=frozenset(random.sample(BASES, random.randint(1, 2))),
        channels=frozenset(random.sample(r.CHANNELS, random.randint(0, 3))),
        attributes=attributes,
        affiliations=tuple(_affiliation(random) for _ in range(random.choice((0, 1, 1, 2, 3)))),
        consents=tuple(_consent(random) for _ in range(random.choice((0, 1, 2, 3)))),
    )


def _maybe(random: Random, values: tuple[str, ...]) -> str:
    return random.choice(values) if random.random() < 0.75 else ""


def _affiliation(random: Random) -> Affiliation:
    return Affiliation(
        organisation=_maybe(random, ORGANISATIONS),
        specialty=_maybe(random, SPECIALTIES),
        position=_maybe(random, ("head", "resident")),
        city=_maybe(random, CODES),
        start=_maybe(random, DAYS),
        end=_maybe(random, DAYS) if random.random() < 0.5 else "",
    )


def _consent(random: Random) -> Consent:
    until = random.choice((None, None, NOW, NOW + timedelta(milliseconds=1), NOW - timedelta(days=3)))
    return Consent(
        controller=random.choice(BASES),
        purpose=random.choice(("marketing", "service")),
        channel=random.choice(("email", "sms")),
        topic=random.choice(TOPICS),
        status=random.choice(r.CONSENT_STATUSES),
        until=until,
        usable=random.random() < 0.8,
    )


def drawn_rule(random: Random, segments: tuple[str, ...] = (), depth: int = 0) -> dict[str, Any]:
    """Draw a rule as JSON."""
    if depth < 4 and random.random() < (0.8 if depth == 0 else 0.3):
        members = [drawn_rule(random, segments, depth + 1) for _ in range(random.choice((0, 1, 2, 2, 3, 4)))]
        return {random.choice(("all", "any", "any", "none")): members}
    kinds = ("attribute", "attribute", "attribute", "affiliation", "affiliation", "consent", "status", "kind", "base",
             "has_channel", "segment")  # fmt: skip
    match random.choice(kinds if segments else kinds[:-1]):
        case "attribute":
            return drawn_leaf(random)
        case "affiliation":
            return {"affiliation": _parts(random, _AFFILIATION_PARTS) | ({"current": True} if _rarely(random) else {})}
        case "consent":
            return {"consent": _parts(random, _CONSENT_PARTS)}
        case "status":
            return {"status": _some(random, r.SELECTABLE_STATUSES)}
        case "kind":
            return {"kind": _some(random, r.KINDS)}
        case "base":
            return {"base": _some(random, BASES)}
        case "has_channel":
            return {"has_channel": _some(random, r.CHANNELS)}
        case _:
            return {"segment": _some(random, segments)}


_AFFILIATION_PARTS = {"organisation": ORGANISATIONS, "specialty": SPECIALTIES, "position": ("head",), "city": CODES}
_CONSENT_PARTS = {
    "controller": BASES, "purpose": ("marketing", "service"), "channel": ("email", "sms"), "topic": TOPICS,
    "status": r.CONSENT_STATUSES,
}  # fmt: skip


def _rarely(random: Random) -> bool:
    return random.random() < 0.3


def _some(random: Random, values: tuple[str, ...]) -> str | list[str]:
    if random.random() < 0.5:
        return random.choice(values)
    return random.sample(values, random.randint(1, len(values)))


def _parts(random: Random, parts: dict[str, tuple[str, ...]]) -> dict[str, Any]:
    asked = random.sample(sorted(parts), random.randint(1, len(parts)))
    return {part: _some(random, parts[part]) for part in asked}


def drawn_leaf(random: Random) -> dict[str, Any]:
    """Draw an attribute leaf with an operator that its type takes."""
    attribute = random.choice(list(CATALOGUE))
    operator = random.choice(sorted(OPERATORS[attribute.type], key=lambda each: each.value))
    leaf: dict[str, Any] = {"attribute": attribute.key, "op": operator.value}
    match operator:
        case r.Operator.IS_PRESENT | r.Operator.IS_MISSING:
            return leaf
        case r.Operator.IN | r.Operator.NOT_IN:
            return leaf | {"value": [drawn_value(random, attribute.type) for _ in range(random.randint(1, 3))]}
        case r.Operator.BETWEEN:
            first, second = drawn_value(random, attribute.type), drawn_value(random, attribute.type)
            return leaf | {"value": sorted((first, second), key=str if isinstance(first, str) else float)}
        case r.Operator.BEGINS_WITH | r.Operator.CONTAINS:
            text = str(drawn_value(random, attribute.type))
            start = random.randint(0, len(text) - 1)
            piece = text[:start] if operator is r.Operator.BEGINS_WITH else text[start : start + 3]
            return leaf | {"value": piece if piece.strip() else text}
        case _:
            return leaf | {"value": drawn_value(random, attribute.type)}
