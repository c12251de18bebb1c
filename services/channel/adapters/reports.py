"""Reports that come back by mail: bounces (RFC 3464) and complaints (RFC 5965), read by the standard library.

Promise: anything may arrive here and nothing raises; what is no report is None. Addresses inside are not kept.
"""

import email
import email.policy
import re
from dataclasses import dataclass
from email.message import Message

from services.channel.domain.message import MarkKind, is_hard_bounce

_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_REPLY = re.compile(r"\b([45]\d\d)\b")


@dataclass(frozen=True, slots=True)
class Report:
    """What a report says."""

    kind: MarkKind
    """BOUNCED_LATER or COMPLAINED."""
    bounce_class: str = ""
    """"hard" or "soft"."""
    code: str = ""


def read_report(raw: bytes) -> Report | None:
    """Read a letter; None when it is neither a bounce nor a complaint (a delay, an automatic answer, anything)."""
    try:
        letter = email.message_from_bytes(raw, policy=email.policy.compat32)
        kind = str(letter.get_param("report-type") or "").lower()
        if letter.get_content_type() != "multipart/report":
            return None
        parts = [part for part in letter.walk() if part is not letter]
        if kind == "feedback-report":
            return _complaint(parts)
        return _bounce(parts) if kind == "delivery-status" else None
    except (ValueError, TypeError, LookupError, AttributeError):
        return None


def _bounce(parts: list[Message]) -> Report | None:
    for part in parts:
        if part.get_content_type() != "message/delivery-status":
            continue
        groups = part.get_payload()
        for fields in groups if isinstance(groups, list) else []:
            if not isinstance(fields, Message) or str(fields.get("Action", "")).strip().lower() != "failed":
                continue
            diagnostic = str(fields.get("Diagnostic-Code", ""))
            status = _STATUS.search(str(fields.get("Status", ""))) or _STATUS.search(diagnostic)
            reply = _REPLY.search(diagnostic)
            code = " ".join(found[1] for found in (reply, status) if found)
            # A full mailbox or a policy is also told by 5xx: only what says that the address is no more is hard.
            return Report(MarkKind.BOUNCED_LATER, "hard" if is_hard_bounce(code) else "soft", code)
    return None


def _complaint(parts: list[Message]) -> Report | None:
    for part in parts:
        if part.get_content_type() == "message/feedback-report":
            return Report(MarkKind.COMPLAINED)
    return None
