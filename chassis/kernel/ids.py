"""Ids and their place on the bus.

Promise: `new_id` sorts by time of making (UUIDv7, RFC 9562 §5.7); `derived_id` is the same for the same parts for
ever (UUIDv5); a key's partition and lane never change, because positions on the bus hang on them.
"""

import os
import threading
import time
import uuid
import zlib

PARTITIONS = 64
LANES = 8

_NAMESPACE = uuid.UUID("6f3c1d52-8a0e-5d7b-9c44-1f0b7e2a9d10")
_last_ms = 0
_counter = 0
_guard = threading.Lock()


def new_id() -> str:
    """Make a UUIDv7; within one process later ids sort after earlier ones, even inside a millisecond."""
    global _last_ms, _counter
    with _guard:
        now = time.time_ns() // 1_000_000
        if now <= _last_ms:
            # RFC 9562 §6.2 method 1: a 12-bit counter in rand_a; when it is full, borrow the next millisecond.
            _counter += 1
            if _counter > 0xFFF:
                _last_ms += 1
                _counter = 0
        else:
            _last_ms = now
            _counter = int.from_bytes(os.urandom(2), "big") & 0x7FF  # half the room is left to count in
        stamp, counter = _last_ms, _counter
    tail = int.from_bytes(os.urandom(8), "big") & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
    digits = f"{(stamp << 80) | (0x7 << 76) | (counter << 64) | tail:032x}"  # half the price of a uuid.UUID
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def derived_id(*parts: str) -> str:
    """Make the UUIDv5 of some parts; parts are kept apart, so ("ab", "c") differs from ("a", "bc")."""
    return str(uuid.uuid5(_NAMESPACE, "\x1f".join(parts)))


def partition_of(key: str) -> int:
    """Give the partition (0 to 63) of a person's or a device's id."""
    return zlib.crc32(key.encode()) % PARTITIONS


def lane_of(partition: int) -> int:
    """Give the lane (0 to 7) that carries a partition."""
    return partition % LANES


def lane_partitions(lane: int) -> list[int]:
    """Name the partitions of a lane, in order."""
    return list(range(lane, PARTITIONS, LANES))
