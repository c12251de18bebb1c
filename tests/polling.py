"""Waiting for what another process or loop does: poll with a deadline, never sleep for luck."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from typing import Any


async def until(check: Callable[[], Any | Awaitable[Any]], seconds: float = 15.0, every: float = 0.02) -> Any:
    """Call `check` (plain or async) until it gives something true, and return that.

    Raises:
        TimeoutError: the deadline passed.
    """
    async with asyncio.timeout(seconds):
        while True:
            result = check()
            if inspect.isawaitable(result):
                result = await result
            if result:
                return result
            await asyncio.sleep(every)
