"""Compiles a rule to a Python function over one face: the evaluator for one person.

Promise: equal to the search query of adapters/rule_query.py for every rule and every face, which a property test
holds on the real engine. Pure and without look-ups by name at run time.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Protocol

from services.segment.domain import rule as r
from services.segment.domain.face import Affiliation, Consent, Face, Value


class Membership(Protocol):
    """Whoever can tell whether a person's number is in a segment."""

    def __contains__(self, number: int, /) -> bool:
        """Tell it."""
        ...


Predicate = Callable[[Face, datetime], bool]
Members = Mapping[str, Membership]
"""The numbers of the people in each segment that a rule refers to."""


def compile_rule(rule: r.Node, members: Members | None = None) -> Predicate:
    """Return the function that says whether a face belongs at an instant.

    Status that the rule leaves unsaid is added (`rule.effective`).

    Raises:
        KeyError: the rule refers to a segment that `members` does not hold.
    """
    return _node(r.effective(rule), members or {})


def consent_status(consent: Consent, now: datetime) -> str:
    """Return the status that a consent has now: one past its date is `expired`."""
    if consent.status == "granted" and consent.until is not None and consent.until <= now:
        return "expired"
    return consent.status


def is_current(affiliation: Affiliation, today: str) -> bool:
    """Tell whether a workplace holds on a day; an open side has no limit."""
    return (not affiliation.start or affiliation.start <= today) and (not affiliation.end or affiliation.end >= today)


def _node(node: r.Node, members: Members) -> Predicate:
    match node:
        case r.Group():
            return _group(node, members)
        case r.AttributeLeaf():
            return _attribute(node)
        case r.AffiliationLeaf():
            return _affiliation(node)
        case r.ConsentLeaf():
            return _consent(node)
        case r.StatusLeaf():
            statuses = frozenset(node.statuses)
            return lambda face, _now: face.status in statuses
        case r.KindLeaf():
            kinds = frozenset(node.kinds)
            return lambda face, _now: face.kind in kinds
        case r.BaseLeaf():
            bases = frozenset(node.bases)
            return lambda face, _now: not bases.isdisjoint(face.bases)
        case r.ChannelLeaf():
            channels = frozenset(node.channels)
            return lambda face, _now: not channels.isdisjoint(face.channels)
        case r.SegmentLeaf():
            sets = tuple(members[segment] for segment in node.segments)
            return lambda face, _now: any(face.no in numbers for numbers in sets)


def _group(group: r.Group, members: Members) -> Predicate:
    parts = tuple(_node(member, members) for member in group.members)
    if group.quantifier is r.Quantifier.ALL:
        return lambda face, now: all(part(face, now) for part in parts)
    if group.quantifier is r.Quantifier.ANY:
        return lambda face, now: any(part(face, now) for part in parts)
    return lambda face, now: not any(part(face, now) for part in parts)


def _attribute(leaf: r.AttributeLeaf) -> Predicate:
    key = leaf.attribute
    if leaf.operator is r.Operator.IS_PRESENT:
        return lambda face, _now: bool(face.attributes.get(key))
    if leaf.operator is r.Operator.IS_MISSING:
        return lambda face, _now: not face.attributes.get(key)
    if leaf.operator in {r.Operator.NOT_EQUALS, r.Operator.NOT_IN}:
        unwanted = frozenset(leaf.values)
        return lambda face, _now: bool(face.attributes.get(key)) and unwanted.isdisjoint(face.attributes[key])
    holds = _comparison(leaf)
    return lambda face, _now: any(holds(value) for value in face.attributes.get(key, ()))


def _comparison(leaf: r.AttributeLeaf) -> Callable[[Value], bool]:
    first = leaf.values[0]
    # Values of one attribute are of one type, which the index holds to by its buckets.
    comparisons: dict[r.Operator, Callable[..., bool]] = {
        r.Operator.EQUALS: lambda value: value == first,
        r.Operator.IN: frozenset(leaf.values).__contains__,
        r.Operator.BEGINS_WITH: lambda value: value.startswith(first),
        r.Operator.CONTAINS: lambda value: first in value,
        r.Operator.LESS: lambda value: value < first,
        r.Operator.AT_MOST: lambda value: value <= first,
        r.Operator.GREATER: lambda value: value > first,
        r.Operator.AT_LEAST: lambda value: value >= first,
        r.Operator.BETWEEN: lambda value: first <= value <= leaf.values[1],
    }
    return comparisons[leaf.operator]


def _affiliation(leaf: r.AffiliationLeaf) -> Predicate:
    asked = tuple((part, frozenset(codes)) for part, codes in leaf.parts())

    def holds(face: Face, now: datetime) -> bool:
        today = now.date().isoformat()
        return any(
            all(getattr(affiliation, part) in codes for part, codes in asked)
            and (not leaf.current or is_current(affiliation, today))
            for affiliation in face.affiliations
        )

    return holds


def _consent(leaf: r.ConsentLeaf) -> Predicate:
    asked = tuple((part, frozenset(codes)) for part, codes in leaf.parts())
    statuses = frozenset(leaf.status)

    def holds(face: Face, now: datetime) -> bool:
        return any(
            consent_status(consent, now) in statuses and all(getattr(consent, part) in codes for part, codes in asked)
            for consent in face.consents
        )

    return holds
