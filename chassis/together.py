"""Loops that run side by side and end together.

Promise: when one ends, fails, or the whole is cancelled, the others are cancelled until they have really ended. Once
is not enough: a driver's call may take a cancellation for its own and swallow it, and a task group asks only once.
"""

import asyncio
from collections.abc import Awaitable, Iterable
from typing import Any, TypeVar

T = TypeVar("T")

AGAIN = 0.5
"""Seconds after which a task that lives on is cancelled anew."""


async def together(*loops: Awaitable[object]) -> None:
    """Run loops until the first ends; what it raised is raised here, after all have ended."""
    tasks = [asyncio.ensure_future(loop) for loop in loops]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        await ended(tasks)
    for task in done:
        task.result()


async def ended(tasks: Iterable["asyncio.Future[Any]"]) -> None:
    """Cancel tasks until all of them have ended; their results and errors are not told.

    A cancellation of the caller that arrives meanwhile is passed on when they have.
    """
    pending = {task for task in tasks if not task.done()}
    interrupted: asyncio.CancelledError | None = None
    while pending:
        for task in pending:
            task.cancel()
        try:
            _, pending = await asyncio.wait(pending, timeout=AGAIN)
        except asyncio.CancelledError as error:
            interrupted = error
            pending = {task for task in pending if not task.done()}
    for task in tasks:
        if not task.cancelled():
            task.exception()
    if interrupted is not None:
        raise interrupted


async def to_the_end(work: Awaitable[T]) -> T:
    """Do some work to its end although the caller is cancelled meanwhile, once or again; then that is passed on.

    For what a stop must not break off, such as waiting for the answer to something that has left. The work bounds
    itself: nobody else can end it.
    """
    task = asyncio.ensure_future(work)
    interrupted: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError as error:
            interrupted = error
    result = task.result()
    if interrupted is not None:
        raise interrupted
    return result
