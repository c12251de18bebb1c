"""Who is asking: every request's credential becomes a principal here, once, and is then kept for its minute.

Promise: services get a token made for them alone; a session, an API key and a bearer end up in the same `Caller`;
a browser's unsafe request counts only from our own pages. A changed role drops what is kept at once.
"""

import asyncio
import hashlib
import re
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, NoReturn

import grpc
from fastapi import Depends, Request

from chassis.bus import Publisher
from chassis.grpc import freezes, trail
from chassis.grpc.errors import problem_of
from chassis.grpc.principal import LIFETIME
from chassis.kernel import Clock
from chassis.kernel.problem import ActionNotAllowed, Unauthenticated
from chassis.telemetry.tracing import traceparent
from gateway.bodies import require_json
from gateway.headers import say
from gateway.manner import UUID_PATTERN
from gateway.problems import Refusal
from gateway.provider import OpenIdProvider, SignInFailed
from gateway.quotas import Quotas
from gateway.refusals import RequestRefused, invalid
from gateway.sessions import TOUCH, Session, SessionStore, id_of, renewed
from gen.consilium.access.v1 import tokens_pb2 as pb

COOKIE = "__Host-consilium"
AUDIENCES = ("access", "profile", "segment", "campaign", "channel", "report")
EARLY = 10.0
"""Seconds before its end at which a token is no longer used: the longest call of a screen."""

KEPT = 10_000
"""Principals kept at most, the least used go first."""

RENEW_EARLY = 30.0
"""Seconds before its end at which the provider's access token is renewed."""

ISSUE_SECONDS = 5.0
"""Seconds that access has to turn a credential into tokens; it may have to ask the provider."""

OVERRIDE = "x-consilium-freeze-override"
"""Header that names the freeze which the caller means to override, for this one request."""

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
DEADLINE = 10.0
"""Seconds that a service has to answer a screen."""

Issue = Callable[..., Awaitable[pb.IssueTokensResponse]]
"""access's `IssueTokens`: a request and a timeout."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, and what opens each service for him."""

    principal: pb.Principal
    actions: frozenset[str]
    tokens: Mapping[str, str]
    until: float  # by the monotonic clock
    session: Session | None = None
    override: str = ""

    def to(self, audience: str, seconds: float = DEADLINE) -> dict[str, Any]:
        """Return the call options for a service: its token and a deadline."""
        metadata = [("authorization", f"Bearer {self.tokens[audience]}")]
        if self.override:
            metadata.append((freezes.HEADER, self.override))
        trace = traceparent()
        if trace:
            metadata.append(("traceparent", trace))
        return {"metadata": tuple(metadata), "timeout": seconds}


class Door:
    """Turns credentials into callers."""

    def __init__(
        self,
        issue: Issue,
        sessions: SessionStore,
        quotas: Quotas,
        provider: OpenIdProvider,
        publisher: Publisher,
        clock: Clock,
        public_url: str,
    ) -> None:
        self._issue = issue
        self._publisher = publisher
        self._sessions = sessions
        self._quotas = quotas
        self._provider = provider
        self._clock = clock
        self._origin = public_url
        self._callers: OrderedDict[bytes, Caller] = OrderedDict()
        self._issuing: dict[bytes, asyncio.Future[Caller]] = {}
        self._renewing: dict[str, asyncio.Lock] = {}

    async def caller(self, request: Request) -> Caller:
        """Return who asks.

        Raises:
            Unauthenticated: no credential, or a session that is over.
            RequestRefused: a browser's unsafe request from elsewhere, a workspace that can be none, or a quota that is
                spent.
            grpc.aio.AioRpcError: access refuses the credential or is away.
        """
        try:
            caller = await self._behind(request, request.headers.get("x-consilium-workspace", ""))
        except grpc.aio.AioRpcError as error:
            wrong = next((each for each in problem_of(error, "access").violations if each.field == "workspace"), None)
            if wrong is None:
                raise
            raise invalid("header:x-consilium-workspace", wrong.reason, wrong.text) from None
        if caller.principal.calls_per_minute:
            allowance, allowed = await self._quotas.take(caller.principal.id, caller.principal.calls_per_minute)
            say(request, allowance.headers())
            if not allowed:
                raise allowance.refusal()
        return caller

    async def _behind(self, request: Request, workspace: str) -> Caller:
        authorization = request.headers.get("authorization")
        if authorization is not None:
            scheme, _, value = authorization.partition(" ")
            if scheme.lower() != "bearer" or not value or len(value) > 16384:
                raise Unauthenticated
            return await self._of(value.strip(), workspace)
        key = request.headers.get("x-api-key")
        if key is not None:
            if not key.startswith("ck_") or len(key) > 256:
                raise Unauthenticated
            return await self._of(key, workspace)
        cookie = request.cookies.get(COOKIE)
        if not cookie:
            raise Unauthenticated
        if request.method not in SAFE:
            self.check_origin(request)
        session = await self.session(cookie)
        found = await self._of(session.tokens.access, workspace or session.workspace)
        return Caller(found.principal, found.actions, found.tokens, found.until, session)

    async def again(self, session: Session, workspace: str) -> Caller:
        """Return a session's owner as he would be in another workspace; refused where he may not work."""
        return await self._of(session.tokens.access, workspace)

    def check_origin(self, request: Request) -> None:
        """Refuse an unsafe request that another site's page made a browser send (CSRF).

        Two things that a foreign page cannot do: send our Origin, and send a header of its own without CORS.
        """
        if request.headers.get("origin") != self._origin or not request.headers.get("x-requested-with"):
            raise RequestRefused(
                Refusal(403, "ORIGIN_REFUSED", "Send it from our own pages, with the header X-Requested-With.")
            )

    async def session(self, cookie: str) -> Session:
        """Return a live session with a fresh access token.

        Raises:
            Unauthenticated: it is unknown, over, or the provider no longer renews it.
        """
        now = self._clock.now()
        session = await self._sessions.get(id_of(cookie)) if len(cookie) <= 128 else None
        if session is None or not session.alive(now):
            raise Unauthenticated
        if now - session.used_at > TOUCH:
            await self._sessions.touch(session.id, now)
        if session.tokens.access_until - time.time() < RENEW_EARLY:
            session = await self._renewed(session)
        return session

    async def _renewed(self, stale: Session) -> Session:
        """Renew once, however many requests of one page find the token old; another process's renewal counts."""
        lock = self._renewing.setdefault(stale.id, asyncio.Lock())
        try:
            async with lock:
                session = await self._sessions.get(stale.id)
                if session is None:
                    raise Unauthenticated
                if session.tokens != stale.tokens:
                    return session
                try:
                    fresh = renewed(session, await self._provider.renew(session.tokens))
                except SignInFailed:
                    current = await self._sessions.get(stale.id)
                    if current is not None and current.tokens != stale.tokens:
                        return current
                    await self._sessions.remove(stale.id)
                    raise Unauthenticated from None
                if await self._sessions.renew(fresh, session.tokens):
                    return fresh
                return await self._sessions.get(stale.id) or fresh
        finally:
            self._renewing.pop(stale.id, None)

    async def _of(self, credential: str, workspace: str) -> Caller:
        """Return the caller behind a credential, from memory while his tokens last; asks once for many at a time."""
        place = hashlib.sha256(f"{workspace}\n{credential}".encode()).digest()
        known = self._callers.get(place)
        if known is not None and known.until > time.monotonic():
            self._callers.move_to_end(place)
            return known
        pending = self._issuing.get(place)
        if pending is not None:
            return await asyncio.shield(pending)
        task = asyncio.ensure_future(self._issued(credential, workspace))
        self._issuing[place] = task
        try:
            caller = await asyncio.shield(task)
        finally:
            self._issuing.pop(place, None)
        self._callers[place] = caller
        while len(self._callers) > KEPT:
            self._callers.popitem(last=False)
        return caller

    async def _issued(self, credential: str, workspace: str) -> Caller:
        request = pb.IssueTokensRequest(workspace=workspace, audiences=AUDIENCES)
        if credential.startswith("ck_"):
            request.api_key = credential
        else:
            request.bearer = credential
        # Counted from the asking, not to the moment that access names: its clock may be another.
        until = time.monotonic() + LIFETIME - EARLY
        answer = await self._issue(request, timeout=ISSUE_SECONDS)
        return Caller(answer.principal, frozenset(answer.principal.actions), dict(answer.tokens), until)

    async def refuse(self, caller: Caller, action: str, named: Iterable[str]) -> NoReturn:
        """Refuse what the caller's roles do not allow, once the trail has it with the ids of the address.

        Raises:
            ActionNotAllowed: always.
            BusUnavailable: the trail does not have it.
        """
        who, subjects = caller.principal, list(trail.ids_among(named))
        fact = trail.acted(who.id, action, subjects, who.workspace, self._clock.now(), outcome=trail.REFUSED)
        await self._publisher.publish([fact])
        raise ActionNotAllowed(action)

    def forget(self, principal: str) -> None:
        """Drop what is kept of a principal, of everybody when empty: his roles changed."""
        if not principal:
            self._callers.clear()
            return
        gone = [place for place, caller in self._callers.items() if caller.principal.id == principal]
        for place in gone:
            del self._callers[place]


def needs(*actions: str) -> Any:
    """Declare that a route is for callers whose roles allow all the actions; gives the route its `Caller`.

    Checked before the body is read as fields: who may not do a thing learns nothing of its rules.
    """

    async def allowed(request: Request) -> Caller:
        door: Door = request.app.state.door
        caller = await door.caller(request)
        for action in actions:
            if action not in caller.actions:
                await door.refuse(caller, action, map(str, request.path_params.values()))
        await require_json(request)
        override = request.headers.get(OVERRIDE)
        if override is None:
            return caller
        if not re.fullmatch(UUID_PATTERN, override):
            raise invalid(f"header:{OVERRIDE}", "PATTERN", "It is the id of a freeze.")
        return replace(caller, override=override)

    allowed.__doc__ = f"Needs {', '.join(actions)}."
    allowed.actions = actions  # type: ignore[attr-defined]  # read by the test that compares with the contracts
    return Depends(allowed)
