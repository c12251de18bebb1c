"""/o /c /u /p /v: the doors that recipients use; the token in the address is the credential.

Promise: GET records facts and never changes a consent; a token that was never made learns nothing but that.
"""

import base64
import contextlib
from typing import Annotated
from urllib.parse import quote

import grpc
from fastapi import APIRouter, Path, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from chassis.kernel import Clock
from gateway import pages
from gateway.headers import LETTER_POLICY
from gateway.peers import Peers
from gateway.preferences import choices_page, chosen
from gateway.problems import Refusal
from gateway.refusals import answer
from gen.consilium.channel.v1 import messages_pb2 as pb

Token = Annotated[str, Path(min_length=1, max_length=512)]
SECONDS = 5.0

_PIXEL = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
_PROXIES = ("googleimageproxy", "yahoomailproxy", "yahoocachesystem", "mail.ru image", "yandeximageresizer")
_SCANNERS = ("bot", "crawl", "spider", "curl", "wget", "python", "java/", "go-http", "scan", "barracuda", "proofpoint")
_FROM_PAGE = b"from=page"
"""What our own page's form says, so that a browser is led to a page that can be loaded again."""

_UNKNOWN = (grpc.StatusCode.NOT_FOUND, grpc.StatusCode.INVALID_ARGUMENT)
_AWAY = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED, grpc.StatusCode.RESOURCE_EXHAUSTED)


def agent_of(user_agent: str) -> str:
    """Return the class of a user agent: browser, mail-proxy, scanner or unknown."""
    text = user_agent.lower()
    if any(word in text for word in _PROXIES):
        return "mail-proxy"
    if any(word in text for word in _SCANNERS):
        return "scanner"
    return "browser" if text.startswith("mozilla/") else "unknown"


def router(peers: Peers, clock: Clock) -> APIRouter:
    """Build the doors over channel."""
    routes = APIRouter(tags=["public links"])

    def visit_of(request: Request) -> pb.Visit:
        visit = pb.Visit(agent=agent_of(request.headers.get("user-agent", "")))
        visit.time.FromDatetime(clock.now())
        return visit

    def refused(error: grpc.aio.AioRpcError, request: Request) -> Response:
        """Answer a person in a browser: the link is none of ours, or it is not the moment."""
        if error.code() in _UNKNOWN:
            return pages.link_unknown(request)
        if error.code() in _AWAY:
            return pages.busy(request)
        raise error

    @routes.get("/o/{token}.gif", response_class=Response, summary="Open")
    async def record_open(token: Token, request: Request) -> Response:
        """Records that a letter was opened; answers the same picture for any token."""
        with contextlib.suppress(grpc.aio.AioRpcError):
            await peers.links.RecordOpen(pb.RecordOpenRequest(token=token, visit=visit_of(request)), timeout=SECONDS)
        return Response(_PIXEL, media_type="image/gif")

    @routes.get("/c/{token}", response_class=Response, status_code=302, summary="Click")
    async def record_click(token: Token, request: Request) -> Response:
        """Records a click and leads to the address that was stored when the letter was made."""
        try:
            click = pb.RecordClickRequest(token=token, visit=visit_of(request))
            url = (await peers.links.RecordClick(click, timeout=SECONDS)).url
        except grpc.aio.AioRpcError as error:
            return refused(error, request)
        if not url.startswith(("https://", "http://")):
            return pages.link_unknown(request)
        return RedirectResponse(url, 302)

    @routes.get("/u/{token}", response_class=HTMLResponse, summary="Look at an unsubscribe link")
    async def get_unsubscribe(token: Token, request: Request) -> Response:
        """Shows what the link would do; changes nothing."""
        try:
            told = await peers.links.GetUnsubscribe(pb.GetUnsubscribeRequest(token=token), timeout=SECONDS)
        except grpc.aio.AioRpcError as error:
            return refused(error, request)
        language = pages.language_of(request, told.language)
        if told.unsubscribed:
            return pages.unsubscribed(language, told.controller, token)
        return pages.ask_to_unsubscribe(language, told.controller, told.masked_address, token)

    @routes.post("/u/{token}", response_class=HTMLResponse, summary="Unsubscribe")
    async def unsubscribe(token: Token, request: Request) -> Response:
        """Withdraws at once (RFC 8058 one-click, never redirected); a repeat changes nothing."""
        try:
            wanted = pb.UnsubscribeRequest(token=token, visit=visit_of(request))
            told = await peers.links.Unsubscribe(wanted, timeout=SECONDS)
        except grpc.aio.AioRpcError as error:
            if pages.by_browser(request):
                return refused(error, request)
            if error.code() not in _UNKNOWN:
                raise
            return answer(Refusal(404, "LINK_UNKNOWN", "This link is not one of ours."))
        if _FROM_PAGE in await request.body():
            return RedirectResponse(f"/u/{quote(token, safe='')}", 303)
        return pages.unsubscribed(pages.language_of(request, told.language), told.controller, token)

    @routes.get("/p/{token}", response_class=HTMLResponse, summary="Preference centre")
    async def get_preferences(token: Token, request: Request, saved: str = "") -> Response:
        """Shows what the letter's controller may send, by channel and topic; changes nothing."""
        try:
            told = await peers.links.GetPreferences(pb.GetPreferencesRequest(token=token), timeout=SECONDS)
        except grpc.aio.AioRpcError as error:
            return refused(error, request)
        return choices_page(pages.language_of(request, told.language), told, f"/p/{token}", saved=saved == "true")

    @routes.post("/p/{token}", response_class=Response, status_code=303, summary="Choose")
    async def set_preferences(token: Token, request: Request) -> Response:
        """Turns on what is ticked and off what was shown unticked, or everything off, at once; then leads back."""
        wanted = chosen(await request.body(), token)
        if wanted is None:
            return pages.link_unknown(request)
        wanted.visit.CopyFrom(visit_of(request))
        try:
            await peers.links.SetPreferences(wanted, timeout=SECONDS)
        except grpc.aio.AioRpcError as error:
            return refused(error, request)
        return RedirectResponse(f"/p/{quote(token, safe='')}?saved=true", 303)

    @routes.get("/v/{token}", response_class=HTMLResponse, summary="The letter in a browser")
    async def get_letter(token: Token, request: Request) -> Response:
        """Shows the letter as it was sent, while its variables are kept."""
        try:
            letter = await peers.links.GetLetter(pb.GetLetterRequest(token=token), timeout=SECONDS)
        except grpc.aio.AioRpcError as error:
            if error.code() not in (*_UNKNOWN, grpc.StatusCode.FAILED_PRECONDITION):
                return refused(error, request)
            return pages.letter_gone(request)
        return HTMLResponse(letter.html, headers={"content-security-policy": LETTER_POLICY})

    return routes
