"""Match cases: people whom a shared key suggests to be one, for a steward to decide.

Promise: a case is decided once. What people have in common and what not is told by golden values, not by records.
Not here: why a join was not made (identity), how people are joined (profile).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from services.profile.domain.errors import MatchDecided
from services.profile.domain.identity import Apart
from services.profile.domain.people import Person
from services.profile.domain.record import AttributeValue


class MatchState(StrEnum):
    """What became of a case."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    SETTLED = "settled"


@dataclass(frozen=True, slots=True)
class MatchCase:
    """A join that was not made, and what a steward said of it."""

    id: str
    reason: str
    key_kind: str
    records: frozenset[str]
    state: MatchState
    found_at: datetime
    decided_at: datetime | None = None
    decided_by: str = ""

    def decided(self, state: MatchState, by: str, now: datetime) -> "MatchCase":
        """Return it decided; the same decision again changes nothing.

        Raises:
            MatchDecided: it was decided otherwise.
        """
        if self.state is state:
            return self
        if self.state is not MatchState.OPEN:
            raise MatchDecided(self.id, self.state)
        return replace(self, state=state, decided_at=now, decided_by=by)


def undecided(people: Sequence[Person], apart: Sequence[Apart]) -> bool:
    """Tell whether there are two among these people whom nobody keeps apart yet."""
    records = [frozenset(record.id for record in person.records) for person in people]
    return any(
        not any(_parts(decision, one, other) for decision in apart)
        for place, one in enumerate(records)
        for other in records[place + 1 :]
    )


def _parts(decision: Apart, one: frozenset[str], other: frozenset[str]) -> bool:
    return bool((decision.left & one and decision.right & other) or (decision.left & other and decision.right & one))


def compared(values: Sequence[Mapping[str, AttributeValue]]) -> tuple[list[str], list[str]]:
    """Return the attributes of which all who have one have the same value, two at least, and those that differ."""
    equal: list[str] = []
    differing: list[str] = []
    for key in sorted({key for each in values for key in each}):
        held = [each[key] for each in values if key in each]
        if len(held) > 1:
            (equal if all(value == held[0] for value in held) else differing).append(key)
    return equal, differing
