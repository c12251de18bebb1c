"""How many requests may be released to channel now.

Promise: never more than the window are in flight (requested, not held, without an outcome), so that pause and stop act
within seconds; a campaign with a speed limit keeps its long-run rate however often it is paused.
Not here: the installation's own limits per provider and domain (services/channel).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from math import ceil, floor

MAX_IN_FLIGHT = 2_000  # of one campaign: what a stop may still have to recall
AHEAD_SECONDS = 10  # of provider rate: enough that a worker's restart starves nobody
MAX_BATCH = 100  # requests of one bus message


@dataclass(frozen=True, slots=True)
class Pace:
    """The anchor of a campaign's speed limit: how many had been released when sending began or went on."""

    since: datetime
    released: int


def window(letters_per_second: float) -> int:
    """Give the number of requests that may be in flight at this rate."""
    return max(1, min(MAX_IN_FLIGHT, ceil(letters_per_second * AHEAD_SECONDS)))


def batch_size(rate_per_minute: int | None) -> int:
    """Give the size of a bus message; a slow campaign's is small, so that its letters do not leave in lumps.

    A campaign without a limit fills its messages.
    """
    if rate_per_minute is None:
        return MAX_BATCH
    return max(1, min(MAX_BATCH, window(rate_per_minute / 60)))


def allowance(
    *, window: int, in_flight: int, released: int, rate_per_minute: int | None, pace: Pace, now: datetime
) -> int:
    """Give how many more requests may be released at this moment; 0 while there is no room.

    The speed limit counts from the pace's anchor and grants one window at once: without it nothing would ever start.
    """
    room = window - in_flight if in_flight else max(window, MAX_BATCH)  # a window below a batch would let nothing pass
    if rate_per_minute is not None:
        earned = floor((now - pace.since).total_seconds() * rate_per_minute / 60) + batch_size(rate_per_minute)
        room = min(room, earned - (released - pace.released))
    return max(0, room)


def fitting(sizes: Iterable[int], room: int) -> int:
    """Give how many of the next batches, in order, fit into the room; a batch is never released in part."""
    count = 0
    for size in sizes:
        if size > room:
            break
        room -= size
        count += 1
    return count
