"""The fastest SMTP server that still speaks the protocol: takes everything, keeps nothing, counts letters.

`python -m benchmarks.mail.sink` prints its port and, on every line that it reads, the number of letters so far.
"""

import asyncio
import sys
from typing import cast

import uvloop

ANSWERS = {b"MAIL": b"250 2.1.0 ok\r\n", b"RCPT": b"250 2.1.5 ok\r\n", b"QUIT": b"221 bye\r\n", b"RSET": b"250 ok\r\n"}


class Session(asyncio.Protocol):
    """One connection: lines until DATA, then bytes until the dot."""

    letters = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop has a class of its own
        self._buffer = bytearray()
        self._content = False
        self._transport.write(b"220 sink ESMTP\r\n")

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        answer = bytearray()
        while True:
            end = self._buffer.find(b"\r\n.\r\n") if self._content else self._buffer.find(b"\r\n")
            if end < 0:
                break
            if self._content:
                del self._buffer[: end + 5]
                self._content = False
                Session.letters += 1
                answer += b"250 2.0.0 taken\r\n"
                continue
            verb = bytes(self._buffer[:4]).upper()
            del self._buffer[: end + 2]
            if verb == b"DATA":
                self._content = True
                answer += b"354 go\r\n"
            elif verb == b"EHLO":
                answer += b"250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n"
            else:
                answer += ANSWERS.get(verb, b"502 no\r\n")
        if answer:
            self._transport.write(bytes(answer))


async def main() -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Session, "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    while await loop.run_in_executor(None, sys.stdin.readline):
        sys.stdout.write(f"{Session.letters}\n")
        sys.stdout.flush()
    server.close()


if __name__ == "__main__":
    uvloop.run(main())
