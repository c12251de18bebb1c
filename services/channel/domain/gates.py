"""The gates: may this message go to this person now, and to which address.

Promise: the order of the gates is fixed (campaign, control group, archived, consent, suppression, contact), so a
message that several gates would stop always names the same one. Pure: what is known is handed in.
"""

import re
from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from datetime import datetime

from services.channel.domain.message import Finish, Message, Order, Outcome

EVERYWHERE = "*"
_ADDRESS = re.compile(r"[^\s<>,;:\"()\[\]\\@\x00-\x1f]{1,64}@[^\s<>,;:\"()\[\]\\@\x00-\x1f]+\.[^\s<>,;:\"()\[\]\\@.]+")


@dataclass(frozen=True, slots=True)
class Contact:
    """One way to reach a person."""

    kind: str
    value: str = field(repr=False)
    hmac: bytes
    record: str
    standing: str = "sole"
    bounced: bool = False


@dataclass(frozen=True, slots=True)
class ConsentView:
    """What is known about one consent key."""

    controller: str
    purpose: str
    channel: str
    topic: str
    contact_hmac: bytes
    granted: bool
    expires: datetime | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """A person as the campaign's workspace sees them at this moment."""

    id: str
    active: bool
    contacts: tuple[Contact, ...] = ()
    consents: tuple[ConsentView, ...] = ()
    values: Mapping[str, object] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Passed:
    """It may go, to this contact."""

    contact: Contact


@dataclass(frozen=True, slots=True)
class Held:
    """It waits; all gates run again."""

    reason: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Admission:
    """A message after its gates; `stopped` None means that it may be sent."""

    message: Message
    stopped: Finish | Held | None = None
    sealed: bytes = b""
    """The variables that its letter uses, encrypted under the person's key."""


def campaign_gate(campaign_state: str) -> Finish | Held | None:
    """Judge by the campaign's state; an unknown campaign is one whose launch has not been heard of yet: it runs."""
    if campaign_state == "stopped":
        return Finish(Outcome.CANCELLED, "campaign-stopped")
    return Held("campaign-paused", 30.0) if campaign_state == "paused" else None


def decide(
    message: Message,
    campaign_state: str,
    person: Person | None,
    suppressed: Set[tuple[str, bytes]],
    now: datetime,
) -> Passed | Finish | Held:
    """Run all gates but the two that the store keeps (duplicate by person, duplicate by address).

    Args:
        message: what is asked for.
        campaign_state: "sending", "paused", "stopped" or "" when nothing was heard.
        person: None when the workspace knows no such person.
        suppressed: pairs of controller (or EVERYWHERE) and an address's keyed hash.
        now: the present moment.
    """
    stopped = campaign_gate(campaign_state)
    if stopped is not None:
        return stopped
    if message.held_out:
        return Finish(Outcome.HELD_OUT, "control-group")
    if person is None:
        return Finish(Outcome.ARCHIVED, "person-gone")
    if not person.active:
        return Finish(Outcome.ARCHIVED, "person-archived")
    contacts = [contact for contact in person.contacts if contact.kind == "email"]
    if not contacts:
        return Finish(Outcome.INVALID, "contact-missing")
    allowed = [contact for contact in contacts if _consented(message.order, person, contact, now)]
    if not allowed:
        return Finish(Outcome.NO_CONSENT, "consent-missing")
    controller = message.order.controller
    free = [
        contact for contact in allowed
        if (controller, contact.hmac) not in suppressed and (EVERYWHERE, contact.hmac) not in suppressed
    ]  # fmt: skip
    if not free:
        return Finish(Outcome.SUPPRESSED, "address-suppressed")
    usable = [contact for contact in free if contact.standing != "blocked" and not contact.bounced]
    usable = [contact for contact in usable if _ADDRESS.fullmatch(contact.value)]
    if not usable:
        return Finish(Outcome.INVALID, "contact-invalid")
    # An address of this person alone before one that several people share; else as the profile orders them.
    return Passed(min(usable, key=lambda contact: contact.standing != "sole"))


def _consented(order: Order, person: Person, contact: Contact, now: datetime) -> bool:
    """The exact topic decides; without it the consent for all topics; a refusal for all topics stops every topic."""
    known = [
        consent
        for consent in person.consents
        if (consent.controller, consent.purpose, consent.channel) == (order.controller, order.purpose, "email")
        and consent.contact_hmac == contact.hmac
        and consent.topic in {order.topic, EVERYWHERE}
    ]
    valid = [consent for consent in known if consent.granted and (consent.expires is None or consent.expires > now)]
    return bool(valid) and len(valid) == len(known)
