"""A way to an engine that can be cut, for what a network does in the middle of an answer."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

_PIECE = 1 << 16


class Proxy:
    """Hands bytes on between callers and one port; `cuts` is asked of every piece of an answer."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._open: set[asyncio.StreamWriter] = set()
        self.port = 0
        self.cuts: Callable[[bytes], bool] = lambda _piece: False

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one caller."""
        with contextlib.suppress(OSError):
            there, back = await asyncio.open_connection("127.0.0.1", self._to)
            self._open |= {writer, back}
            await asyncio.gather(self._hand_on(reader, back, answers=False), self._hand_on(there, writer, answers=True))

    async def _hand_on(self, source: asyncio.StreamReader, to: asyncio.StreamWriter, *, answers: bool) -> None:
        with contextlib.suppress(OSError):
            while piece := await source.read(_PIECE):
                if answers and self.cuts(piece):
                    self.cut()
                    return
                to.write(piece)
                await to.drain()
        to.close()

    def cut(self) -> None:
        """Drop every connection as it stands; who connects again is served."""
        for writer in self._open:
            writer.transport.abort()
        self._open.clear()


@asynccontextmanager
async def proxied(port: int) -> AsyncIterator[Proxy]:
    """Open a way to a port of this machine."""
    proxy = Proxy(port)
    server = await asyncio.start_server(proxy.take, "127.0.0.1", 0)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()
        proxy.cut()
