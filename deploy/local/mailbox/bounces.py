"""Reports of failure (RFC 3464) for letters that were accepted first and bounced later.

A report is owed until the address for bounces has taken it, also across restarts of the mailbox. It goes to the
letter's return path: by SMTP with an empty sender, or by POST of the raw report to an http address. Where neither
is configured the report lands in the mailbox itself, as it would with any server that is also the sender's.
"""

import asyncio
import email.policy
import smtplib
import time
from email.message import EmailMessage, Message
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.parser import BytesParser
from email.utils import formatdate, make_msgid
from urllib.parse import urlsplit

import httpx

from deploy.local.mailbox.letters import Letter, Letters

HOSTNAME = "mailbox.consilium.example"
_PAUSE_SECONDS = 0.5


def report_of(letter: Letter, raw: bytes) -> bytes:
    """Build the report about a letter: text for people, fields for machines, the letter's headers."""
    status, diagnostic = letter.bounce
    original = BytesParser(policy=email.policy.compat32).parsebytes(raw, headersonly=True)
    report = MIMEMultipart("report")
    report.set_param("report-type", "delivery-status")
    report["From"] = f"Mail Delivery Subsystem <MAILER-DAEMON@{HOSTNAME}>"
    report["To"] = letter.sender
    report["Subject"] = "Undelivered Mail Returned to Sender"
    report["Date"] = formatdate()
    report["Message-ID"] = make_msgid(domain=HOSTNAME)
    report["Auto-Submitted"] = "auto-replied"
    if original["Message-ID"]:
        report["In-Reply-To"] = " ".join(str(original["Message-ID"]).split())
    names = ", ".join(letter.recipients)
    report.attach(MIMEText(f"Your message could not be delivered to {names}:\n{diagnostic}\n", "plain", "us-ascii"))
    report.attach(_status(letter, status, diagnostic))
    report.attach(_headers(original))
    return report.as_bytes(policy=email.policy.SMTP)


class Bouncer:
    """Sends owed reports until told to stop; one that is not taken is tried again at every round."""

    def __init__(self, letters: Letters, address: str | None) -> None:
        self._letters = letters
        self._address = urlsplit(address) if address else None

    async def run(self) -> None:
        """Look for owed reports for ever."""
        while True:
            for letter in self._letters.owing(time.time()):
                await self._settle(letter)
            await asyncio.sleep(_PAUSE_SECONDS)

    async def _settle(self, letter: Letter) -> None:
        # A letter with an empty sender is a report itself and is never reported about (RFC 5321 §4.5.5).
        raw = await asyncio.to_thread(self._letters.raw, letter)
        if letter.sender not in {"", "<>"} and raw:
            try:
                await self._send(letter, report_of(letter, raw))
            except (OSError, smtplib.SMTPException, httpx.HTTPError) as problem:
                print(f"a report of failure is not taken yet: {type(problem).__name__}", flush=True)
                return
        await asyncio.to_thread(self._letters.settle, letter)

    async def _send(self, letter: Letter, report: bytes) -> None:
        if self._address is None:
            await asyncio.to_thread(self._letters.keep, "", [letter.sender], report)
        elif self._address.scheme == "smtp":
            await asyncio.to_thread(
                _submit, self._address.hostname or "", self._address.port or 25, letter.sender, report
            )
        else:
            async with httpx.AsyncClient(timeout=10) as web:
                answer = await web.post(
                    self._address.geturl(), content=report, headers={"Content-Type": "message/rfc822"}
                )
                answer.raise_for_status()


def _submit(host: str, port: int, recipient: str, report: bytes) -> None:
    # The standard client, because aiosmtplib refuses the empty sender that every report must have.
    with smtplib.SMTP(host, port, local_hostname=HOSTNAME, timeout=10) as client:
        client.sendmail("", [recipient], report)


def _status(letter: Letter, status: str, diagnostic: str) -> MIMEBase:
    whole = MIMEBase("message", "delivery-status")
    machine = Message()
    machine["Reporting-MTA"] = f"dns; {HOSTNAME}"
    machine["Arrival-Date"] = formatdate()
    parts: list[Message[str, str] | str] = [machine]
    for recipient in letter.recipients:
        one = Message()
        one["Final-Recipient"] = f"rfc822; {recipient}"
        one["Action"] = "failed"
        one["Status"] = status
        one["Diagnostic-Code"] = f"smtp; {diagnostic}"
        parts.append(one)
    whole.set_payload(parts)
    return whole


def _headers(original: Message) -> MIMEBase:
    # The standard library generator folds what hostile headers hold; only names and lines without breaks go in.
    kept = EmailMessage(policy=email.policy.compat32)
    for name, value in original.items():
        kept[name] = " ".join(str(value).split())
    part = MIMEBase("text", "rfc822-headers")
    part.set_payload(
        "".join(f"{name}: {value}\r\n" for name, value in kept.items()).encode("ascii", "replace").decode()
    )
    return part
