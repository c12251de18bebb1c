"""The beat of a lane: campaigns are moved on when outcomes make room, and looked at when nothing is heard."""

import asyncio
import contextlib
from collections.abc import Sequence

from chassis.bus import Delivery
from chassis.kernel import LANES, Problem, lane_of, partition_of
from chassis.telemetry.logs import log
from services.campaign.adapters.messages import outcomes_of
from services.campaign.app import App
from services.campaign.commands.release import campaigns_under_way, recover_releases, tend_campaign
from services.campaign.reactions import on_messages_finished

_UNDER_WAY = 0.5  # seconds: a launch begins to send, and a speed limit moves on, without anything being heard
_IDLE = 1.0
_AWAY = 1.0
_GATHERING = 0.05  # outcomes come in bursts: one look for many


class Pacemaker:
    """Moves the campaigns of the lanes that this process holds."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._wake = [asyncio.Event() for _ in range(LANES)]

    async def hear(self, facts: Sequence[Delivery]) -> None:
        """Note what channel tells, and wake the lanes of the campaigns that it concerns."""
        for campaign in await on_messages_finished(outcomes_of(facts), self._app):
            self._wake[lane_of(partition_of(campaign))].set()

    async def run(self, lane: int) -> None:
        """Work a lane until cancelled."""
        wake = self._wake[lane]
        recovered = False
        while True:
            pause = _AWAY
            try:
                if not recovered:
                    await recover_releases(lane, self._app)
                    recovered = True
                wake.clear()
                pause = _UNDER_WAY if await self._tend(lane) else _IDLE
            except Problem as problem:
                if not problem.away:
                    raise
                log().warning("campaign.waiting", lane=lane, reason=problem.reason)
            await asyncio.sleep(_GATHERING)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await wake.wait()

    async def _tend(self, lane: int) -> int:
        """Move the lane's campaigns; one that cannot be moved does not hold up the others."""
        under_way = await campaigns_under_way(lane, self._app)
        for kept in under_way:
            try:
                await tend_campaign(kept, self._app)
            except Exception as error:
                if isinstance(error, Problem) and error.away:
                    raise
                log().exception("campaign.not_moved", campaign=kept.value.id, kind=type(error).__name__)
        return len(under_way)
