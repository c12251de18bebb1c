"""A small closed-loop HTTP load on loopback: keep-alive connections, prepared bytes, as little work as can be."""

import asyncio
import time
from collections.abc import Callable


def request(method: str, path: str, headers: dict[str, str], body: bytes = b"") -> bytes:
    """Prepare a request."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = await reader.readuntil(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n"):
        if line.lower().startswith(b"content-length:"):
            length = int(line.split(b":")[1])
    body = await reader.readexactly(length)
    return int(head.split(b" ", 2)[1]), body


async def load(
    port: int, make: Callable[[int], bytes], *, requests: int, connections: int
) -> tuple[float, list[float]]:
    """Send so many requests over so many connections; answers seconds in all and milliseconds of each.

    Raises:
        AssertionError: an answer is not 2xx.
    """
    numbers = iter(range(requests))
    times: list[float] = []

    async def one() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for number in numbers:
            began = time.perf_counter()
            writer.write(make(number))
            status, body = await _answer(reader)
            times.append(1000 * (time.perf_counter() - began))
            assert 200 <= status < 300, (status, body[:300])
        writer.close()

    began = time.perf_counter()
    await asyncio.gather(*(one() for _ in range(connections)))
    return time.perf_counter() - began, times
