"""Pieces of work one behind the other, without idling: the next begins while the last still waits for an engine.

Promise: pieces begin in their order, at most `most` are under way, and of two that touch the same thing the later one
begins when the earlier one has ended. Results come in the order of the pieces.
Limits: after a failure nothing more begins, but what was under way goes on to its end and may have happened.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine, Hashable, Iterable, Set
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from chassis.together import ended

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Piece(Generic[T]):
    """Something to do, and what it touches."""

    work: Callable[[], Coroutine[Any, Any, T]]
    touches: Set[Hashable]


async def ahead(pieces: Iterable[Piece[T]], most: int) -> list[T]:
    """Do all pieces; what the first failure raised is raised here, after what was under way has ended."""
    begun: list[asyncio.Task[T]] = []
    open_: dict[asyncio.Task[T], Set[Hashable]] = {}
    try:
        for piece in pieces:
            while len(open_) >= most or not all(piece.touches.isdisjoint(other) for other in open_.values()):
                done, _ = await asyncio.wait(open_, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    del open_[task]
            if any(task.done() and task.exception() for task in begun):
                break
            task = asyncio.create_task(piece.work())
            begun.append(task)
            open_[task] = piece.touches
            await asyncio.sleep(0)  # it takes its first steps before the next piece is made
        if open_:
            await asyncio.wait(open_)
    finally:
        await ended(begun)
    return [task.result() for task in begun]


_END: Final = object()


async def fetched_ahead(source: AsyncGenerator[T, None]) -> AsyncGenerator[T, None]:
    """Give what a source gives, fetching the next item while the taker works on the last.

    The source is closed with this generator: take from it inside `contextlib.aclosing`.
    """
    fetching = asyncio.ensure_future(anext(source, _END))
    try:
        while (item := await fetching) is not _END:
            fetching = asyncio.ensure_future(anext(source, _END))
            yield item  # type: ignore[misc]  # all but the mark of the end is the source's
    finally:
        await ended([fetching])
        await source.aclose()
