"""Security headers on every answer, and the two content policies.

CORS stays off: a browser's page from elsewhere reads nothing here.
"""

import asyncio
from collections.abc import Iterable

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

API_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
"""Of JSON answers: nothing may load, run, frame or send."""

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
"""Of our own pages: everything from here, no inline script or style."""

LETTER_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src https: http: data:; font-src https: data:; "
    "form-action 'none'; frame-ancestors 'none'; base-uri 'none'; "
    "sandbox allow-popups allow-top-navigation-by-user-activation"
)
"""Of a letter shown in the browser: it carries inline styles and remote pictures by nature, and never a script."""

ALWAYS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


def say(request: Request, headers: Iterable[tuple[str, str]]) -> None:
    """Have the answer to a request say more, whatever it will be, a refusal too."""
    request.scope["state"]["more"] += [(name.lower().encode(), value.encode()) for name, value in headers]


class SecurityHeaders:
    """Adds what every answer carries; an answer that sets one of them itself keeps it."""

    def __init__(self, app: ASGIApp, *, https: bool, leaving: asyncio.Event) -> None:
        self._app = app
        self._leaving = leaving
        told = {**ALWAYS, "content-security-policy": API_POLICY, "cache-control": "no-store"}
        if https:
            told["strict-transport-security"] = "max-age=31536000; includeSubDomains"
        self._told = [(name.encode(), value.encode()) for name, value in told.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, with the headers added at the start of the answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        scope.setdefault("state", {})
        more: list[tuple[bytes, bytes]] = scope["state"].setdefault("more", [])

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = [*message.get("headers", ()), *more]
                names = {name for name, _ in own}  # in lower case, as ASGI wants them
                message["headers"] = own + [each for each in self._told if each[0] not in names]
                if self._leaving.is_set():
                    message["headers"].append((b"connection", b"close"))  # the next request finds another process
            await send(message)

        await self._app(scope, receive, guarded)
