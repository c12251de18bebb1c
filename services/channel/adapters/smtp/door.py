"""The way in for bounces: a small SMTP receiver that takes mail to our return paths and nothing else.

Promise: it answers 250 only after the report is handled, so an unhandled one comes again; no relay, no sign-in, no
state. Limits: 1 MiB a letter, 100 letters and 5 minutes a session, 50 sessions at once.
"""

import asyncio
import contextlib
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from chassis.kernel import Problem
from chassis.telemetry.logs import log

LETTER_BYTES = 1024 * 1024
SESSION_SECONDS = 300.0
SESSIONS = 50
LETTERS = 100
_PATH = re.compile(r"(?:FROM|TO):\s*<([^<>\s]*)>", re.IGNORECASE)

Known = Callable[[str], str | None]
"""Gives the message that an address names, None when it is none of ours."""
Take = Callable[[str, bytes], Awaitable[None]]
"""Handles a letter that came for a message."""


@dataclass(slots=True)
class _Mail:
    sender: str | None = None
    messages: list[str] = field(default_factory=list)


class BounceDoor:
    """Receives reports on one port."""

    def __init__(self, host: str, port: int, known: Known, take: Take) -> None:
        self._host, self._port = host, port
        self._known, self._take = known, take
        self._server: asyncio.Server | None = None
        self._open = 0

    @property
    def port(self) -> int:
        """Give the port that it listens on."""
        return self._server.sockets[0].getsockname()[1] if self._server else 0

    async def start(self) -> None:
        """Listen."""
        self._server = await asyncio.start_server(self._session, self._host, self._port, limit=LETTER_BYTES + 4096)

    async def run(self) -> None:
        """Listen until cancelled."""
        if self._server is None:
            await self.start()
        assert self._server is not None  # noqa: S101  # just started
        try:
            await self._server.serve_forever()
        finally:
            await self.stop()

    async def stop(self) -> None:
        """Stop listening."""
        if self._server is not None:
            self._server.close()

    async def _session(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open += 1
        try:
            if self._open > SESSIONS:
                writer.write(b"421 4.3.2 too many connections\r\n")
                return
            async with asyncio.timeout(SESSION_SECONDS):
                await self._converse(reader, writer)
        except (OSError, EOFError, TimeoutError, ValueError, asyncio.LimitOverrunError):
            pass  # Whoever broke the session off comes again by himself.
        finally:
            self._open -= 1
            with contextlib.suppress(OSError):
                writer.close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        def say(line: str) -> None:
            writer.write(line.encode() + b"\r\n")

        say("220 bounces ESMTP")
        mail, letters = _Mail(), 0
        while True:
            await writer.drain()
            line = (await reader.readuntil(b"\n"))[:2000].decode("utf-8", "replace").strip()
            verb = line.split(" ", 1)[0].upper()
            if verb in {"EHLO", "HELO"}:
                if verb == "EHLO":
                    say("250-bounces")
                    say(f"250-SIZE {LETTER_BYTES}")
                    say("250-8BITMIME")
                    say("250-SMTPUTF8")
                    say("250 PIPELINING")
                else:
                    say("250 bounces")
            elif verb == "MAIL" and (found := _PATH.search(line)):
                mail = _Mail(sender=found[1])
                say("250 2.1.0 ok")
            elif verb == "RCPT" and mail.sender is not None:
                found = _PATH.search(line)
                message = self._known(found[1]) if found else None
                if message is None:
                    say("550 5.1.1 reports only")
                else:
                    mail.messages.append(message)
                    say("250 2.1.5 ok")
            elif verb == "DATA" and mail.messages:
                say("354 go ahead")
                await writer.drain()
                say(await self._receive(reader, mail))
                mail, letters = _Mail(), letters + 1
                if letters >= LETTERS:
                    say("421 4.3.2 enough for one session")
                    return
            elif verb == "QUIT":
                say("221 2.0.0 bye")
                await writer.drain()
                return
            elif verb in {"RSET", "NOOP"}:
                mail = _Mail() if verb == "RSET" else mail
                say("250 2.0.0 ok")
            else:
                say("503 5.5.1 not now" if verb in {"MAIL", "RCPT", "DATA"} else "502 5.5.2 not here")

    async def _receive(self, reader: asyncio.StreamReader, mail: _Mail) -> str:
        lines: list[bytes] = []
        size = 0
        while (line := await reader.readuntil(b"\n")) not in {b".\r\n", b".\n"}:
            size += len(line)
            if size <= LETTER_BYTES:
                lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        if size > LETTER_BYTES:
            return "552 5.3.4 too large"
        try:
            for message in mail.messages:
                await self._take(message, b"".join(lines))
        except Problem as error:
            log().warning("channel.report_deferred", reason=error.reason)
            return "451 4.3.0 later"
        return "250 2.0.0 taken"
