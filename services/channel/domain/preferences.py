"""Preferences: what the reader of a letter is shown to choose, made of what profile knows and of what is suppressed.

Promise: a topic is shown as on only when a message about it would pass the gates; what cannot be turned on says why.
"""

from collections.abc import Sequence, Set
from dataclasses import dataclass, field, replace

EVERYWHERE = "*"
EVERY_TOPIC = "*"


@dataclass(frozen=True, slots=True)
class Preference:
    """One topic in one channel; `obstacle` is "all-topics-off", "address-refused", or "" when it can be turned on."""

    id: str
    channel: str
    purpose: str
    topic: str
    contact_kind: str
    contact: str = field(repr=False)
    contact_hmac: bytes
    granted: bool
    obstacle: str = ""


@dataclass(frozen=True, slots=True)
class Choices:
    """What profile offers to choose."""

    controller_title: str
    preferences: tuple[Preference, ...]


def in_force(
    offered: Sequence[Preference], controller: str, suppressed: Set[tuple[str, bytes]]
) -> tuple[Preference, ...]:
    """Show each consent as the gates see it.

    Without the consent for all topics none of the others counts; an address that came back as dead takes nothing.
    """
    whole = {_place(each): each.granted for each in offered if each.topic == EVERY_TOPIC}

    def shown(each: Preference) -> Preference:
        if (EVERYWHERE, each.contact_hmac) in suppressed:
            return replace(each, granted=False, obstacle="address-refused")
        if each.topic != EVERY_TOPIC and not whole.get(_place(each), True):
            return replace(each, granted=False, obstacle="all-topics-off")
        return replace(each, granted=each.granted and (controller, each.contact_hmac) not in suppressed)

    return tuple(shown(each) for each in offered)


def _place(each: Preference) -> tuple[str, str, bytes]:
    return (each.channel, each.purpose, each.contact_hmac)


def masked(kind: str, contact: str) -> str:
    """Show enough of a contact for its owner to know it: "d…a@e…e.org", "+7…67"."""
    if kind != "email":
        return f"{contact[:2]}…{contact[-2:]}" if len(contact) > 5 else "…"
    local, _, domain = contact.rpartition("@")
    name, dot, rest = domain.rpartition(".")
    return f"{_ends(local)}@{_ends(name)}{dot}{rest}" if local and name else ""


def _ends(part: str) -> str:
    return f"{part[0]}…{part[-1]}" if len(part) > 1 else "…"
