"""The SMTP side: aiosmtpd with pipelining announced, and with refusals by rule."""

import asyncio
import time
from collections import deque
from dataclasses import dataclass
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from deploy.local.mailbox.letters import Letters
from deploy.local.mailbox.rules import Action, Moment, Rule, Rulebook

MAX_LETTER_BYTES = 32 << 20


@dataclass(frozen=True, slots=True)
class Refusal:
    """One recipient that a rule treated in its own way."""

    at: float
    recipient: str
    action: str
    reply: str


class MailboxServer(SMTP):
    """A session. Commands sent ahead wait in the stream's buffer and are answered in order, so RFC 2920 holds."""

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - aiosmtpd finds commands by this name
        """Take the content, unless a rule closes the connection in the middle of it."""
        envelope = self.envelope
        closing = None if envelope is None or not envelope.rcpt_tos else _closing(envelope)
        if closing is None or closing.when is not Moment.CONTENT:
            await super().smtp_DATA(arg)
            return
        await self.push("354 End data with <CR><LF>.<CR><LF>")
        await self._reader.readline()
        _cut(self)


class Handler:
    """What the mailbox does with senders, recipients and content."""

    def __init__(self, letters: Letters, rulebook: Rulebook) -> None:
        self._letters = letters
        self._rulebook = rulebook
        self.refusals: deque[Refusal] = deque(maxlen=100_000)

    async def handle_EHLO(  # noqa: N802 - aiosmtpd finds hooks by their names
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """Greet and announce pipelining beside what aiosmtpd announces by itself."""
        session.host_name = hostname
        return [*responses[:-1], "250-PIPELINING", "250-ENHANCEDSTATUSCODES", responses[-1]]

    async def handle_RCPT(  # noqa: N802 - aiosmtpd finds hooks by their names
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Accept or refuse one recipient by the first rule that fits."""
        rule = self._rulebook.decide(address)
        if rule is not None and rule.action is not Action.ACCEPT:
            if rule.action in {Action.REFUSE, Action.DEFER}:
                self._note(address, rule, rule.reply())
                return rule.reply()
            self._note(address, rule, "250")
            if rule.action is Action.SLOW:
                await asyncio.sleep(rule.seconds)
            _rules(envelope)[address] = rule
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd finds hooks by their names
        self, server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Write the letter to disk, then answer; a bouncing recipient is owed a report."""
        raw = envelope.original_content or b""
        bouncing = next((rule for rule in _rules(envelope).values() if rule.action is Action.BOUNCE), None)
        letter = await asyncio.to_thread(
            self._letters.keep,
            # The empty sender of reports comes as "<>".
            (envelope.mail_from or "").strip("<>"),
            list(envelope.rcpt_tos),
            raw,
            bounce_due=None if bouncing is None else time.time() + bouncing.seconds,
            bounce=None if bouncing is None else bouncing.report(),
        )
        closing = _closing(envelope)
        if closing is not None and closing.when is Moment.REPLY:
            _cut(server)
        return f"250 2.0.0 OK queued as {letter.id}"

    def _note(self, address: str, rule: Rule, reply: str) -> None:
        self.refusals.append(Refusal(time.time(), address, rule.action, reply))


def session(handler: Handler) -> SMTP:
    """Make the protocol of one connection."""
    return MailboxServer(
        handler,
        data_size_limit=MAX_LETTER_BYTES,
        enable_SMTPUTF8=True,
        hostname="mailbox.consilium.example",
        ident="Consilium mailbox",
        timeout=300,
        loop=asyncio.get_running_loop(),
    )


def _cut(server: SMTP) -> None:
    if isinstance(server.transport, asyncio.Transport):
        server.transport.abort()


def _rules(envelope: Envelope) -> dict[str, Rule]:
    # aiosmtpd makes a fresh envelope per letter and lets handlers hang what they need on it.
    held: Any = envelope
    if not hasattr(held, "rules"):
        held.rules = {}
    rules: dict[str, Rule] = held.rules
    return rules


def _closing(envelope: Envelope) -> Rule | None:
    return next((rule for rule in _rules(envelope).values() if rule.action is Action.CLOSE), None)
