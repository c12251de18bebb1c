"""Limits on what comes in: body sizes, method override, and the second spelling of verbs.

Pure ASGI, before any parsing. Promise: a body beyond its limit is refused by its length before a byte of it is
read, or, when no length was told, at the byte that goes too far.
"""

import asyncio
import contextlib
from collections.abc import Iterable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.problems import PROBLEM_JSON, Refusal, problem_body

BODY_LIMIT = 1 << 20
"""1 MiB: the largest JSON body (a batch of 500 events or 500 ids) is a tenth of it."""

UPLOAD_LIMIT = 1 << 30
"""1 GiB: what an import or a list may upload, streamed and never held."""

UPLOAD_FRAME = 64 << 10
"""Bytes that multipart boundaries and the other fields may add to an upload."""


DRAIN_BYTES = 64 << 20
"""Bytes of a refused body that are read and thrown away, so that its sender gets to read the refusal."""

DRAIN_SECONDS = 10.0
"""Seconds that this may take."""


class BodyTooLarge(Exception):  # noqa: N818 - a refusal, not an error of ours
    """Raised inside `receive` at the byte that goes too far."""


class BodyLimit:
    """Refuses bodies beyond their limit with 413 and closes the connection's body unread."""

    def __init__(self, app: ASGIApp, uploads: frozenset[str]) -> None:
        self._app = app
        self._uploads = uploads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with a counting `receive`."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        upload = scope["method"] == "POST" and scope["path"] in self._uploads
        limit = UPLOAD_LIMIT + UPLOAD_FRAME if upload else BODY_LIMIT
        length = _content_length(scope)
        if length is None or length > limit:
            refusal = Refusal(413, "BODY_TOO_LARGE", f"The body may have {limit} bytes at most.")
            if length is None:
                refusal = Refusal(400, "BODY_MALFORMED", "Content-Length is not a number.")
            await _refuse_unread(refusal, receive, send)
            return
        read, started, exceeded = 0, False, False

        async def counted() -> Message:
            nonlocal read, exceeded
            message = await receive()
            if message["type"] == "http.request":
                read += len(message.get("body", b""))
                if read > limit:
                    exceeded = True
                    raise BodyTooLarge
            return message

        async def noted(message: Message) -> None:
            nonlocal started
            if exceeded and not started:
                return  # the framework takes it for a body that it cannot read; what it really is is answered below
            started = True
            await send(message)

        try:
            await self._app(scope, counted, noted)
        except BodyTooLarge:
            if started:
                raise
        if exceeded and not started:
            refusal = Refusal(413, "BODY_TOO_LARGE", f"The body may have {limit} bytes at most.")
            await _refuse_unread(refusal, receive, send)


class Spelling:
    """Understands `X-HTTP-Method-Override` on POST, and `/things/{id}/verb` for `/things/{id}:verb`."""

    OVERRIDES = frozenset({"PATCH", "DELETE"})

    def __init__(self, app: ASGIApp, verbs: Iterable[str]) -> None:
        self._app = app
        self._verbs = frozenset(verbs)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Rewrite the scope of a POST where it is spelled the other way."""
        if scope["type"] == "http" and scope["method"] == "POST":
            wanted = header(scope, b"x-http-method-override")
            if wanted is not None:
                method = wanted.decode("latin-1").strip().upper()
                if method not in self.OVERRIDES:
                    await send_refusal(
                        send, Refusal(400, "METHOD_OVERRIDE_REFUSED", "Only PATCH and DELETE can be sent as POST.")
                    )
                    return
                scope = {**scope, "method": method}
            else:
                head, _, last = scope["path"].rpartition("/")
                if last in self._verbs and head.startswith("/v1/"):
                    scope = {**scope, "path": f"{head}:{last}", "raw_path": f"{head}:{last}".encode()}
        await self._app(scope, receive, send)


def header(scope: Scope, name: bytes) -> bytes | None:
    """Return the first value of a header (lower-case name), or None."""
    for key, value in scope["headers"]:
        if key == name:
            found: bytes = value
            return found
    return None


def _content_length(scope: Scope) -> int | None:
    """Return the told length, 0 when none was told, None when it is no number."""
    told = header(scope, b"content-length")
    if told is None:
        return 0
    return int(told) if told.isdigit() and len(told) < 20 else None


async def send_refusal(send: Send, refusal: Refusal) -> None:
    """Answer a refusal from below the framework, in the same form as every other one."""
    await _begin(send, refusal, [])
    await send({"type": "http.response.body", "body": b""})


async def _begin(send: Send, refusal: Refusal, more: list[tuple[bytes, bytes]]) -> None:
    body = problem_body(refusal)
    headers = [
        (b"content-type", PROBLEM_JSON.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        *more,
    ]
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": True})


async def _refuse_unread(refusal: Refusal, receive: Receive, send: Send) -> None:
    """Answer first, then let a client that sends before it reads finish what it began, up to a bound.

    Hanging up at once would make its system throw our answer away together with the connection.
    """
    await _begin(send, refusal, [(b"connection", b"close")])
    seen = 0
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(DRAIN_SECONDS):
            while seen < DRAIN_BYTES:
                message = await receive()
                seen += len(message.get("body", b""))
                if message["type"] != "http.request" or not message.get("more_body", False):
                    break
    await send({"type": "http.response.body", "body": b""})
