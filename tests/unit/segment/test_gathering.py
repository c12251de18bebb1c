"""Lanes that follow people together."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from chassis.kernel.problem import Conflict, DependencyUnavailable
from services.segment.gathering import Gathering


@dataclass(frozen=True)
class Somebody:
    profile: str
    no: int = 1
    revision: int = 1


class Followed:
    """Remembers each run; people named `bad` cannot be followed."""

    def __init__(self) -> None:
        self.runs: list[list[str]] = []
        self.away = False
        self.gate = asyncio.Event()

    async def __call__(self, named: Sequence[object]) -> None:
        names = [f"{each.profile}{each.revision}" for each in named]  # type: ignore[attr-defined]  # Somebody
        self.runs.append(names)
        await self.gate.wait()
        if self.away:
            raise DependencyUnavailable("opensearch")
        if any(name.startswith("bad") for name in names):
            raise Conflict


async def test_whoever_waits_becomes_the_next_run_once_each() -> None:
    follow = Followed()
    gathering = Gathering(follow)
    first = asyncio.create_task(gathering([Somebody("a")]))
    await asyncio.sleep(0)
    rest = [asyncio.create_task(gathering([Somebody(name, revision=n)])) for n, name in ((1, "b"), (2, "b"), (1, "c"))]
    await asyncio.sleep(0)
    follow.gate.set()

    await asyncio.gather(first, *rest)

    assert follow.runs == [["a1"], ["b2", "c1"]]


async def test_nobody_pays_for_anothers_fault() -> None:
    follow = Followed()
    gathering = Gathering(follow)
    first = asyncio.create_task(gathering([Somebody("a")]))
    await asyncio.sleep(0)
    good, bad = asyncio.create_task(gathering([Somebody("b")])), asyncio.create_task(gathering([Somebody("bad")]))
    await asyncio.sleep(0)
    follow.gate.set()

    await asyncio.gather(first, good)
    with pytest.raises(Conflict):
        await bad
    assert follow.runs == [["a1"], ["b1", "bad1"], ["b1"], ["bad1"]]


async def test_when_an_engine_is_away_everybody_of_a_run_hears_it() -> None:
    follow = Followed()
    follow.away = True
    gathering = Gathering(follow)
    tasks = [asyncio.create_task(gathering([Somebody(name)])) for name in "abc"]
    await asyncio.sleep(0)
    follow.gate.set()

    ended = await asyncio.gather(*tasks, return_exceptions=True)

    assert [type(error) for error in ended] == [DependencyUnavailable] * 3
    assert follow.runs == [["a1"], ["b1", "c1"]]


async def test_a_lane_that_is_stopped_leaves_its_companions_running() -> None:
    follow = Followed()
    gathering = Gathering(follow)
    first = asyncio.create_task(gathering([Somebody("a")]))
    second = asyncio.create_task(gathering([Somebody("b")]))
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.sleep(0)
    follow.gate.set()

    await second

    assert first.cancelled()
    assert follow.runs[-1][-1] == "b1"
