"""Roaring bitmaps of person numbers, by pyroaring."""

import base64
from collections.abc import Iterable, Sequence

from pyroaring import BitMap

from services.segment.domain.membership import high_of, span_of
from services.segment.domain.numbers import Numbers


def numbers(values: Iterable[int] = ()) -> Numbers:
    """Return a set of person numbers."""
    return BitMap(values)


def packed(numbers: Numbers) -> bytes:
    """Return the portable form of a set, which every roaring library reads."""
    return BitMap(numbers).serialize()


def unpacked(form: bytes) -> Numbers:
    """Return the set of a portable form."""
    return BitMap.deserialize(form)


def encoded(numbers: Numbers) -> str:
    """Return the form that the search engine takes in a `terms` filter of value type `bitmap`."""
    return base64.b64encode(packed(numbers)).decode()


class RoaringSets:
    """Makes bitmaps."""

    def of(self, values: Iterable[int]) -> Numbers:
        """Return the set of some numbers."""
        return numbers(values)

    def union(self, sets: Iterable[Numbers]) -> Numbers:
        """Return who is in any of some sets."""
        return BitMap.union(BitMap(), *(BitMap(each) for each in sets))

    def highs(self, numbers: Numbers) -> Sequence[int]:
        """Return the upper bits that numbers of a set have, ascending."""
        bitmap, found, at = BitMap(numbers), [], 0
        while len(bitmap) and at <= bitmap.max():
            found.append(high_of(bitmap.next_set_bit(at)))
            at = span_of(found[-1])[1] + 1
        return found

    def between(self, numbers: Numbers, first: int, last: int) -> Numbers:
        """Return the part of a set from `first` to `last`, both included."""
        return BitMap(numbers) & BitMap(range(first, last + 1))
