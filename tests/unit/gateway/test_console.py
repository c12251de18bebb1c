"""The console's page and files: found at its addresses, kept for ever, nothing else to be asked for."""

import re
from functools import partial
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from gateway.console import AREAS, Page, routes
from gateway.refusals import unknown

ROOT = Path(__file__).parents[3]


@pytest.fixture
def built(tmp_path: Path) -> TestClient:
    (tmp_path / "secret.txt").write_text("not for you")
    folder = tmp_path / "dist"
    (folder / "console").mkdir(parents=True)
    (folder / "index.html").write_text('<script nonce="__NONCE__" src="/console/a-1.js"></script>')
    (folder / "icon.svg").write_text("<svg/>")
    (folder / "console" / "a-1.js").write_text("1")
    (folder / "console" / "a-1.js.br").write_bytes(b"br")
    return served(folder)


def served(folder: Path) -> TestClient:
    """Give a client of nothing but the console, as the gateway wires it."""
    page = Page(folder)
    handlers = {404: unknown(page.asked_by, partial(page.shown, 404))}
    return TestClient(Starlette(routes=list(routes(folder, page)), exception_handlers=handlers))


@pytest.mark.parametrize(
    "path", ["/", "/clients", "/clients/01941f29-7c00-7aa0-8000-000000000001", "/base/imports/new"]
)
def test_every_address_of_the_console_is_its_page_with_a_nonce_of_its_own(built: TestClient, path: str) -> None:
    first, second = built.get(path), built.get(path)

    nonces = [re.search('nonce="([^"]+)"', answer.text) for answer in (first, second)]
    assert all(nonces)
    assert nonces[0] is not None
    assert nonces[0][1] in first.headers["content-security-policy"]
    assert "unsafe" not in first.headers["content-security-policy"]
    assert first.text != second.text
    assert first.headers["cache-control"] == "no-store"


def test_files_are_kept_for_ever_and_come_compressed(built: TestClient) -> None:
    plain = built.get("/console/a-1.js", headers={"accept-encoding": "identity"})
    small = built.get("/console/a-1.js", headers={"accept-encoding": "br"})

    assert plain.text == "1"
    assert "immutable" in plain.headers["cache-control"]
    assert small.headers["content-encoding"] == "br"
    assert small.headers["content-type"].startswith("text/javascript")


@pytest.mark.parametrize(
    "path", ["/console/b.js", "/console/../secret.txt", "/console/%2e%2e%2fsecret.txt", "/console/"]
)
def test_nothing_else_can_be_asked_for(built: TestClient, path: str) -> None:
    answer = built.get(path)

    assert answer.status_code == 404
    assert "not for you" not in answer.text


def test_a_browser_at_an_address_of_nobody_gets_the_page_and_a_program_a_problem(built: TestClient) -> None:
    followed = built.get("/nosuch", headers={"accept": "text/html,*/*;q=0.8"})
    called = [
        built.get("/nosuch", headers={"accept": "application/json"}),
        built.get("/v1/nosuch", headers={"accept": "text/html"}),
        built.post("/nosuch", headers={"accept": "text/html"}),
    ]

    assert followed.status_code == 404
    assert "/console/a-1.js" in followed.text
    assert "nonce-" in followed.headers["content-security-policy"]
    assert [(each.status_code, each.json()["code"]) for each in called] == [(404, "ADDRESS_UNKNOWN")] * 3


def test_without_a_build_the_page_says_how_to_make_one(tmp_path: Path) -> None:
    answer = served(tmp_path).get("/")

    assert answer.status_code == 503
    assert "make console-build" in answer.text


def test_the_gateway_knows_the_areas_that_the_console_routes() -> None:
    router = (ROOT / "console/src/app/router.tsx").read_text()
    named = {path.strip("/").split("/")[0] for path in re.findall(r"path: '([^']+)'", router)} - {"*"}

    assert named <= set(AREAS)
