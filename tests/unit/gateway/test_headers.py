"""What every answer carries, and what the answers of a process that leaves carry beside it."""

import asyncio

from starlette.types import Message, Receive, Scope, Send

from gateway.headers import SecurityHeaders


async def _told(leaving: asyncio.Event) -> dict[bytes, bytes]:
    sent: list[Message] = []

    async def application(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        sent.append(message)

    await SecurityHeaders(application, https=True, leaving=leaving)({"type": "http"}, receive, send)
    return dict(sent[0]["headers"])


async def test_only_a_process_that_leaves_ends_its_connections() -> None:
    leaving = asyncio.Event()
    staying = await _told(leaving)

    leaving.set()

    assert b"connection" not in staying
    assert await _told(leaving) == {**staying, b"connection": b"close"}
