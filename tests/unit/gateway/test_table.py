"""The table of routes: the same route as by trying every one in its order."""

from collections.abc import Sequence
from typing import Any

import httpx
import pytest
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from gateway.bootstrap import application
from gateway.table import Table

METHODS = ("GET", "POST", "PATCH", "HEAD")
SHAPES = (
    ("/v1/things", ("GET", "POST")),
    ("/v1/things:search", ("POST",)),
    ("/v1/things/{thing}", ("GET", "PATCH")),
    ("/v1/things/{thing}:archive", ("POST",)),
    ("/v1/things/{thing}/parts", ("GET",)),
    ("/v1/things/best", ("GET", "POST")),  # told after the one with a parameter, which wins where its method fits
    ("/v1/others", ("GET",)),
    ("/o/{token}.gif", ("GET",)),
    ("/healthz", ("GET",)),
    ("/", ("GET",)),
)
ADDRESSES = (
    *(path.format(thing="7", token="abc") for path, _ in SHAPES),
    "/v1/things/", "/v1/things/7:restore", "/v1/thing", "/v1", "/v1/", "/o/abc", "/o", "/other", "//", "/v1/others:all",
)  # fmt: skip


def _routes() -> list[Route]:
    def answering(path: str) -> Any:
        async def answer(request: Request) -> Response:
            return PlainTextResponse(f"{path} {request.path_params}")

        return answer

    return [Route(path, answering(path), methods=list(methods)) for path, methods in SHAPES]


async def _asked(router: APIRouter, method: str, address: str) -> tuple[int, str, str | None]:
    app = application()
    app.router = router
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://door") as http:
        answer = await http.request(method, address)
    return answer.status_code, answer.text, answer.headers.get("allow")


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("address", ADDRESSES)
async def test_a_request_gets_the_answer_of_trying_every_route(method: str, address: str) -> None:
    routes: Sequence[BaseRoute] = _routes()

    found = await _asked(Table(routes), method, address)

    assert found == await _asked(APIRouter(routes=list(routes), redirect_slashes=False), method, address)


@pytest.mark.parametrize("route", [Route("/{anything}", lambda _request: Response()), Mount("/all", routes=[])])
def test_what_has_no_word_of_its_own_is_refused_at_once(route: BaseRoute) -> None:
    with pytest.raises(TypeError):
        Table([route])
