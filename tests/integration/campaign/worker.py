"""A campaign worker that kills itself at a named point of its write paths, and whose leases run out in seconds."""

import json
import os
import signal
from datetime import timedelta
from typing import Any

from chassis import operations
from chassis.bus import consumer
from chassis.mongo import lanes
from chassis.process import Engines, Parts, main
from services.campaign.bootstrap import build, migrate
from services.campaign.config import Settings


class Killing:
    """Sends SIGKILL to this very process when the point is passed for the n-th time."""

    def __init__(self, at: str, nth: int) -> None:
        self._at, self._left = at, nth

    def __call__(self, point: str) -> None:
        if point == self._at:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


async def _build(settings: Settings, engines: Engines, **replace: Any) -> Parts:
    return await build(settings, engines, fault=Killing(**json.loads(os.environ["TEST_KILL"])), **replace)


if __name__ == "__main__":
    # What another worker takes over after 15, 20 or 60 seconds in earnest; the mechanism is the same.
    consumer.ACK_WAIT = 5.0
    operations.LEASE = timedelta(seconds=3)
    lanes.Lanes.__init__.__kwdefaults__ = {"lease": timedelta(seconds=3), "tick": 0.5}
    raise SystemExit(main("campaign", Settings, _build, migrate))
