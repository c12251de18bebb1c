"""A cancelled wait ends, whatever else happens in the same moment."""

import asyncio

import pytest

import chassis  # noqa: F401 - importing it is what repairs the interpreter's wait_for


async def test_a_cancellation_beside_the_result_is_not_lost() -> None:
    result: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    waiting = asyncio.create_task(asyncio.wait_for(result, 10))
    await asyncio.sleep(0)

    result.set_result(1)
    waiting.cancel()

    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_a_deadline_still_cancels_what_is_late() -> None:
    late = asyncio.create_task(asyncio.sleep(60))

    with pytest.raises(TimeoutError):
        await asyncio.wait_for(late, 0.01)

    assert late.cancelled()


@pytest.mark.parametrize("timeout", [None, 5, 0])
async def test_what_is_done_is_returned_whatever_the_deadline(timeout: float | None) -> None:
    done: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    done.set_result(7)

    assert await asyncio.wait_for(done, timeout) == 7


async def test_no_time_left_is_a_timeout() -> None:
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(asyncio.sleep(60), 0)
