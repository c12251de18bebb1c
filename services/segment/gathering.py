"""Lanes of one process following people together.

Eight lanes change the same containers: alone they would meet on every one of them. Here whatever arrives while one run
is under way waits and becomes the next run, so a process never meets itself and a burst is followed in few round trips.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence

from chassis.kernel import Problem
from services.segment.reactions import Named

Follow = Callable[[Sequence[Named]], Awaitable[None]]

_AT_MOST = 1_000  # people of one run: two calls to the owner, a bulk of about three thousand documents


class Gathering:
    """Runs `follow` for everybody who waits, one run at a time."""

    def __init__(self, follow: Follow) -> None:
        self._follow = follow
        self._waiting: list[tuple[Sequence[Named], asyncio.Future[None]]] = []
        self._running = asyncio.Lock()

    async def __call__(self, named: Sequence[Named]) -> None:
        """Follow some people; returns or raises as they alone would have."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((named, done))
        async with self._running:
            while not done.done():
                await self._run(self._next())
        await done

    def _next(self) -> list[tuple[Sequence[Named], asyncio.Future[None]]]:
        taken: list[tuple[Sequence[Named], asyncio.Future[None]]] = []
        people = 0
        while self._waiting and (not taken or people + len(self._waiting[0][0]) <= _AT_MOST):
            taken.append(self._waiting.pop(0))
            people += len(taken[-1][0])
        return [each for each in taken if not each[1].cancelled()]

    async def _run(self, parts: Sequence[tuple[Sequence[Named], asyncio.Future[None]]]) -> None:
        try:
            await self._follow(_newest(named for part, _ in parts for named in part))
        except Exception as error:
            if len(parts) > 1 and not (isinstance(error, Problem) and error.away):
                # One of them is at fault: each is judged alone, so that nobody pays for another's.
                for part in parts:
                    await self._run([part])
                return
            for _, done in parts:
                if not done.done():
                    done.set_exception(error)
        except BaseException:
            # The lane that runs is being stopped: whoever waited with it goes on with the next one.
            self._waiting[:0] = [part for part in parts if not part[1].done()]
            raise
        else:
            for _, done in parts:
                if not done.done():
                    done.set_result(None)


def _newest(named: Iterable[Named]) -> list[Named]:
    found: dict[str, Named] = {}
    for each in named:
        known = found.get(each.profile)
        if known is None or known.revision < each.revision:
            found[each.profile] = each
    return list(found.values())
