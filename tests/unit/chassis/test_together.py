"""Work that a stop does not break off."""

import asyncio

import pytest

from chassis import together
from chassis.together import ended, to_the_end


async def test_work_is_done_to_its_end_however_often_its_caller_is_cancelled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(together, "AGAIN", 0.01)
    cancelled_once, done = asyncio.Event(), asyncio.Event()

    async def closing() -> None:
        cancelled_once.set()
        await asyncio.sleep(0.05)  # five more cancellations
        done.set()

    async def loop() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await to_the_end(closing())

    task = asyncio.create_task(loop())
    await asyncio.sleep(0)
    await ended([task])

    assert cancelled_once.is_set()
    assert done.is_set()
    assert task.cancelled()


async def test_what_the_work_raises_comes_before_the_cancellation() -> None:
    async def closing() -> None:
        await asyncio.sleep(0)
        raise ValueError("it could not be closed")

    task = asyncio.create_task(to_the_end(closing()))
    await asyncio.sleep(0)
    task.cancel()

    with pytest.raises(ValueError, match="it could not be closed"):
        await task


async def test_it_gives_what_the_work_gave() -> None:
    async def answer() -> int:
        return 42

    assert await to_the_end(answer()) == 42
