"""Refusals as exceptions, and the handlers that turn every exception into `problem+json`.

Promise: one handler per kind of thing that goes wrong; what none of them knows is a bug, logged with its stack
and answered without it.
"""

import math
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import grpc
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from chassis.grpc.errors import problem_of
from chassis.kernel import Problem
from chassis.telemetry.logs import log
from gateway.figures import refused
from gateway.problems import (
    OPAQUE,
    PROBLEM_JSON,
    FieldError,
    Refusal,
    pointer_of,
    problem_body,
    status_of,
)

SHOWN_FIELDS = frozenset({"survivor", "freeze"})
"""Data of a refusal that the caller may act on: the id of an absorbed profile's survivor, of a freeze that stands."""

CODES: Mapping[int, str] = {
    400: "BODY_MALFORMED",
    404: "ADDRESS_UNKNOWN",
    405: "METHOD_NOT_ALLOWED",
    406: "NOT_ACCEPTABLE",
    413: "BODY_TOO_LARGE",
    415: "MEDIA_TYPE_NOT_SUPPORTED",
}
"""Codes of what the framework itself refuses."""

CODES_BY_KIND: Mapping[str, str] = {
    "extra_forbidden": "UNKNOWN_FIELD",
    "missing": "REQUIRED",
    "literal_error": "NOT_ONE_OF",
    "value_error": "NOT_VALID",
    "string_pattern_mismatch": "WRONG_FORM",
    "string_too_short": "TOO_SHORT",
    "string_too_long": "TOO_LONG",
    "too_short": "TOO_FEW",
    "too_long": "TOO_MANY",
    "less_than_equal": "TOO_LARGE",
    "greater_than_equal": "TOO_SMALL",
}
"""What the models refuse, in the words of our answers."""

DETAILS: Mapping[int, str] = {
    400: "The body cannot be read.",
    404: "There is nothing at this address.",
    405: "This address does not answer this method.",
}


class RequestRefused(Exception):  # noqa: N818 - a refusal, not an error of ours
    """Carries a refusal from where it is known to the one handler that answers it."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal


def answer(refusal: Refusal) -> Response:
    """Return the response of a refusal."""
    refused(refusal.code)
    return Response(problem_body(refusal), refusal.status, refusal.headers(), media_type=PROBLEM_JSON)


def invalid(pointer: str, code: str, detail: str) -> RequestRefused:
    """Return the refusal of one field."""
    return RequestRefused(Refusal(422, "INVALID_FIELD", "Fields are not valid.", [FieldError(pointer, code, detail)]))


def from_rpc(error: grpc.aio.AioRpcError, method: str = "POST") -> Refusal:
    """Translate what a service refused, or that it does not answer."""
    if error.code() is grpc.StatusCode.UNIMPLEMENTED:
        return Refusal(501, "NOT_AVAILABLE", "This is not available here.")
    return from_problem(problem_of(error, "A service"), method)


def from_problem(problem: Problem, method: str = "POST") -> Refusal:
    """Translate a refusal that was raised in this process or told by a service."""
    status = status_of(problem.code.name, problem.reason)
    if status == 500:
        return Refusal(500, "INTERNAL", OPAQUE)
    violations = [
        # A GET has no body: what it tells, it tells by query parameters.
        FieldError(f"?{each.field}" if method == "GET" else pointer_of(each.field), each.reason, each.text)
        for each in problem.violations
    ]
    wait = None if problem.retry_after is None else max(1, math.ceil(problem.retry_after))
    more = {key: value for key, value in problem.fields.items() if key in SHOWN_FIELDS}
    return Refusal(status, problem.reason, problem.text, violations, wait, more)


def from_validation(errors: Sequence[Mapping[str, Any]]) -> Refusal:
    """Translate what the models refuse. Values are never repeated, only where and why.

    A body that is not JSON at all is 400; everything else is 422 with one entry per field.
    """
    if any(error["loc"][0] == "path" for error in errors):
        return Refusal(404, "ADDRESS_UNKNOWN", DETAILS[404])  # an id that cannot be one names nothing
    if any(error["type"] == "json_invalid" for error in errors):
        return Refusal(400, "BODY_MALFORMED", "The body is not valid JSON.")
    return Refusal(422, "INVALID_FIELD", "Fields are not valid.", [_field_error(error) for error in errors[:100]])


def _field_error(error: Mapping[str, Any]) -> FieldError:
    place, *steps = error["loc"]
    path = "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in steps)
    pointer = path if place == "body" else f"?{steps[0]}" if place == "query" and steps else f"{place}:{path[1:]}"
    kind = str(error["type"])
    code = CODES_BY_KIND.get(kind) or ("WRONG_TYPE" if kind.endswith("_type") else kind.upper())
    detail = {"UNKNOWN_FIELD": "There is no such field.", "REQUIRED": "This field is required."}.get(code, error["msg"])
    return FieldError(pointer, code, detail)


def install(app: FastAPI) -> None:
    """Register every handler on an application."""

    @app.exception_handler(RequestRefused)
    async def _refused(_request: Request, error: RequestRefused) -> Response:
        return answer(error.refusal)

    @app.exception_handler(grpc.aio.AioRpcError)
    async def _rpc(request: Request, error: grpc.aio.AioRpcError) -> Response:
        refusal = from_rpc(error, request.method)
        if refusal.status >= 500:
            log().warning("peer.failed", route=_route(request), code=error.code().name, reason=refusal.code)
        return answer(refusal)

    @app.exception_handler(Problem)
    async def _problem(request: Request, error: Problem) -> Response:
        return answer(from_problem(error, request.method))

    @app.exception_handler(RequestValidationError)
    async def _validation(_request: Request, error: RequestValidationError) -> Response:
        return answer(from_validation(error.errors()))

    @app.exception_handler(HTTPException)
    async def _http(_request: Request, error: HTTPException) -> Response:
        status = error.status_code
        response = answer(
            Refusal(status, CODES.get(status, "REFUSED"), DETAILS.get(status, "The request was refused."))
        )
        response.headers.update({k: v for k, v in (error.headers or {}).items() if k.lower() == "allow"})
        return response

    @app.exception_handler(Exception)
    async def _bug(request: Request, error: Exception) -> Response:
        log().error("request.failed", route=_route(request), exc_info=error)
        return answer(Refusal(500, "INTERNAL", OPAQUE))


def unknown(
    asked: Callable[[Request], bool], page: Callable[[], Response]
) -> Callable[[Request, Exception], Awaitable[Response]]:
    """Return the handler of addresses of nobody: a page where somebody follows one, a problem for programs."""

    async def handler(request: Request, _error: Exception) -> Response:
        return page() if asked(request) else answer(Refusal(404, CODES[404], DETAILS[404]))

    return handler


def _route(request: Request) -> str:
    route = request.scope.get("route")
    return str(getattr(route, "path", ""))
