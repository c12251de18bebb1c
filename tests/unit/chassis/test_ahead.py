"""Work that overlaps: order, room, what touches the same, failure; items fetched ahead, and their source closed."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

import pytest

from chassis.ahead import Piece, ahead, fetched_ahead


class Stage:
    """Pieces that end when they are let, and a log of what began and ended."""

    def __init__(self) -> None:
        self.log: list[str] = []
        self.gates: dict[str, asyncio.Event] = {}

    def piece(self, name: str, *touches: str, fails: bool = False) -> Piece[str]:
        gate = self.gates[name] = asyncio.Event()

        async def work() -> str:
            self.log.append(f"{name} begins")
            await gate.wait()
            self.log.append(f"{name} ends")
            if fails:
                raise ValueError(name)
            return name

        return Piece(work, frozenset(touches))

    async def until(self, line: str) -> None:
        async with asyncio.timeout(5):
            while line not in self.log:  # noqa: ASYNC110 - a list wakes nobody
                await asyncio.sleep(0)


async def settled(check: Callable[[], bool]) -> bool:
    """Tell whether something still holds after everything that could run has run."""
    for _ in range(20):
        await asyncio.sleep(0)
    return check()


async def test_results_come_in_the_order_of_the_pieces_whichever_ends_first() -> None:
    stage = Stage()
    whole = asyncio.create_task(ahead([stage.piece("a"), stage.piece("b"), stage.piece("c")], 2))
    await stage.until("b begins")
    assert await settled(lambda: "c begins" not in stage.log)
    stage.gates["b"].set()
    await stage.until("c begins")
    stage.gates["c"].set()
    await stage.until("c ends")
    stage.gates["a"].set()
    assert await whole == ["a", "b", "c"]


async def test_of_two_that_touch_the_same_the_later_waits_for_the_earlier() -> None:
    stage = Stage()
    whole = asyncio.create_task(ahead([stage.piece("a", "x", "y"), stage.piece("b", "y"), stage.piece("c", "z")], 3))
    await stage.until("a begins")
    assert await settled(lambda: stage.log == ["a begins"])
    for gate in stage.gates.values():
        gate.set()
    assert await whole == ["a", "b", "c"]
    assert stage.log.index("a ends") < stage.log.index("b begins")


async def test_after_a_failure_nothing_more_begins_and_what_was_under_way_ends() -> None:
    stage = Stage()
    pieces = [stage.piece("a", fails=True), stage.piece("b"), stage.piece("c")]
    whole = asyncio.create_task(ahead(pieces, 2))
    await stage.until("b begins")
    stage.gates["a"].set()
    await stage.until("a ends")
    assert await settled(lambda: not whole.done())
    stage.gates["b"].set()
    with pytest.raises(ValueError, match="a"):
        await whole
    assert "b ends" in stage.log
    assert "c begins" not in stage.log


async def test_whoever_gives_up_leaves_nothing_behind() -> None:
    stage = Stage()
    whole = asyncio.create_task(ahead([stage.piece("a"), stage.piece("b")], 1))
    await stage.until("a begins")
    whole.cancel()
    with pytest.raises(asyncio.CancelledError):
        await whole
    stage.gates["a"].set()
    assert await settled(lambda: stage.log == ["a begins"])


class Source:
    """Counts up, tells what it has given, and when it was closed; fails at a number if asked to."""

    def __init__(self, end: int, fails_at: int | None = None) -> None:
        self.given: list[int] = []
        self.closed = False
        self._end, self._fails_at = end, fails_at

    async def numbers(self) -> AsyncGenerator[int, None]:
        try:
            for number in range(self._end):
                await asyncio.sleep(0)
                if number == self._fails_at:
                    raise ValueError(str(number))
                self.given.append(number)
                yield number
        finally:
            self.closed = True


async def test_the_next_item_is_fetched_while_the_last_is_worked_on_and_no_more() -> None:
    source = Source(4)
    taken: list[int] = []
    async with aclosing(fetched_ahead(source.numbers())) as items:
        async for item in items:
            assert await settled(lambda: source.given == list(range(min(len(taken) + 2, 4))))
            taken.append(item)
    assert taken == [0, 1, 2, 3]
    assert source.closed


async def test_a_source_that_fails_gives_what_it_had_first() -> None:
    source = Source(4, fails_at=2)
    async with aclosing(fetched_ahead(source.numbers())) as items:
        assert [await anext(items), await anext(items)] == [0, 1]
        with pytest.raises(ValueError, match="2"):
            await anext(items)


async def test_who_stops_taking_closes_the_source() -> None:
    source = Source(1000)
    async with aclosing(fetched_ahead(source.numbers())) as items:
        async for _ in items:
            break
    assert source.closed
    assert len(source.given) <= 2
