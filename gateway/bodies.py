"""What a JSON body must be before its fields are looked at: JSON by its own word and in fact, each key said once.

Promise: asked after authorisation (`needs`), so who may not do a thing learns nothing here; the framework's own reader
would refuse what is no JSON before anybody asked who sends it, guess at a body of another type, and let the last of two
equal keys win in silence.
Limits: collected events are taken as browsers' beacons send them (`gateway.collect`), whatever type they name; a key
said twice is refused there by event.
"""

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from fastapi import Request
from fastapi.routing import APIRoute
from starlette.responses import Response

from gateway.problems import Refusal
from gateway.refusals import RequestRefused, invalid

SAID_TWICE = "This key stands here more than once."
_BLANKS = b" \t\r\n"
_KEY_ENDS = b'":'
AT_ONCE = 32 << 10
"""Bytes of a body that are read in between: half a millisecond. A larger one is read in a thread, for others wait."""


class _Unjudged(Request):
    """A request whose body may be anything until `require_json` has judged it."""

    async def json(self) -> Any:
        """Read the body; nothing where it is no JSON."""
        try:
            if len(await self.body()) > AT_ONCE and not hasattr(self, "_json"):
                self._json = await asyncio.to_thread(json.loads, await self.body())
            return await super().json()
        except (ValueError, RecursionError):
            return None


class JsonRoute(APIRoute):
    """A route whose caller is known before a word is said about the body."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Leave the judgement of bodies to `require_json`, which every `needs` ends with."""
        handle = super().get_route_handler()

        async def handled(request: Request) -> Response:
            return await handle(_Unjudged(request.scope, request.receive))

        return handled


class _Twice(dict[str, Any]):
    """An object that says a key again; `again` is the first such key."""

    def __init__(self, pairs: Sequence[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        times = Counter(key for key, _ in pairs)
        self.again = next(key for key, _ in pairs if times[key] > 1)


async def require_json(request: Request) -> None:
    """Refuse a body that is not JSON, or says a key twice, where the route reads a JSON body.

    Raises:
        RequestRefused: 415 for another media type; 400 for no JSON; 422 with the pointer of the second key.
    """
    if getattr(request.scope.get("route"), "body_field", None) is None:
        return
    body = await request.body()
    if not body:
        return
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json" and not (kind.startswith("application/") and kind.endswith("+json")):
        raise RequestRefused(Refusal(415, "MEDIA_TYPE_NOT_SUPPORTED", "Send the body as application/json."))
    try:
        pointer = await judged(body)
    except (ValueError, RecursionError):
        raise RequestRefused(Refusal(400, "BODY_MALFORMED", "The body is not valid JSON.")) from None
    if pointer is not None:
        raise invalid(pointer, "SAID_TWICE", SAID_TWICE)


def keys_in(body: bytes) -> int:
    """Count the keys of compact JSON, and the texts in it that look like their end, `":`."""
    return body.count(_KEY_ENDS)


def may_say_twice(body: bytes, keys: int) -> bool:
    """Tell by one scan whether a JSON body may say a key twice; `keys` is `keys_in` what was read from it.

    False is certain: whatever stands there is counted alike on both sides, but a key that gave way to its namesake on
    one side alone. True is no verdict: a null that was read as nothing or a letter written by its number makes it so.
    """
    if body.translate(None, _BLANKS).count(_KEY_ENDS) != keys:
        return True
    # A quote or a colon written by its number would be counted on the other side alone.
    return b"\\" in body and b"\\u00" in body


async def judged(body: bytes) -> str | None:
    """Return what `said_twice` does, without holding others up."""
    return said_twice(body) if len(body) <= AT_ONCE else await asyncio.to_thread(said_twice, body)


def said_twice(body: bytes) -> str | None:
    """Return the JSON pointer of the first key that an object says again; None when there is none.

    Raises:
        ValueError, RecursionError: the body is no JSON.
    """
    found = False

    def read(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal found
        told = dict(pairs)
        if len(told) == len(pairs):
            return told
        found = True
        return _Twice(pairs)

    tree = json.loads(body, object_pairs_hook=read)
    return _place(tree) if found else None


def _place(tree: Any) -> str | None:
    waiting = [(tree, "")]
    while waiting:
        each, here = waiting.pop()
        if isinstance(each, _Twice):
            return f"{here}/{_escaped(each.again)}"
        inner = each.items() if isinstance(each, dict) else enumerate(each) if isinstance(each, list) else ()
        waiting.extend((child, f"{here}/{_escaped(str(key))}") for key, child in inner)
    return None


def _escaped(step: str) -> str:
    return step.replace("~", "~0").replace("/", "~1")
