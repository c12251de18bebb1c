"""One SMTP connection: greeting, TLS, sign-in, commands and replies (RFC 5321, 2920, 3207, 4954, 6152, 6531).

Promise: every wait has a deadline, every reply a size limit. Not here: letters (carrier.py), pooling (provider.py).
"""

import asyncio
import base64
import ipaddress
import re
import ssl
from dataclasses import dataclass, field
from enum import StrEnum

_REPLY_LINE = re.compile(rb"([2-5][0-9]{2})([ -]?)(.*)")
_STATUS = re.compile(r"([245]\.\d{1,3}\.\d{1,3})\s*")
REPLY_LINES = 100


class Tls(StrEnum):
    """When a connection is encrypted."""

    NEVER = "never"
    OFFERED = "offered"
    REQUIRED = "required"
    IMPLICIT = "implicit"


@dataclass(frozen=True, slots=True)
class SmtpRoute:
    """Where a provider is and how it wants to be spoken to."""

    host: str
    port: int
    tls: Tls = Tls.OFFERED
    username: str = ""
    password: str = field(default="", repr=False)
    hello: str = "localhost"
    connect_seconds: float = 15.0
    reply_seconds: float = 60.0
    """Deadline of every reply before content."""
    final_seconds: float = 300.0
    """Deadline of the reply to content; servers scan letters before they answer."""
    tls_context: ssl.SSLContext | None = None


@dataclass(frozen=True, slots=True)
class SmtpReply:
    """One reply: its number, enhanced status and text."""

    code: int
    lines: tuple[str, ...]

    @property
    def positive(self) -> bool:
        return self.code < 400

    @property
    def permanent(self) -> bool:
        return self.code >= 500

    @property
    def status(self) -> str:
        match = _STATUS.match(self.lines[0]) if self.lines else None
        return match[1] if match else ""

    @property
    def text(self) -> str:
        return " ".join(_STATUS.sub("", line, count=1) for line in self.lines)


class SmtpUnavailable(ConnectionError):  # noqa: N818  # says what happened
    """The server cannot be used now: unreachable, closing, or not speaking SMTP."""


class SmtpRefused(ConnectionError):  # noqa: N818  # says what happened
    """The server refuses us for good: TLS missing, sign-in refused."""


class Dialogue:
    """An open connection after its greeting."""

    def __init__(self, route: SmtpRoute, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._route = route
        self._reader = reader
        self._writer = writer
        self.extensions: dict[str, str] = {}

    @classmethod
    async def open(cls, route: SmtpRoute) -> "Dialogue":
        """Connect, greet, encrypt and sign in.

        Raises:
            SmtpUnavailable: try again later.
            SmtpRefused: the settings do not fit the server.
        """
        context = _context(route) if route.tls is Tls.IMPLICIT else None
        try:
            async with asyncio.timeout(route.connect_seconds):
                reader, writer = await asyncio.open_connection(
                    route.host, route.port, ssl=context, limit=64 * 1024,
                    server_hostname=route.host if context else None,
                )  # fmt: skip
        except ssl.SSLCertVerificationError as error:
            raise SmtpRefused("the server's certificate is not trusted") from error
        except (OSError, TimeoutError) as error:
            raise SmtpUnavailable("the server cannot be reached") from error
        dialogue = cls(route, reader, writer)
        try:
            await dialogue._greet(encrypted=context is not None)
        except BaseException:
            dialogue.abort()
            raise
        return dialogue

    async def _greet(self, *, encrypted: bool) -> None:
        banner = await self.reply()
        if banner.code != 220:
            raise SmtpUnavailable(f"the server answered {banner.code} to a connection")
        await self._hello()
        if not encrypted and self._route.tls in {Tls.OFFERED, Tls.REQUIRED}:
            if "STARTTLS" in self.extensions:
                await self._start_tls()
                encrypted = True
            elif self._route.tls is Tls.REQUIRED:
                raise SmtpRefused("the server does not offer TLS")
        if self._route.username:
            if not encrypted and not _is_loopback(self._route.host):
                raise SmtpRefused("a password is not sent without TLS")
            await self._sign_in()

    async def _hello(self) -> None:
        answer = await self.command(f"EHLO {self._route.hello}")
        if not answer.positive:
            answer = await self.command(f"HELO {self._route.hello}")
            if not answer.positive:
                raise SmtpUnavailable(f"the server answered {answer.code} to the greeting")
            self.extensions = {}
            return
        pairs = (line.upper().partition(" ") for line in answer.lines[1:])
        self.extensions = {name: value for name, _, value in pairs}

    async def _start_tls(self) -> None:
        answer = await self.command("STARTTLS")
        if answer.code != 220:
            raise SmtpUnavailable(f"the server answered {answer.code} to STARTTLS")
        # What was sent before the handshake is not from the server that the handshake proves (CVE-2011-0411).
        if self._reader._buffer:  # type: ignore[attr-defined]  # streams offer no public look at what is buffered
            raise SmtpRefused("the server sent something ahead of TLS")
        try:
            async with asyncio.timeout(self._route.connect_seconds):
                await self._writer.start_tls(_context(self._route), server_hostname=self._route.host)
        except ssl.SSLCertVerificationError as error:
            raise SmtpRefused("the server's certificate is not trusted") from error
        except (OSError, TimeoutError) as error:
            raise SmtpUnavailable("the TLS handshake failed") from error
        await self._hello()

    async def _sign_in(self) -> None:
        offered = self.extensions.get("AUTH", "").split()
        user, password = self._route.username, self._route.password
        if "PLAIN" in offered:
            token = base64.b64encode(f"\0{user}\0{password}".encode()).decode()
            answer = await self.command(f"AUTH PLAIN {token}")
        elif "LOGIN" in offered:
            answer = await self.command("AUTH LOGIN")
            for secret in (user, password):
                if answer.code == 334:
                    answer = await self.command(base64.b64encode(secret.encode()).decode())
        else:
            raise SmtpRefused("the server offers no sign-in that we speak")
        if not answer.positive:
            raise (SmtpRefused if answer.permanent else SmtpUnavailable)(f"the sign-in was answered {answer.code}")

    @property
    def alive(self) -> bool:
        """False once the server closed or either side failed."""
        return not (self._reader.at_eof() or self._writer.is_closing())

    def write(self, data: bytes) -> None:
        """Queue bytes to leave."""
        self._writer.write(data)

    async def flush(self, seconds: float) -> None:
        """Wait until the queue is short again; past the deadline the connection counts as dead."""
        try:
            async with asyncio.timeout(seconds):
                await self._writer.drain()
        except (OSError, TimeoutError) as error:
            raise SmtpUnavailable("the connection broke") from error

    async def command(self, line: str) -> SmtpReply:
        """Send one command and wait for its reply."""
        self.write(f"{line}\r\n".encode())
        return await self.reply()

    async def reply(self, seconds: float | None = None) -> SmtpReply:
        """Read one reply, all its lines.

        Raises:
            SmtpUnavailable: closed, late, or not SMTP.
        """
        lines: list[str] = []
        try:
            async with asyncio.timeout(seconds or self._route.reply_seconds):
                while len(lines) < REPLY_LINES:
                    raw = await self._reader.readuntil(b"\n")
                    match = _REPLY_LINE.fullmatch(raw.rstrip(b"\r\n"))
                    if match is None:
                        break
                    lines.append(match[3].decode("utf-8", "replace"))
                    if match[2] != b"-":
                        return SmtpReply(int(match[1]), tuple(lines))
        except (OSError, EOFError, TimeoutError, asyncio.LimitOverrunError) as error:
            raise SmtpUnavailable("the connection closed or fell silent") from error
        raise SmtpUnavailable("the server does not speak SMTP")

    async def quit(self) -> None:
        """Say goodbye; whatever happens, the connection is closed afterwards."""
        try:
            async with asyncio.timeout(2):
                await self.command("QUIT")
        except (SmtpUnavailable, TimeoutError):
            pass  # Nothing is owed to a server that is gone.
        finally:
            self._writer.close()

    def abort(self) -> None:
        """Cut the connection at once; a content without its final dot is discarded by the server."""
        self._writer.transport.abort()


def _context(route: SmtpRoute) -> ssl.SSLContext:
    if route.tls_context is not None:
        return route.tls_context
    context = ssl.create_default_context()
    if route.tls is Tls.OFFERED:
        # Opportunistic TLS (RFC 7435): whoever accepts plain text gains nothing by refusing a self-signed name.
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
