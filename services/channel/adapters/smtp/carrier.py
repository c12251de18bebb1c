"""Letters over one SMTP connection, pipelined (RFC 2920), with a mark before the point of no return.

Promise: a content leaves only when the server said 354, the recipient was taken and the mark is ours. The envelope
of the next letter leaves right behind the content of the last, so at most two letters per connection are open.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from services.channel.adapters.smtp.dialogue import Dialogue, SmtpReply, SmtpRoute, SmtpUnavailable
from services.channel.domain.sending import Parcel, ParcelRefused, ParcelWithheld, Reply, Verdict, scrubbed
from services.channel.ports import OnWire, Settle


@dataclass(slots=True)
class Job:
    """A parcel on its way through the pool."""

    parcel: Parcel
    on_wire: OnWire
    settle: Callable[[str, Reply], None]
    mark: asyncio.Future[bool] | None = None
    """Set once the mark was asked for; it is asked for once, whatever happens to the connection."""
    retried: bool = False
    settled: bool = False
    content_left: bool = False

    def finish(self, reply: Reply) -> None:
        """Settle, once."""
        if not self.settled:
            self.settled = True
            self.settle(self.parcel.message, reply)

    def ask_mark(self) -> asyncio.Future[bool]:
        if self.mark is None:
            self.mark = asyncio.ensure_future(_awaiting(self.on_wire(self.parcel.message)))
        return self.mark


async def _awaiting(mark: Awaitable[bool]) -> bool:
    return await mark


class ConnectionSpent(Exception):  # noqa: N818  # says what happened
    """The connection must not be used again; the job that it carried may still need a home."""

    def __init__(self, job: Job | None = None) -> None:
        super().__init__("the connection is spent")
        self.job = job


class Carrier:
    """Carries jobs over one dialogue, one content at a time."""

    def __init__(self, dialogue: Dialogue, route: SmtpRoute) -> None:
        self._dialogue = dialogue
        self._route = route
        self._pipelining = "PIPELINING" in dialogue.extensions
        self._eight_bit = "8BITMIME" in dialogue.extensions
        self._utf8 = "SMTPUTF8" in dialogue.extensions
        self._open: Job | None = None
        self.carried = 0

    @property
    def alive(self) -> bool:
        return self._dialogue.alive

    @property
    def busy(self) -> bool:
        """True while a content waits for its reply."""
        return self._open is not None

    async def carry(self, job: Job) -> None:
        """Take a job as far as its content on the wire; its reply is read by the next call or by `settle_open`.

        Raises:
            ConnectionSpent: with the job when nothing of it left, so that it may be carried elsewhere.
        """
        envelope = self._envelope(job)
        if envelope is None:
            return
        commands, content = envelope
        job.ask_mark()
        try:
            if self._pipelining:
                self._dialogue.write(b"".join(commands))
                await self.settle_open()
                replies = [await self._dialogue.reply() for _ in commands]
            else:
                await self.settle_open()
                replies = await self._one_by_one(commands)
        except SmtpUnavailable as error:
            self._dialogue.abort()
            raise ConnectionSpent(job) from error
        except BaseException:
            self._dialogue.abort()
            raise
        await self._after_envelope(job, replies, content)

    def _envelope(self, job: Job) -> tuple[list[bytes], bytes] | None:
        parcel = job.parcel
        needs_utf8 = not parcel.recipient.isascii()
        if needs_utf8 and not self._utf8:
            job.finish(Reply(Verdict.REJECTED, text="ADDRESS_NEEDS_SMTPUTF8", at_recipient=True))
            return None
        if any(mark in parcel.recipient + parcel.return_path for mark in "\r\n<> \x00"):
            job.finish(Reply(Verdict.REJECTED, text="ADDRESS_MALFORMED", at_recipient=True))
            return None
        try:
            content = parcel.build(self._eight_bit)
        except ParcelWithheld:
            job.finish(Reply(Verdict.UNSENT))
            return None
        except ParcelRefused as refusal:
            job.finish(Reply(Verdict.REJECTED, text=refusal.reason))
            return None
        options = (" BODY=8BITMIME" if self._eight_bit else "") + (" SMTPUTF8" if needs_utf8 else "")
        return [
            f"MAIL FROM:<{parcel.return_path}>{options}\r\n".encode(),
            f"RCPT TO:<{parcel.recipient}>\r\n".encode(),
            b"DATA\r\n",
        ], content

    async def _one_by_one(self, commands: list[bytes]) -> list[SmtpReply]:
        replies: list[SmtpReply] = []
        for command in commands:
            self._dialogue.write(command)
            replies.append(await self._dialogue.reply())
            if not replies[-1].positive:
                if len(replies) < 3:
                    await self._dialogue.command("RSET")
                break
        return replies

    async def _after_envelope(self, job: Job, replies: list[SmtpReply], content: bytes) -> None:
        refusal = next((reply for reply in replies if not reply.positive), None)
        invited = len(replies) == 3 and replies[2].code == 354
        if refusal is not None:
            at_recipient = len(replies) > 1 and refusal is replies[1]
            # The refusal may overtake the mark that its outcome rests on: hold it until the mark is known.
            held = await self._marked(job)
            job.finish(reply_of(refusal, at_recipient=at_recipient) if held else Reply(Verdict.LOST))
            if refusal.code == 421:
                self._dialogue.abort()
                raise ConnectionSpent
            if invited:
                await self._empty_content()
            elif self._pipelining:
                # Without 354 a refused MAIL may leave a transaction half open.
                self._dialogue.write(b"RSET\r\n")
                await self._expect_reply()
            return
        if not invited:
            held = await self._marked(job)
            job.finish(Reply(Verdict.UNSENT if held else Verdict.LOST, code=replies[-1].code))
            self._dialogue.abort()
            raise ConnectionSpent
        if not await self._marked(job):
            job.finish(Reply(Verdict.LOST))
            self._dialogue.abort()
            raise ConnectionSpent
        if not self._dialogue.alive:
            self._dialogue.abort()
            raise ConnectionSpent(job)
        job.content_left = True
        self._open = job
        self.carried += 1
        self._dialogue.write(content + b".\r\n")

    async def _marked(self, job: Job) -> bool:
        try:
            return await asyncio.shield(job.ask_mark())
        except asyncio.CancelledError:
            raise
        except Exception:
            # The store failed: whether the mark is ours is unknown, so nothing leaves and recovery decides.
            return False

    async def _empty_content(self) -> None:
        """Answer a 354 that came after a refused recipient (RFC 2920 §3.1): no recipient, so nothing is delivered."""
        self._dialogue.write(b".\r\n")
        await self._expect_reply()

    async def _expect_reply(self) -> None:
        try:
            await self._dialogue.reply()
        except SmtpUnavailable as error:
            self._dialogue.abort()
            raise ConnectionSpent from error

    async def settle_open(self) -> None:
        """Read the reply to the content on the wire, if there is one.

        Raises:
            SmtpUnavailable: no reply came; the letter was settled as UNKNOWN.
        """
        job, self._open = self._open, None
        if job is None:
            return
        try:
            await self._dialogue.flush(self._route.final_seconds)
            answer = await self._dialogue.reply(self._route.final_seconds)
        except SmtpUnavailable:
            job.finish(Reply(Verdict.UNKNOWN))
            raise
        except BaseException:
            job.finish(Reply(Verdict.UNKNOWN))
            self._dialogue.abort()
            raise
        job.finish(reply_of(answer))
        if answer.code == 421:
            raise SmtpUnavailable("the server is closing")

    async def quit(self) -> None:
        await self._dialogue.quit()

    def abort(self) -> None:
        self._dialogue.abort()


def reply_of(answer: SmtpReply, *, at_recipient: bool = False) -> Reply:
    """Class one SMTP reply: 2xx accepted, 4xx deferred, 5xx rejected."""
    if answer.positive:
        verdict = Verdict.ACCEPTED
    else:
        verdict = Verdict.REJECTED if answer.permanent else Verdict.DEFERRED
    return Reply(verdict, answer.code, answer.status, scrubbed(answer.text), at_recipient)


__all__ = ["Carrier", "ConnectionSpent", "Job", "Settle", "reply_of"]
