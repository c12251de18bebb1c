"""One message to one person: who asked for it, what became of it, and what may follow from what.

Promise: exactly one outcome per message; only `unconfirmed` may be raised by later evidence, nothing is lowered.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services.channel.domain.sending import Reply, Verdict

# Seconds before attempts 2, 3, 4 …: greylisting lets the second through, the rest waits out an outage of hours.
RETRY_SECONDS = (5, 60, 300, 900, 3600)


class State(StrEnum):
    """Where a message is."""

    REQUESTED = "requested"
    HELD = "held"
    CLAIMED = "claimed"
    ON_WIRE = "on-wire"
    DONE = "done"


class Outcome(StrEnum):
    """What became of a message."""

    DELIVERED = "delivered"
    BOUNCED = "bounced"
    FAILED = "failed"
    UNCONFIRMED = "unconfirmed"
    CANCELLED = "cancelled"
    DUPLICATE = "duplicate"
    HELD_OUT = "held-out"
    ARCHIVED = "archived"
    NO_CONSENT = "no-consent"
    SUPPRESSED = "suppressed"
    INVALID = "invalid"
    READ_ELSEWHERE = "read-elsewhere"
    CAPPED = "capped"
    EXPIRED = "expired"


class MarkKind(StrEnum):
    """What may happen to a sent message."""

    OPENED = "opened"
    CLICKED = "clicked"
    UNSUBSCRIBED = "unsubscribed"
    COMPLAINED = "complained"
    BOUNCED_LATER = "bounced-later"


@dataclass(frozen=True, slots=True)
class Order:
    """What the requests of one batch share."""

    batch: str
    campaign: str
    entry: int
    node: str
    template: str
    template_version: int
    channels: tuple[str, ...]
    controller: str
    purpose: str
    topic: str
    workspace: str


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it is worked on."""

    id: str
    order: Order
    profile: str
    """The person who was asked for; the partition hangs on it."""
    no: int
    requested_at: datetime
    held_out: bool = False
    attempts: int = 0
    person: str = ""
    """The current person, once known."""
    record: str = ""
    address_hmac: bytes = b""
    channel: str = ""
    keyed: bool = False
    """Its two unique keys are claimed."""
    trace: str = ""
    """The trace in which it was asked for, by which its way is followed."""

    def person_key(self) -> str:
        """One letter per person and node of a run."""
        return f"{self.order.campaign}:{self.order.node}:{self.order.entry}:{self.person}"

    def address_key(self) -> str:
        """One letter per address and node of a run."""
        return f"{self.order.campaign}:{self.order.node}:{self.order.entry}:{self.address_hmac.hex()}"


@dataclass(frozen=True, slots=True)
class Finish:
    """The end of a message."""

    outcome: Outcome
    reason: str
    provider_code: str = ""


DEFERRED = "provider-deferred"
"""Why a message waits whose recipient's server wants it later (greylisting and the like)."""


@dataclass(frozen=True, slots=True)
class Retry:
    """Another attempt, after a pause."""

    seconds: float
    counted: bool = True
    """False when nobody refused this message: the provider was away."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened to a sent message."""

    kind: MarkKind
    time: datetime
    machine: bool = False
    link: int = 0
    bounce_class: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """A message as screens and links see it."""

    message: Message
    state: State
    outcome: str
    reason: str
    provider_code: str
    wire_at: datetime | None
    finished_at: datetime | None
    marks: tuple[Mark, ...]
    sealed: bytes


@dataclass(frozen=True, slots=True)
class Counts:
    """A campaign's messages, counted one by one."""

    requested: int
    open: int
    outcomes: Mapping[str, int]
    reasons: Mapping[str, int]
    marks: Mapping[str, int]
    links: Sequence["LinkCount"] = ()


@dataclass(frozen=True, slots=True)
class LinkCount:
    """Messages with a human click on one link of a letter."""

    template: str
    template_version: int
    link: int
    count: int
    address: str = ""


_REFUSED_BY_US = {
    "RENDER_FAILED": "letter-not-renderable",
    "ADDRESS_MALFORMED": "address-malformed",
    "ADDRESS_NEEDS_SMTPUTF8": "address-not-supported",
    "LETTER_MISSING": "letter-missing",
}


def after_reply(reply: Reply, attempts: int) -> Finish | Retry:
    """Decide what an attempt's reply means; `attempts` counts this one."""
    code = " ".join(filter(None, (str(reply.code or ""), reply.status)))
    match reply.verdict:
        case Verdict.ACCEPTED:
            return Finish(Outcome.DELIVERED, "accepted", code)
        case Verdict.UNKNOWN:
            return Finish(Outcome.UNCONFIRMED, "no-answer")
        case Verdict.REJECTED:
            if not reply.code:
                return Finish(Outcome.INVALID, _REFUSED_BY_US.get(reply.text, "refused-here"))
            if reply.at_recipient:
                return Finish(Outcome.BOUNCED, "recipient-refused", code)
            return Finish(Outcome.FAILED, "provider-refused", code)
        case Verdict.DEFERRED:
            if attempts > len(RETRY_SECONDS):
                return Finish(Outcome.FAILED, "attempts-exhausted", code)
            return Retry(RETRY_SECONDS[attempts - 1])
        case Verdict.UNSENT | Verdict.LOST:
            return Retry(1.0, counted=False)


def is_hard_bounce(provider_code: str) -> bool:
    """Tell whether a refusal says that the address does not exist (RFC 3463), rather than that it will not now."""
    code, _, status = provider_code.rpartition(" ") if "." in provider_code else (provider_code, "", "")
    if status:
        return status in {"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1", "5.4.4"}
    return code in {"550", "551", "553"}
