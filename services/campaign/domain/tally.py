"""What became of the requests of one batch: one byte for each, folded from channel's facts.

Promise: folding a fact twice, late or out of order ends in the same tally; an outcome is final, save
that later evidence raises "unconfirmed".
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import IntEnum
from uuid import UUID

_ID_BYTES = 16
_HELD = 255  # no outcome's number: the message waits, and is out of the way of others


class Outcome(IntEnum):
    """How a request ended; the numbers are stored, so they are never used again for another meaning."""

    DELIVERED = 1
    BOUNCED = 2
    FAILED = 3
    UNCONFIRMED = 4
    CANCELLED = 5
    DUPLICATE = 6
    HELD_OUT = 7
    ARCHIVED = 8
    NO_CONSENT = 9
    SUPPRESSED = 10
    INVALID = 11
    READ_ELSEWHERE = 12
    CAPPED = 13
    EXPIRED = 14

    @property
    def code(self) -> str:
        """Its public name, such as "delivered" or "no-consent"."""
        return self.name.lower().replace("_", "-")


@dataclass(frozen=True, slots=True)
class Tally:
    """The messages of a batch, 16 bytes each, and beside them the outcome of each: 0 for none yet, 255 while held."""

    batch: str
    campaign: str
    entry: int
    messages: bytes
    cells: bytes
    revision: int = 0

    @property
    def size(self) -> int:
        """How many requests the batch holds."""
        return len(self.cells)

    @property
    def finished(self) -> int:
        """How many have an outcome."""
        return self.size - self.cells.count(0) - self.held

    @property
    def held(self) -> int:
        """How many wait, for another try or behind a gate."""
        return self.cells.count(_HELD)

    @property
    def outcomes(self) -> dict[str, int]:
        """How many ended how, by the outcome's code; what did not happen is left out."""
        counts = Counter(self.cells)
        return {outcome.code: counts[outcome] for outcome in Outcome if counts[outcome]}

    def after(self, outcomes: Mapping[str, Outcome | None]) -> "Tally":
        """Note outcomes by message, None for one that is held; the same tally when they say nothing new.

        Raises:
            KeyError: a message is not of this batch.
        """
        cells = bytearray(self.cells)
        for message, outcome in outcomes.items():
            place = self._place(message)
            if outcome is None:
                cells[place] = cells[place] or _HELD
            elif cells[place] in (0, _HELD, Outcome.UNCONFIRMED):
                cells[place] = outcome
        return self if bytes(cells) == self.cells else replace(self, cells=bytes(cells), revision=self.revision + 1)

    def _place(self, message: str) -> int:
        wanted = UUID(message).bytes
        for place in range(self.size):
            if self.messages[place * _ID_BYTES : (place + 1) * _ID_BYTES] == wanted:
                return place
        raise KeyError(message)


def open_tally(batch: str, campaign: str, entry: int, messages: list[str]) -> Tally:
    """Begin with no outcome for any of the messages."""
    return Tally(batch, campaign, entry, b"".join(UUID(message).bytes for message in messages), bytes(len(messages)))
