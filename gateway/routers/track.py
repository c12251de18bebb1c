"""/v1/track: what people did, from sites, apps and systems."""

import re
from typing import Any

import msgspec
from fastapi import APIRouter, Request
from starlette.responses import Response

from chassis.kernel import Clock
from gateway.collect import AT_ONCE, Collector, Origin, judge, judge_all
from gateway.door import Caller, Door
from gateway.figures import tracked
from gateway.problems import FieldError, Refusal
from gateway.refusals import RequestRefused, invalid
from gen.consilium.access.v1 import tokens_pb2
from gen.consilium.profile.v1 import events_pb2 as pb

ACTION = "activities.collect"
_KEY = re.compile("[a-z][a-z0-9_-]{0,63}")
_EVENT_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["event_id", "name", "time"],
    "additionalProperties": False,
    "properties": {
        "event_id": {"type": "string", "minLength": 1, "maxLength": 128, "description": "Yours; a repeat counts once."},
        "name": {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,63}$", "example": "webinar_registered"},
        "time": {"type": "string", "format": "date-time", "description": "When it happened; at most 14 days ago."},
        "anonymous_id": {"type": "string", "maxLength": 128, "description": "The device or browser."},
        "identity": {
            "type": "object",
            "additionalProperties": False,
            "description": "Who did it. Counts only from a system's sign-in.",
            "properties": {
                name: {"type": "string", "maxLength": 320} for name in ("profile", "email", "phone", "external_id")
            },
        },
        "properties": {"type": "object", "description": "What the catalogue lists for this event."},
        "context": {"type": "object", "description": "Page, campaign and the like."},
    },
}
_VERDICT_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["event_id", "verdict"],
    "properties": {
        "event_id": {"type": "string"},
        "verdict": {"type": "string", "enum": ["accepted", "too_old", "refused"]},
        "pointer": {"type": "string", "description": "Where it is wrong, inside the event."},
        "code": {"type": "string"},
        "detail": {"type": "string"},
    },
}
_SOURCE = {
    "name": "source",
    "in": "query",
    "description": "The source's key.",
    "schema": {"type": "string", "default": "site", "pattern": f"^{_KEY.pattern}$"},
}


def _described(body: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
    return {
        "parameters": [_SOURCE],
        "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
        "responses": {"202": {"description": "On the bus.", "content": {"application/json": {"schema": answer}}}},
    }


def router(door: Door, collector: Collector, clock: Clock) -> APIRouter:
    """Build the routes; bodies are read by msgspec, so they are described by hand."""
    routes = APIRouter(prefix="/v1/track", tags=["track"])

    async def origin_of(request: Request) -> Origin:
        caller = await door.caller(request)
        if ACTION not in caller.actions:
            await door.refuse(caller, ACTION, ())
        return _origin(caller, request.query_params.get("source", "site"))

    @routes.post(
        "",
        status_code=202,
        response_class=Response,
        openapi_extra=_described(_EVENT_SCHEMA, _VERDICT_SCHEMA),
        summary="Tell one event",
    )
    async def track(request: Request) -> Response:
        """Takes one event; answers after the bus has it."""
        origin = await origin_of(request)
        collected = pb.EventsCollected()
        verdict = judge(await request.body(), clock.now(), collected)
        if verdict.verdict != "accepted":
            tracked([(verdict.verdict, verdict.code)])
        if verdict.verdict != "accepted":
            error = FieldError(verdict.pointer, verdict.code, verdict.detail)
            code = "EVENT_TOO_OLD" if verdict.verdict == "too_old" else "INVALID_FIELD"
            raise RequestRefused(Refusal(422, code, "The event is not valid.", [error]))
        await collector.take(origin, collected)
        tracked([(verdict.verdict, verdict.code)])
        return Response(msgspec.json.encode(verdict), 202, media_type="application/json")

    answers = {"type": "object", "properties": {"verdicts": {"type": "array", "items": _VERDICT_SCHEMA}}}
    events = {"type": "array", "minItems": 1, "maxItems": AT_ONCE, "items": _EVENT_SCHEMA}
    batch_schema = {
        "type": "object",
        "required": ["events"],
        "additionalProperties": False,
        "properties": {"events": events},
    }

    @routes.post(
        ":batch",
        status_code=202,
        response_class=Response,
        openapi_extra=_described(batch_schema, answers),
        summary="Tell up to 500 events",
    )
    async def track_batch(request: Request) -> Response:
        """Takes up to 500 events; one verdict each, in their order; answers after the bus has the accepted ones."""
        origin = await origin_of(request)
        collected = pb.EventsCollected()
        try:
            verdicts = judge_all(await request.body(), clock.now(), collected)
        except msgspec.ValidationError as error:
            raise invalid("/events", "NOT_VALID", str(error)) from None
        except (msgspec.DecodeError, RecursionError):
            raise RequestRefused(Refusal(400, "BODY_MALFORMED", "The body is not valid JSON.")) from None
        await collector.take(origin, collected)
        tracked((each.verdict, each.code) for each in verdicts)
        return Response(msgspec.json.encode({"verdicts": verdicts}), 202, media_type="application/json")

    return routes


def _origin(caller: Caller, source: str) -> Origin:
    if _KEY.fullmatch(source) is None:
        raise invalid("?source", "NOT_VALID", "A source's key is expected.")
    workspace = caller.principal.workspace
    trusted = caller.principal.kind == tokens_pb2.PRINCIPAL_KIND_SYSTEM
    return Origin(source, "" if workspace == "*" else workspace, trusted)
