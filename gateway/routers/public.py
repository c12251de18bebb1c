"""/o /c /u /p /v: the doors that recipients use; the token in the address is the credential.

Promise: GET records facts and never changes a consent; a token that was never made learns nothing but that.
"""

import base64
import contextlib
from typing import Annotated

import grpc
from fastapi import APIRouter, Path, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from chassis.kernel import Clock
from gateway import pages
from gateway.headers import LETTER_POLICY
from gateway.peers import Peers
from gateway.problems import Refusal
from gateway.refusals import answer
from gen.consilium.channel.v1 import messages_pb2 as pb

Token = Annotated[str, Path(min_length=1, max_length=512)]
SECONDS = 5.0

_PIXEL = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
_PROXIES = ("googleimageproxy", "yahoomailproxy", "yahoocachesystem", "mail.ru image", "yandeximageresizer")
_SCANNERS = ("bot", "crawl", "spider", "curl", "wget", "python", "java/", "go-http", "scan", "barracuda", "proofpoint")
_UNKNOWN = (grpc.StatusCode.NOT_FOUND, grpc.StatusCode.INVALID_ARGUMENT)


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
            if error.code() not in _UNKNOWN:
                raise
            return pages.link_unknown(request)
        if not url.startswith(("https://", "http://")):
            return pages.link_unknown(request)
        return RedirectResponse(url, 302)

    async def show_unsubscribe(token: str, request: Request, action: str) -> Response:
        try:
            asked = pb.GetUnsubscribeRequest(token=token)
            told = await peers.links.GetUnsubscribe(asked, timeout=SECONDS)
        except grpc.aio.AioRpcError as error:
            if error.code() not in _UNKNOWN:
                raise
            return pages.link_unknown(request)
        language = pages.language_of(request, told.language)
        if told.unsubscribed:
            return pages.unsubscribed(language, told.controller)
        return pages.ask_to_unsubscribe(language, told.controller, told.topic, told.masked_address, action)

    async def do_unsubscribe(token: str, request: Request) -> Response:
        try:
            wanted = pb.UnsubscribeRequest(token=token, visit=visit_of(request))
            told = await peers.links.Unsubscribe(wanted, timeout=SECONDS)
        except grpc.aio.AioRpcError as error:
            if error.code() not in _UNKNOWN:
                raise
            if "text/html" in request.headers.get("accept", ""):
                return pages.link_unknown(request)
            return answer(Refusal(404, "LINK_UNKNOWN", "This link is not one of ours."))
        return pages.unsubscribed(pages.language_of(request, told.language), told.controller)

    @routes.get("/u/{token}", response_class=HTMLResponse, summary="Look at an unsubscribe link")
    async def get_unsubscribe(token: Token, request: Request) -> Response:
        """Shows what the link would do; changes nothing."""
        return await show_unsubscribe(token, request, f"/u/{token}")

    @routes.post("/u/{token}", response_class=HTMLResponse, summary="Unsubscribe")
    async def unsubscribe(token: Token, request: Request) -> Response:
        """Withdraws at once (RFC 8058 one-click); a repeat changes nothing."""
        return await do_unsubscribe(token, request)

    @routes.get("/p/{token}", response_class=HTMLResponse, summary="Preferences")
    async def get_preferences(token: Token, request: Request) -> Response:
        """Shows what the letter's controller may write, and lets the recipient withdraw it."""
        return await show_unsubscribe(token, request, f"/p/{token}")

    @routes.post("/p/{token}", response_class=HTMLResponse, summary="Change preferences")
    async def change_preferences(token: Token, request: Request) -> Response:
        """Withdraws what the page showed."""
        return await do_unsubscribe(token, request)

    @routes.get("/v/{token}", response_class=HTMLResponse, summary="The letter in a browser")
    async def get_letter(token: Token, request: Request) -> Response:
        """Shows the letter as it was sent, while its variables are kept."""
        try:
            letter = await peers.links.GetLetter(pb.GetLetterRequest(token=token), timeout=SECONDS)
        except grpc.aio.AioRpcError as error:
            if error.code() not in (*_UNKNOWN, grpc.StatusCode.FAILED_PRECONDITION):
                raise
            return pages.letter_gone(request)
        return HTMLResponse(letter.html, headers={"content-security-policy": LETTER_POLICY})

    return routes
