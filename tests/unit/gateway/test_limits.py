"""Limits below the framework: bodies, method override, verbs with a slash."""

from typing import Any

from starlette.types import Receive, Scope, Send

from gateway.limits import BODY_LIMIT, BodyLimit, Spelling


def a_scope(method: str = "POST", path: str = "/v1/x", **headers: str) -> Scope:
    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {"type": "http", "method": method, "path": path, "headers": named}


class Inner:
    """An application that reads its whole body and remembers what it was asked."""

    def __init__(self) -> None:
        self.scope: Scope | None = None
        self.body = b""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scope = scope
        while True:
            message = await receive()
            self.body += message.get("body", b"")
            if not message.get("more_body"):
                break
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})


async def call(app: Any, scope: Scope, *pieces: bytes) -> int:
    """Send pieces; give the status."""
    waiting = [{"type": "http.request", "body": each, "more_body": True} for each in pieces]
    waiting.append({"type": "http.request", "body": b"", "more_body": False})
    answers: list[Any] = []

    async def receive() -> Any:
        return waiting.pop(0) if waiting else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        answers.append(message)

    await app(scope, receive, send)
    return int(answers[0]["status"])


async def test_a_body_at_the_limit_passes_and_one_byte_more_does_not() -> None:
    inner = Inner()
    app = BodyLimit(inner, frozenset())

    assert await call(app, a_scope(content_length=str(BODY_LIMIT)), b"x" * BODY_LIMIT) == 200
    assert await call(app, a_scope(content_length=str(BODY_LIMIT + 1))) == 413
    assert len(inner.body) == BODY_LIMIT


async def test_a_body_without_a_length_is_cut_at_the_byte_that_goes_too_far() -> None:
    inner = Inner()

    status = await call(BodyLimit(inner, frozenset()), a_scope(), b"x" * BODY_LIMIT, b"y")

    assert status == 413
    assert len(inner.body) == BODY_LIMIT


async def test_lengths_that_are_none_are_refused() -> None:
    app = BodyLimit(Inner(), frozenset())
    for length in ("-1", "x", "1e9", "9" * 30, " 1", "0x10"):
        assert await call(app, a_scope(content_length=length)) == 400


async def test_only_the_upload_takes_more() -> None:
    app = BodyLimit(Inner(), frozenset({"/v1/imports"}))

    assert await call(app, a_scope(path="/v1/imports", content_length=str(1 << 30))) == 200
    assert await call(app, a_scope(path="/v1/imports", content_length=str(2 << 30))) == 413
    assert await call(app, a_scope(method="PATCH", path="/v1/imports", content_length=str(1 << 30))) == 413
    assert await call(app, a_scope(path="/v1/imports/", content_length=str(1 << 30))) == 413


async def test_spellings() -> None:
    inner = Inner()
    app = Spelling(inner, {"archive", "search"})

    async def seen(scope: Scope) -> tuple[str, str]:
        await call(app, scope)
        assert inner.scope is not None
        return inner.scope["method"], inner.scope["path"]

    assert await seen(a_scope(path="/v1/profiles/1/archive")) == ("POST", "/v1/profiles/1:archive")
    assert await seen(a_scope(path="/v1/profiles/search")) == ("POST", "/v1/profiles:search")
    assert await seen(a_scope(path="/v1/profiles/1/rows")) == ("POST", "/v1/profiles/1/rows")
    assert await seen(a_scope(method="GET", path="/v1/profiles/archive")) == ("GET", "/v1/profiles/archive")
    assert await seen(a_scope(path="/u/archive")) == ("POST", "/u/archive")
    assert await seen(a_scope(x_http_method_override="patch")) == ("PATCH", "/v1/x")
    assert await call(app, a_scope(x_http_method_override="GET")) == 400
    assert await call(app, a_scope(x_http_method_override="")) == 400


async def test_a_framework_that_takes_the_cut_for_a_malformed_body_does_not_answer_for_us() -> None:
    async def swallowing(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            while (await receive()).get("more_body"):
                pass
        except Exception:
            await send({"type": "http.response.start", "status": 400, "headers": []})
            await send({"type": "http.response.body", "body": b""})

    assert await call(BodyLimit(swallowing, frozenset()), a_scope(), b"x" * BODY_LIMIT, b"x") == 413
