"""Roaring bitmaps of person numbers, by pyroaring."""

import base64
from collections.abc import Iterable

from pyroaring import BitMap

from services.segment.ports import Numbers


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
