"""A set of person numbers, in the words of the domain."""

from collections.abc import Iterator
from typing import Protocol, Self


class Numbers(Protocol):
    """A set of person numbers: a bitmap in truth, any set in a test. Iterates in ascending order."""

    def __contains__(self, number: int, /) -> bool:
        """Tell whether a person is in it."""
        ...

    def __iter__(self) -> Iterator[int]:
        """Yield the numbers in ascending order."""
        ...

    def __len__(self) -> int:
        """Count them."""
        ...

    def __and__(self, other: Self, /) -> Self:
        """Return who is in both."""
        ...

    def __or__(self, other: Self, /) -> Self:
        """Return who is in either."""
        ...

    def __sub__(self, other: Self, /) -> Self:
        """Return who is in this one only."""
        ...
