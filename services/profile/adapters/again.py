"""Doing a write again that met another writer: three tries, milliseconds apart, by the house's policy."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from chassis.kernel.problem import Conflict
from chassis.retry import swift
from services.profile.ports import Raced

T = TypeVar("T")


async def again(call: Callable[[], Awaitable[T]]) -> T:
    """Run a write, up to three times.

    Raises:
        Conflict: others were faster three times.
    """
    try:
        return await swift(call, Raced)
    except Raced as error:
        raise Conflict from error
