"""Rounds of upkeep that outlive an engine's absence and a fault of one round."""

import asyncio
from collections.abc import Awaitable, Callable

from chassis.kernel import Problem
from chassis.mongo import engine_away
from chassis.telemetry.logs import log


async def keep(task: str, step: Callable[[], Awaitable[object]], every: float) -> None:
    """Take a step every so many seconds, until cancelled; a round that fails is told and the next one comes.

    A fault must not end the lane, whose consumers would stop with it.
    """
    while True:
        try:
            await step()
        except Problem as problem:
            log().warning("profile.upkeep_waiting", role=task, kind=problem.reason)
        except Exception as error:  # noqa: BLE001, RUF100 - the border of unattended work: told, and tried again
            if engine_away(error):
                log().warning("profile.upkeep_waiting", role=task, kind=type(error).__name__)
            else:
                log().exception("profile.upkeep_failed", role=task, kind=type(error).__name__)
        await asyncio.sleep(every)
