"""Cancellation that is not lost.

Python 3.11's `asyncio.wait_for` swallows a cancellation that arrives in the moment in which the awaited thing is done
(gh-86296; Python 3.12 rewrote it). pymongo and nats-py call it for every command, so about one cancelled loop in forty
went on for ever: a relay with lanes that it no longer held, a process that never stopped. This puts 3.12's into place.
"""

import asyncio
import sys
from collections.abc import Awaitable
from typing import Any


async def wait_for(awaitable: Awaitable[Any], timeout: float | None) -> Any:
    """Wait with a deadline; a cancellation always gets through, also when the result is there.

    Raises:
        TimeoutError: the deadline passed; the awaited thing is cancelled.
    """
    if timeout is not None and timeout <= 0:
        future = asyncio.ensure_future(awaitable)
        if future.done():
            return future.result()
        future.cancel()
        try:
            await future
        except asyncio.CancelledError:
            raise TimeoutError from None
        raise TimeoutError
    async with asyncio.timeout(timeout):
        return await awaitable


def repair() -> None:
    """Replace the interpreter's version where it loses cancellations; idempotent, called when chassis is imported."""
    if sys.version_info >= (3, 12):
        return
    # Each of them holds a name of its own; whatever is imported later takes it from asyncio.
    driver = sys.modules.get("pymongo.lock")
    for module in (asyncio, asyncio.tasks, *([driver] if driver else [])):
        setattr(module, "wait_for", wait_for)  # noqa: B010 - an assignment would have to quarrel with the stubs
