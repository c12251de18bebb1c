"""Compiles a rule to an OpenSearch query: the evaluator for counts and lists.

Promise: equal to domain/predicate.py for every rule and every face, which a property test holds on the real engine.
Everything is a filter: nothing is scored.
"""

import re
from collections.abc import Mapping
from datetime import datetime

from services.segment.adapters.bitmaps import encoded
from services.segment.domain import rule as r
from services.segment.domain.catalogue import Attribute
from services.segment.domain.numbers import Numbers

Query = dict[str, object]

_SPECIAL = re.compile(r"([*?\\])")


def compile_query(rule: r.Node, now: datetime, members: Mapping[str, Numbers] | None = None) -> Query:
    """Return the query that finds the faces that belong at an instant.

    Status that the rule leaves unsaid is added (`rule.effective`).

    Raises:
        KeyError: the rule refers to a segment that `members` does not hold.
    """
    return _node(r.effective(rule), now, members or {})


def everything_of(*queries: Query) -> Query:
    """Return the query that all of these have to hold for."""
    return {"bool": {"filter": list(queries)}}


def numbered(numbers: Numbers) -> Query:
    """Return the query for people by number."""
    return {"terms": {"no": [encoded(numbers)], "value_type": "bitmap"}} if len(numbers) else {"match_none": {}}


def granted_until(now: datetime) -> Query:
    """Return the query, inside `consents`, for a consent that is granted and has not run out."""
    return {"bool": {"filter": [{"term": {"consents.status": "granted"}}], "must_not": [_ran_out(now)]}}


def _node(node: r.Node, now: datetime, members: Mapping[str, Numbers]) -> Query:
    match node:
        case r.Group():
            return _group(node, now, members)
        case r.AttributeLeaf():
            return _attribute(node)
        case r.AffiliationLeaf():
            return _affiliation(node, now)
        case r.ConsentLeaf():
            return _consent(node, now)
        case r.StatusLeaf():
            return {"terms": {"status": list(node.statuses)}}
        case r.KindLeaf():
            return {"terms": {"kind": list(node.kinds)}}
        case r.BaseLeaf():
            return {"terms": {"bases": list(node.bases)}}
        case r.ChannelLeaf():
            return {"terms": {"channels": list(node.channels)}}
        case r.SegmentLeaf():
            return any_of([numbered(members[segment]) for segment in node.segments])


def _group(group: r.Group, now: datetime, members: Mapping[str, Numbers]) -> Query:
    parts = [_node(member, now, members) for member in group.members]
    if group.quantifier is r.Quantifier.ANY:
        return any_of(parts)
    if not parts:
        return {"match_all": {}}
    return {"bool": {"filter" if group.quantifier is r.Quantifier.ALL else "must_not": parts}}


def any_of(parts: list[Query]) -> Query:
    """Return the query that one of these has to hold for; nobody when there are none."""
    return {"bool": {"should": parts, "minimum_should_match": 1}} if parts else {"match_none": {}}


def _attribute(leaf: r.AttributeLeaf) -> Query:
    field = f"{Attribute(leaf.attribute, leaf.type).type.bucket}.{leaf.attribute}"
    values = list(leaf.values)
    present: Query = {"exists": {"field": field}}
    match leaf.operator:
        case r.Operator.IS_PRESENT:
            return present
        case r.Operator.IS_MISSING:
            return {"bool": {"must_not": [present]}}
        case r.Operator.EQUALS | r.Operator.IN:
            return {"terms": {field: values}}
        case r.Operator.NOT_EQUALS | r.Operator.NOT_IN:
            return {"bool": {"filter": [present], "must_not": [{"terms": {field: values}}]}}
        case r.Operator.BEGINS_WITH:
            return {"prefix": {field: {"value": values[0]}}}
        case r.Operator.CONTAINS:
            return {"wildcard": {field: {"value": f"*{_literal(str(values[0]))}*"}}}
        case r.Operator.BETWEEN:
            return {"range": {field: {"gte": values[0], "lte": values[1]}}}
        case _:
            return {"range": {field: {_BOUNDS[leaf.operator]: values[0]}}}


def _literal(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)


_BOUNDS = {
    r.Operator.LESS: "lt",
    r.Operator.AT_MOST: "lte",
    r.Operator.GREATER: "gt",
    r.Operator.AT_LEAST: "gte",
}


def _affiliation(leaf: r.AffiliationLeaf, now: datetime) -> Query:
    asked: list[Query] = [{"terms": {f"affiliations.{part}": list(codes)}} for part, codes in leaf.parts()]
    unasked: list[Query] = []
    if leaf.current:
        today = now.date().isoformat()
        unasked = [{"range": {"affiliations.start": {"gt": today}}}, {"range": {"affiliations.end": {"lt": today}}}]
    return nested("affiliations", {"bool": {"filter": asked or [{"match_all": {}}], "must_not": unasked}})


def _consent(leaf: r.ConsentLeaf, now: datetime) -> Query:
    asked: list[Query] = [{"terms": {f"consents.{part}": list(codes)}} for part, codes in leaf.parts()]
    statuses: list[Query] = []
    for status in leaf.status:
        if status == "granted":
            statuses.append(granted_until(now))
            continue
        statuses.append({"term": {"consents.status": status}})
        if status == "expired":
            statuses.append({"bool": {"filter": [{"term": {"consents.status": "granted"}}, _ran_out(now)]}})
    return nested("consents", {"bool": {"filter": [*asked, any_of(statuses)]}})


def _ran_out(now: datetime) -> Query:
    return {"range": {"consents.until": {"lte": round(now.timestamp() * 1000)}}}


def nested(path: str, query: Query) -> Query:
    """Return the query for one nested document that holds all of it."""
    return {"nested": {"path": path, "query": query, "score_mode": "none"}}
