"""What every resource's routes share: parameters, and how answers are written.

Promise: an answer's ETag is its `etag`; a list is `{items, next_page_token, total}`; long work is 202 with Location.
"""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any

import msgspec
from fastapi import Header, Path, Query
from google.protobuf.message import Message
from starlette.responses import Response

from gateway.convert import to_json

UUID_PATTERN = r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"

PathId = Annotated[str, Path(pattern=UUID_PATTERN, examples=["01941f29-7c00-7aa0-8000-000000000001"])]
"""A UUID in the address."""

PathKey = Annotated[str, Path(pattern=r"^[a-z][a-z0-9_-]{0,63}$", examples=["specialties"])]
"""A code in the address."""

PageSize = Annotated[int, Query(ge=1, le=500, description="At most this many items.")]
PageToken = Annotated[str, Query(max_length=4096, description="`next_page_token` of the answer before.")]
IfMatch = Annotated[
    str | None, Header(max_length=256, description="The ETag that the change is based on; a stale one is 412.")
]
IdempotencyKey = Annotated[
    str | None,
    Header(
        min_length=1, max_length=128, description="A repeat with the same key and body answers what the first answered."
    ),
]

PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {
        "description": text,
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemView"}}},
    }
    for status, text in {
        401: "Not signed in.",
        403: "The caller's roles or workspace do not allow it.",
        404: "There is no such thing, or the caller may not know of it.",
        409: "The present state does not allow it.",
        412: "Changed since the given ETag.",
        413: "The body is too large.",
        422: "Fields are not valid; `errors` names them.",
        429: "Too much at once; see Retry-After.",
        503: "A part of the system does not answer; see Retry-After.",
    }.items()
}
"""Refusals that any address may answer."""


def etag_of(if_match: str | None) -> str:
    """Return the etag of an If-Match header; empty for none and for `*`."""
    if if_match is None:
        return ""
    text = if_match.strip().removeprefix("W/").strip('"')
    return "" if text == "*" else text


def answered(message: Message, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Answer one resource."""
    body = to_json(message)
    more = dict(headers or {})
    if body.get("etag"):
        more["etag"] = f'"{body["etag"]}"'
    return written(body, status, more)


def written(body: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Answer a JSON value."""
    return Response(msgspec.json.encode(body), status, dict(headers or {}), media_type="application/json")


def created(message: Message, location: str) -> Response:
    """Answer a new resource."""
    return answered(message, 201, {"location": location})


def started(operation: Message, body: object = None) -> Response:
    """Answer long work: 202 and where to follow it."""
    told = to_json(operation)
    return written(told if body is None else body, 202, {"location": f"/v1/operations/{told['id']}"})


def whole(items: Iterable[Message], **more: object) -> Response:
    """Answer a list that has one page, and what else belongs to it."""
    told = [to_json(each) for each in items]
    return written({"items": told, "next_page_token": "", "total": len(told), **more})


def listed(response: Any, field: str, *, total: bool = True) -> Response:
    """Answer one page of a list from a service's response."""
    told = to_json(response)
    body = {"items": told[field], "next_page_token": told.get("next_page_token", "")}
    if total:
        exact = not told.get("total_at_least", False)
        body["total" if exact else "total_at_least"] = told["total"]
    return written(body)
