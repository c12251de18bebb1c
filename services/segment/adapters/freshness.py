"""How far the index is behind: by what the bus still holds for its followers."""

import asyncio

from chassis.bus import Bus
from chassis.bus.subjects import durable_name, stream_name
from chassis.kernel import LANES, Clock
from services.segment.adapters.messages import FOLLOWED_TOPIC

PURPOSE = "index"
_REFRESH_MS = 1_000  # the index shows a write at most so late
_EVERY = 2.0


class BusFreshness:
    """Looks every two seconds whether the followers have taken everything."""

    def __init__(self, bus: Bus, clock: Clock) -> None:
        self._bus, self._clock = bus, clock
        self._caught_up = clock.now()

    async def lag_ms(self) -> int:
        """Return how old, at most, what a search sees is."""
        behind = self._clock.now() - self._caught_up
        return _REFRESH_MS + max(0, round(behind.total_seconds() * 1000))

    async def watch(self) -> None:
        """Keep looking until cancelled."""
        stream = stream_name(self._bus.namespace, FOLLOWED_TOPIC)
        while True:
            asked = self._clock.now()
            infos = await asyncio.gather(
                *(
                    self._bus.jetstream.consumer_info(stream, durable_name(self._bus.service, PURPOSE, lane))
                    for lane in range(LANES)
                ),
                return_exceptions=True,
            )
            if not any(isinstance(info, BaseException) or info.num_pending or info.num_ack_pending for info in infos):
                self._caught_up = asked
            await asyncio.sleep(_EVERY)
