"""Consents: whom a controller may address, for what, where.

Promise: the ledger only grows; what is valid now is a function of its events. Of several records that hold the same
contact point the strictest word wins, until a steward grants or revokes, which goes to all of them.
Not here: whether an address works or is suppressed (services/channel).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services.profile.domain.record import ConsentStatement, ContactPoint


class ConsentStatus(StrEnum):
    """What a controller has; only `granted` lets a message out."""

    GRANTED = "granted"
    REFUSED = "refused"
    REVOKED = "revoked"
    EXPIRED = "expired"


_STRICTNESS = {
    ConsentStatus.GRANTED: 0,
    ConsentStatus.EXPIRED: 1,
    ConsentStatus.REFUSED: 2,
    ConsentStatus.REVOKED: 3,
}


@dataclass(frozen=True, slots=True)
class ConsentKey:
    """What a consent is about: controller × purpose × channel × topic × contact point."""

    controller: str
    purpose: str
    channel: str
    topic: str
    contact: ContactPoint


@dataclass(frozen=True, slots=True)
class Evidence:
    """How a consent became known, kept as proof.

    `kind` is a way such as paper-form, import or letter-link, `reference` where the proof lies, `actor` who recorded
    it, `time` when the person said so.
    """

    kind: str
    reference: str
    wording: str
    actor: str
    time: datetime


@dataclass(frozen=True, slots=True)
class ConsentChanged:
    """A consent got a status by a statement of its person, or by time."""

    key: ConsentKey
    status: ConsentStatus
    evidence: Evidence
    expires_at: datetime | None = None

    @property
    def name(self) -> str:
        """Return the event's name: consent-granted, -refused, -revoked or -expired."""
        return f"consent-{self.status}"

    def status_at(self, now: datetime) -> ConsentStatus:
        """Return what the statement is worth at a time; a grant beyond its expiry is expired."""
        if self.status is ConsentStatus.GRANTED and self.expires_at is not None and now >= self.expires_at:
            return ConsentStatus.EXPIRED
        return self.status


Ledger = Mapping[ConsentKey, ConsentChanged]


def state(ledger: Ledger, changed: ConsentChanged) -> list[ConsentChanged]:
    """Add a statement to a record's ledger; one that says nothing new, or is older than what is known, adds nothing.

    Of two statements of one time the stricter stands, so that their order does not matter.
    """
    known = ledger.get(changed.key)
    if known is None:
        return [changed]
    if changed.evidence.time < known.evidence.time:
        return []
    if changed.evidence.time == known.evidence.time and _STRICTNESS[changed.status] <= _STRICTNESS[known.status]:
        return []
    return [changed]


def revoke_consent(ledger: Ledger, key: ConsentKey, evidence: Evidence, now: datetime) -> list[ConsentChanged]:
    """Withdraw a granted consent; what is not granted stays as it is."""
    known = ledger.get(key)
    if known is None or known.status_at(now) is not ConsentStatus.GRANTED:
        return []
    return [ConsentChanged(key, ConsentStatus.REVOKED, evidence)]


def expire_consents(ledger: Ledger, now: datetime) -> list[ConsentChanged]:
    """Put on record that grants have run out, so that followers hear of it."""
    return [
        ConsentChanged(
            key, ConsentStatus.EXPIRED, Evidence("expiry", "", known.evidence.wording, "clock", known.expires_at)
        )
        for key, known in ledger.items()
        if known.status is ConsentStatus.GRANTED and known.expires_at is not None and known.expires_at <= now
    ]


def effective(ledgers: Iterable[Ledger], now: datetime) -> dict[ConsentKey, ConsentChanged]:
    """Return the word that counts per key over several records: the strictest, of equals the latest."""
    found: dict[ConsentKey, ConsentChanged] = {}
    for ledger in ledgers:
        for key, changed in ledger.items():
            known = found.get(key)
            if known is None or _weight(changed, now) > _weight(known, now):
                found[key] = changed
    return found


def next_expiry(ledgers: Iterable[Ledger]) -> datetime | None:
    """Return when the next grant runs out, None when none does."""
    times = [
        changed.expires_at
        for ledger in ledgers
        for changed in ledger.values()
        if changed.status is ConsentStatus.GRANTED and changed.expires_at is not None
    ]
    return min(times, default=None)


def changed_by(statement: ConsentStatement, base: str, actor: str) -> ConsentChanged:
    """Turn what a source states into the ledger's word; the controller is the base of the source."""
    key = ConsentKey(base, statement.purpose, statement.channel, statement.topic, statement.contact)
    evidence = Evidence("import", statement.evidence, statement.wording, actor, statement.time)
    return ConsentChanged(key, ConsentStatus(statement.status), evidence)


def _weight(changed: ConsentChanged, now: datetime) -> tuple[int, datetime]:
    return (_STRICTNESS[changed.status_at(now)], changed.evidence.time)
