"""Problems as people and programs see them: RFC 9457 `problem+json`, made in one table.

Promise: whatever goes wrong, the answer has a type, a title, a status, a code and a sentence; fields are
named by JSON pointers; no stack, no internal text and nothing of somebody else's ever leaves.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

PROBLEM_JSON = "application/problem+json"

TITLES: Mapping[int, str] = {
    400: "Malformed request",
    401: "Not signed in",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    406: "Not acceptable",
    409: "Conflict with the present state",
    412: "Changed since you read it",
    413: "Too large",
    415: "Unsupported media type",
    422: "Fields are not valid",
    428: "Condition required",
    429: "Too many requests",
    499: "Cancelled",
    500: "Internal error",
    501: "Not available here",
    503: "Temporarily unavailable",
    504: "Took too long",
}

STATUS_BY_CODE: Mapping[str, int] = {
    "CANCELLED": 499,
    "UNKNOWN": 500,
    "INVALID_ARGUMENT": 422,
    "DEADLINE_EXCEEDED": 504,
    "NOT_FOUND": 404,
    "ALREADY_EXISTS": 409,
    "PERMISSION_DENIED": 403,
    "RESOURCE_EXHAUSTED": 429,
    "FAILED_PRECONDITION": 409,
    "ABORTED": 409,
    "OUT_OF_RANGE": 422,
    "UNIMPLEMENTED": 501,
    "INTERNAL": 500,
    "UNAVAILABLE": 503,
    "DATA_LOSS": 500,
    "UNAUTHENTICATED": 401,
}
"""gRPC status name -> HTTP status, where the reason does not say better."""

STATUS_BY_REASON: Mapping[str, int] = {
    "ETAG_STALE": 412,
    "ETAG_MISMATCH": 412,
    "IDEMPOTENCY_KEY_REUSED": 422,
}
"""Reasons whose HTTP status is not their gRPC code's."""

RETRY_AFTER: Mapping[int, int] = {429: 1, 503: 5}
"""Seconds a caller should wait where the refusal does not say better."""

OPAQUE = "Something went wrong on our side. It has been logged."
"""All that leaves of a bug."""


@dataclass(frozen=True, slots=True)
class FieldError:
    """One field that is not valid. `pointer` is RFC 6901 into the body, `?name` of a query parameter, `header:name`."""

    pointer: str
    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """What will be answered."""

    status: int
    code: str
    detail: str
    errors: Sequence[FieldError] = ()
    retry_after: int | None = None
    more: Mapping[str, object] = field(default_factory=dict)

    def headers(self) -> dict[str, str]:
        """Return the headers that belong to the status."""
        headers = {"cache-control": "no-store"}
        wait = self.retry_after if self.retry_after is not None else RETRY_AFTER.get(self.status)
        if wait is not None:
            headers["retry-after"] = str(wait)
        if self.status == 401:
            headers["www-authenticate"] = 'Bearer realm="consilium"'
        return headers


def status_of(code: str, reason: str) -> int:
    """Return the HTTP status of a problem by its gRPC code and reason."""
    return STATUS_BY_REASON.get(reason) or STATUS_BY_CODE.get(code, 500)


def type_of(code: str) -> str:
    """Return the URI that identifies a kind of problem."""
    return f"urn:consilium:problem:{code.lower().replace('_', '-')}"


def problem_body(refusal: Refusal) -> bytes:
    """Return the JSON of a refusal."""
    body: dict[str, object] = {
        "type": type_of(refusal.code),
        "title": TITLES.get(refusal.status, "Refused"),
        "status": refusal.status,
        "code": refusal.code,
        "detail": refusal.detail,
    }
    if refusal.errors:
        body["errors"] = [
            {"pointer": error.pointer, "code": error.code, "detail": error.detail} for error in refusal.errors
        ]
    for name, value in refusal.more.items():
        body.setdefault(name, value)
    return msgspec.json.encode(body)


_STEP = re.compile(r"""\[(?:"((?:[^"\\]|\\.)*)"|([^\]"]*))\]|([^.\[\]]+)""")


WRAPPERS = ("profile.", "settings.", "organisation.", "base.", "source.", "attribute.", "term.")
"""Fields of requests that hold the whole body of an HTTP request, so that its pointers begin inside them."""


def pointer_of(path: str) -> str:
    """Turn a field path (`rows[3].phone`, `attributes["city"].text`) into a JSON pointer (`/rows/3/phone`)."""
    for wrapper in WRAPPERS:
        path = path.removeprefix(wrapper)
    steps = [quoted or index or name for quoted, index, name in _STEP.findall(path)]
    return "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in steps)
