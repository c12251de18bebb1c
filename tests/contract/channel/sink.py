"""A real SMTP server (aiosmtpd) that enforces the protocol and behaves as a test asks, by the recipient's name.

`refuse-…` 550 at RCPT; `later-…` 450 at RCPT the first time; `spam-…` 554 to the content; `full-…` 452 to the
content; `cut-…` closes after the content without a reply; `cut-early-…` closes at RCPT, the first time;
`slow-…` answers the content late. A content that arrives before 354 is recorded as a breach.
"""

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session, syntax


@dataclass(slots=True)
class Received:
    """One letter that the server accepted."""

    sender: str
    recipient: str
    content: bytes


@dataclass
class Sink:
    """What a server saw."""

    letters: list[Received] = field(default_factory=list)
    breaches: list[str] = field(default_factory=list)
    seen: dict[str, int] = field(default_factory=dict)
    sessions: int = 0
    pipelining: bool = True
    eight_bit: bool = True
    final_seconds: float = 0.0
    accept_after_refusal: bool = False
    """Answer 354 to DATA although no recipient was taken, as some servers do."""
    password: str = ""
    tls: ssl.SSLContext | None = None
    port: int = 0
    hook: Callable[[str], None] = lambda _stage: None
    """Told each step: "connect", "recipient", "data" (before 354), "content" (before its reply), "done"."""
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    """Recipients are answered while it is set."""
    _server: asyncio.Server | None = None

    def __post_init__(self) -> None:
        self.gate.set()

    async def start(self) -> "Sink":
        self._server = await asyncio.get_running_loop().create_server(self._session, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()

    def _session(self) -> SMTP:
        self.sessions += 1
        self.hook("connect")
        options: dict[str, Any] = {}
        if self.password:
            options = {"authenticator": self._authenticate, "auth_require_tls": False}
        return StrictSmtp(self, data_size_limit=10_000_000, enable_SMTPUTF8=True, tls_context=self.tls, **options)

    def _authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        good = isinstance(data, LoginPassword) and data.password.decode() == self.password
        return AuthResult(success=good, handled=False)

    async def handle_EHLO(  # noqa: N802  # aiosmtpd's hook
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        if not self.eight_bit:
            responses = [line for line in responses if "8BITMIME" not in line]
        return [*responses[:-1], *(["250-PIPELINING"] if self.pipelining else []), responses[-1]]

    async def handle_RCPT(  # noqa: N802  # aiosmtpd's hook
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        await self.gate.wait()
        self.seen[address] = self.seen.get(address, 0) + 1
        first = self.seen[address] == 1
        self.hook("recipient")
        if address.startswith("refuse-"):
            return f"550 5.1.1 <{address}>: no such mailbox"
        if address.startswith("later-") and first:
            return "450 4.2.0 greylisted"
        if address.startswith("cut-early-") and first:
            cut(server)
            return "421 closing"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  # a hook
        if not envelope.rcpt_tos:
            return "554 5.5.1 no valid recipients"
        recipient = envelope.rcpt_tos[0]
        if recipient.startswith("spam-"):
            return "554 5.7.1 looks like spam"
        if recipient.startswith("full-") and self.seen[recipient] == 1:
            return "452 4.3.1 out of storage"
        if recipient.startswith("slow-"):
            await asyncio.sleep(0.3)
        await asyncio.sleep(self.final_seconds)
        self.hook("content")
        assert isinstance(envelope.content, bytes)
        self.letters.append(Received(envelope.mail_from or "", recipient, envelope.content))
        if recipient.startswith("cut-") and not recipient.startswith("cut-early-"):
            cut(server)
            await asyncio.sleep(0)
        asyncio.get_running_loop().call_later(0.001, self.hook, "done")
        return "250 2.0.0 queued"


def cut(server: SMTP) -> None:
    assert isinstance(server.transport, asyncio.Transport)
    server.transport.abort()


class StrictSmtp(SMTP):
    """aiosmtpd that also notices content sent before its 354."""

    def __init__(self, sink: Sink, **options: Any) -> None:
        super().__init__(sink, decode_data=False, **options)
        self._sink = sink

    @syntax("DATA")
    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802  # aiosmtpd's name
        assert self.envelope is not None
        self._sink.hook("data")
        await asyncio.sleep(0.002)
        if self._reader._buffer:  # type: ignore[attr-defined]  # the stream has no public look at what is buffered
            self._sink.breaches.append("content before 354")
        if self._sink.accept_after_refusal and not self.envelope.rcpt_tos:
            await self.push("354 go ahead")
            await self._reader.readuntil(b".\r\n")
            await self.push("554 5.5.1 no valid recipients")
            self._set_post_data_state()  # type: ignore[no-untyped-call]  # aiosmtpd has no types
            return
        await super().smtp_DATA(arg)
