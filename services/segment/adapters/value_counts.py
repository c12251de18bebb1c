"""How many people have which value of a field: what a picker shows before anybody chooses.

Promise: people are counted, not workplaces or consents, and each one once per value.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from services.segment.domain.catalogue import AttributeType, Catalogue
from services.segment.domain.errors import FieldUncounted

_PLAIN = {"kind": "kind", "status": "status", "base": "bases", "channel": "channels"}
_NESTED = {
    **{part: f"affiliations.{part}" for part in ("specialty", "region", "city", "organisation", "position")},
    **{f"consent_{part}": f"consents.{part}" for part in ("controller", "purpose", "channel", "topic", "status")},
}
_ATTRIBUTE = "attribute:"


def counting(field: str, size: int, catalogue: Catalogue) -> Mapping[str, Any]:
    """Return the aggregation that counts people by a field's values, most frequent first.

    Raises:
        FieldUncounted: there is no such field to count by.
    """
    if field in _PLAIN:
        return {"terms": {"field": _PLAIN[field], "size": size}}
    if field in _NESTED:
        people: dict[str, Any] = {"people": {"reverse_nested": {}}}
        terms = {"field": _NESTED[field], "size": size, "order": {"people": "desc"}}
        path = _NESTED[field].partition(".")[0]
        return {"nested": {"path": path}, "aggs": {"values": {"terms": terms, "aggs": people}}}
    attribute = catalogue.find(field.removeprefix(_ATTRIBUTE)) if field.startswith(_ATTRIBUTE) else None
    if attribute is None or not attribute.indexed or attribute.type in {AttributeType.NUMBER, AttributeType.DATE}:
        raise FieldUncounted(field)
    return {"terms": {"field": f"{attribute.type.bucket}.{attribute.key}", "size": size}}


def counted(answer: Mapping[str, Any]) -> Sequence[tuple[str, int]]:
    """Read the values and their people out of the aggregation's answer."""
    inner = answer.get("values", answer)
    return [
        (str(bucket["key"]), int(bucket["people"]["doc_count"] if "people" in bucket else bucket["doc_count"]))
        for bucket in inner["buckets"]
    ]
