"""Audit: an append-only record of who did what, chained so that a changed or missing line shows.

Promise: one chain per partition; each line's hash covers its own content and the hash before it.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

GENESIS = "0" * 64
"""What the first line of a partition is chained to."""


@dataclass(frozen=True, slots=True)
class Line:
    """One audited act: its fact's id, its content (ids and codes only), and its place in the chain."""

    id: str
    partition: int
    number: int
    content: Mapping[str, object]
    previous: str
    hash: str


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a partition's chain."""

    number: int = 0
    hash: str = GENESIS


def hash_of(previous: str, number: int, fact: str, content: Mapping[str, object]) -> str:
    """Return the hash of one line: SHA-256 over canonical JSON of its place and content."""
    text = json.dumps([previous, number, fact, content], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def chained(head: Head, partition: int, facts: Iterable[tuple[str, Mapping[str, object]]]) -> list[Line]:
    """Append facts, in their order, to the chain that ends in `head`."""
    lines: list[Line] = []
    previous, number = head.hash, head.number
    for fact, content in facts:
        number += 1
        digest = hash_of(previous, number, fact, content)
        lines.append(Line(fact, partition, number, content, previous, digest))
        previous = digest
    return lines


def first_break(lines: Sequence[Line], head: Head | None = None) -> int | None:
    """Return the number of the first line that does not follow from the one before it; None when all do."""
    before = head or Head()
    for line in lines:
        expected = hash_of(before.hash, before.number + 1, line.id, line.content)
        if line.number != before.number + 1 or line.previous != before.hash or line.hash != expected:
            return before.number + 1
        before = Head(line.number, line.hash)
    return None
