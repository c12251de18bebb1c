"""A route that will end says so in the documentation and in every answer."""

import asyncio
from datetime import date

import httpx
import pytest
from fastapi import APIRouter, FastAPI
from starlette.responses import Response

from gateway.ending import ending
from gateway.headers import SecurityHeaders


@pytest.fixture
def app() -> FastAPI:
    routes = APIRouter()

    @routes.get("/old", **ending(since=date(2027, 1, 1), until=date(2027, 9, 1), instead="/v1/new"))
    async def old(status: int = 200) -> Response:
        return Response(status_code=status)

    @routes.get("/new")
    async def new() -> Response:
        return Response()

    made = FastAPI()
    made.include_router(routes)
    made.add_middleware(SecurityHeaders, https=False, leaving=asyncio.Event())
    return made


async def test_each_answer_names_the_day_and_what_to_call_instead(app: FastAPI) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://door") as http:
        answers = [await http.get("/old"), await http.get("/old?status=409"), await http.get("/old?status=none")]
        other = await http.get("/new")

    assert [answer.status_code for answer in answers] == [200, 409, 422]
    for answer in answers:
        assert answer.headers["deprecation"] == "@1798761600"
        assert answer.headers["sunset"] == "Wed, 01 Sep 2027 00:00:00 GMT"
        assert answer.headers["link"] == '</v1/new>; rel="successor-version"'
    assert not {"deprecation", "sunset"} & set(other.headers)


async def test_the_documentation_says_so(app: FastAPI) -> None:
    described = app.openapi()["paths"]

    assert described["/old"]["get"]["deprecated"] is True
    assert described["/old"]["get"]["x-sunset"] == "2027-09-01"
    assert "deprecated" not in described["/new"]["get"]
