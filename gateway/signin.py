"""Sign-in and sign-out of people: code flow with PKCE, an opaque cookie, RP-initiated logout.

Promise: what a sign-in needs to remember (state, nonce, verifier, where to return) is sealed in a short-lived cookie,
so a callback that this browser did not begin is refused; return addresses are our own paths only.
"""

import binascii
import secrets
import time
from typing import Annotated

import msgspec
from fastapi import APIRouter, Query, Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from chassis.crypto import SealBroken, Sealer
from chassis.kernel import Clock
from chassis.kernel.problem import Unauthenticated
from gateway.door import COOKIE, Door
from gateway.pages import by_browser, sign_in_failed
from gateway.problems import Refusal
from gateway.provider import OpenIdProvider, SignInFailed
from gateway.refusals import answer
from gateway.sessions import Session, SessionStore, id_of, new_cookie

PENDING_COOKIE = "__Host-consilium-sign-in"
PENDING_SECONDS = 600
"""Seconds that somebody has to type a password."""

_PLACE = b"sign-in"


class Pending(msgspec.Struct, frozen=True):
    """A sign-in that was begun in this browser."""

    state: str
    nonce: str
    verifier: str
    return_to: str
    until: float


def own_path(path: str) -> str:
    """Return a path of ours as it is, the root for anything that could lead elsewhere."""
    harmless = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable() and "\\" not in path
    return path if harmless else "/"


def router(provider: OpenIdProvider, sessions: SessionStore, sealer: Sealer, clock: Clock, door: Door) -> APIRouter:
    """Build the doors below /auth."""
    routes = APIRouter(prefix="/auth", tags=["sign-in"])

    @routes.get("/sign-in", status_code=303, response_class=Response, summary="Begin to sign in")
    async def sign_in(return_to: Annotated[str, Query(max_length=2000)] = "/") -> Response:
        """Sends the browser to the sign-in provider (code flow with PKCE)."""
        pending = Pending(
            state=secrets.token_urlsafe(24),
            nonce=secrets.token_urlsafe(24),
            verifier=secrets.token_urlsafe(48),
            return_to=own_path(return_to),
            until=time.time() + PENDING_SECONDS,
        )
        url = await provider.authorization_url(pending.state, pending.nonce, pending.verifier)
        response = RedirectResponse(url, 303)
        sealed = sealer.seal_text(msgspec.msgpack.encode(pending), _PLACE)
        _set_cookie(response, PENDING_COOKIE, sealed, PENDING_SECONDS)
        return response

    @routes.get("/callback", status_code=303, response_class=Response, summary="Come back from the provider")
    async def callback(
        request: Request,
        code: Annotated[str, Query(max_length=4096)] = "",
        state: Annotated[str, Query(max_length=200)] = "",
    ) -> Response:
        """Finishes a sign-in that this browser began: makes a session and leads on."""
        pending = _opened(sealer, request.cookies.get(PENDING_COOKIE, ""))
        try:
            if pending is None or not code or not secrets.compare_digest(state.encode(), pending.state.encode()):
                raise SignInFailed
            tokens = await provider.exchange(code, pending.verifier, pending.nonce)
        except SignInFailed as failure:
            response: Response = (
                sign_in_failed(request) if by_browser(request) else answer(Refusal(401, failure.reason, failure.text))
            )
            _drop_cookie(response, PENDING_COOKIE)
            return response
        before = request.cookies.get(COOKIE)
        if before:
            await sessions.remove(id_of(before))
        cookie, now = new_cookie(), clock.now()
        await sessions.insert(Session(id_of(cookie), tokens, "", now, now))
        response = RedirectResponse(pending.return_to, 303)
        _set_cookie(response, COOKIE, cookie, None)
        _drop_cookie(response, PENDING_COOKIE)
        return response

    @routes.post("/sign-out", response_model=None, summary="Sign out")
    async def sign_out(request: Request) -> Response:
        """Ends the session here and answers `{location}`, where the browser ends the provider's session too."""
        door.check_origin(request)
        cookie = request.cookies.get(COOKIE)
        session = await sessions.get(id_of(cookie)) if cookie else None
        if session is None:
            raise Unauthenticated
        await sessions.remove(session.id)
        response = JSONResponse({"location": await provider.sign_out_url(session.tokens)})
        _drop_cookie(response, COOKIE)
        return response

    return routes


def _opened(sealer: Sealer, sealed: str) -> Pending | None:
    try:
        pending = msgspec.msgpack.decode(sealer.open_text(sealed, _PLACE), type=Pending)
    except (SealBroken, msgspec.DecodeError, binascii.Error, UnicodeError):
        return None
    return pending if pending.until > time.time() else None


def _set_cookie(response: Response, name: str, value: str, seconds: int | None) -> None:
    response.set_cookie(name, value, max_age=seconds, path="/", secure=True, httponly=True, samesite="lax")


def _drop_cookie(response: Response, name: str) -> None:
    response.delete_cookie(name, path="/", secure=True, httponly=True, samesite="lax")
