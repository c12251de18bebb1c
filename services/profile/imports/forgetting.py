"""Thirty days after its last commit an import's rows, key and file are destroyed; its counts stay."""

import asyncio

from chassis.kernel import Problem
from chassis.mongo import engine_away
from chassis.telemetry.logs import log
from services.profile.imports.intake import Intake

EVERY_SECONDS = 600.0
_AT_ONCE = 20


async def forget_expired(intake: Intake) -> int:
    """Destroy what is past its time; answers how many imports that were. Several at once do no harm."""
    count = 0
    while found := await intake.imports.expired(intake.now(), _AT_ONCE):
        for each in found:
            await intake.rows.drop(each.id)
            await intake.uploads.delete(each.object)
            await intake.imports.emptied(each.id)
            count += 1
    return count


async def keep_forgetting(intake: Intake) -> None:
    """Look every ten minutes, until cancelled."""
    while True:
        try:
            count = await forget_expired(intake)
            if count:
                log().info("imports.forgotten", count=count)
        except Problem as problem:
            log().warning("imports.forgetting_waits", reason=problem.reason)
        except Exception as error:
            if not engine_away(error):
                raise
            log().warning("imports.forgetting_waits", kind=type(error).__name__)
        await asyncio.sleep(EVERY_SECONDS)
