"""Marks: what counts as one, and which were made by machines.

Heuristics, stated: a security scanner's visit is a machine's; a mail provider's proxy that fetches at once fetches
for itself; nobody reads within half a second; nobody follows three different links within two seconds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.channel.domain.message import Mark, MarkKind

MARKS_KEPT = 50
AGAIN_AFTER = timedelta(seconds=30)
PROXY_PREFETCH = timedelta(seconds=5)
TOO_FAST = timedelta(milliseconds=500)
BURST = timedelta(seconds=2)
BURST_LINKS = 3


@dataclass(frozen=True, slots=True)
class UnsubscribeWish:
    """What an unsubscribe link asks for: which address, towards whom, by which letter."""

    message: str
    contact_hmac: bytes
    controller: str

    @property
    def is_test(self) -> bool:
        """A test letter's link: it shows the page and withdraws nothing."""
        return not any(self.contact_hmac)


def is_machine(
    kind: MarkKind, agent: str, time: datetime, *, finished: datetime | None, marks: Sequence[Mark], link: int = 0
) -> bool:
    """Tell whether a visit was a machine's; `agent` is the gateway's class of the user agent."""
    if agent == "scanner":
        return True
    since = time - finished if finished is not None else None
    if since is not None and since < (PROXY_PREFETCH if agent == "mail-proxy" else TOO_FAST):
        return True
    if kind is not MarkKind.CLICKED:
        return False
    burst = {mark.link for mark in marks if mark.kind is kind and time - mark.time < BURST}
    return len(burst | {link}) >= BURST_LINKS


def is_news(mark: Mark, marks: Sequence[Mark]) -> bool:
    """Tell whether a mark adds something: withdrawals, complaints and bounces once, visits not twice in a row."""
    if mark.kind not in {MarkKind.OPENED, MarkKind.CLICKED}:
        return all(other.kind is not mark.kind for other in marks)
    if len(marks) >= MARKS_KEPT:
        return False
    return not any(
        (other.kind, other.link, other.machine) == (mark.kind, mark.link, mark.machine)
        and abs(mark.time - other.time) < AGAIN_AFTER
        for other in marks
    )
