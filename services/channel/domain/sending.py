"""What is handed to a provider and what can come back.

Promise: five verdicts, told apart by what the recipient may have: only UNKNOWN leaves that open.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

_ADDRESS = re.compile(r"[^\s<>\"'(),;:]+@[^\s<>\"'(),;:]+")
TEXT_LIMIT = 200


class Verdict(StrEnum):
    """How one attempt ended."""

    ACCEPTED = "accepted"
    """The provider took responsibility."""
    DEFERRED = "deferred"
    """Refused for now; another attempt may succeed."""
    REJECTED = "rejected"
    """Refused for good."""
    UNKNOWN = "unknown"
    """The content left and no answer came; the recipient may have it."""
    UNSENT = "unsent"
    """The content never left, and not because of this message."""
    LOST = "lost"
    """Another worker holds the message; the content never left."""


@dataclass(frozen=True, slots=True)
class Reply:
    """The provider's answer to one parcel, without anybody's address in it."""

    verdict: Verdict
    code: int = 0
    """The protocol's number, 0 when no answer came."""
    status: str = ""
    """The enhanced status (RFC 3463), such as 5.1.1."""
    text: str = ""
    at_recipient: bool = False
    """The recipient, rather than the letter or the sender, was refused."""


class ParcelRefused(Exception):  # noqa: N818  # the domain's word; "Error" would say bug
    """This copy cannot be made; the reason is a code such as RENDER_FAILED."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ParcelWithheld(Exception):  # noqa: N818  # the domain's word
    """This copy must not leave now; it goes back unsent."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """One letter to one address, ready to go."""

    message: str
    """Id of the message."""
    return_path: str
    """Where later bounces go; names the message (VERP)."""
    recipient: str
    build: Callable[[bool], bytes]
    """Makes the content when it is about to leave; the argument says whether 8-bit lines may pass.
    Raises ParcelRefused or ParcelWithheld."""


def scrubbed(text: str) -> str:
    """Take addresses out of a provider's text and cut it to what is worth keeping."""
    return " ".join(_ADDRESS.sub("<address>", text).split())[:TEXT_LIMIT]
