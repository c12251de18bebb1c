"""What channel tells of itself in numbers."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence

from prometheus_client import Counter as Number
from prometheus_client import Gauge, Histogram

from chassis.telemetry.metrics import REGISTRY
from services.channel.domain.message import Outcome, State
from services.channel.domain.sending import Parcel, Reply
from services.channel.ports import OnWire, Provider, Settle

OUTCOMES = Number("consilium_channel_outcomes", "Messages ended, by outcome.", ["outcome"], registry=REGISTRY)
MESSAGES = Gauge("consilium_channel_messages", "Messages without an outcome, by state.", ["state"], registry=REGISTRY)
LETTERS = Histogram(
    "consilium_channel_letter_seconds",
    "From handing a letter to the mail server's connections to its reply.",
    ["verdict"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300),
    registry=REGISTRY,
)
WAITING = (State.REQUESTED, State.HELD, State.CLAIMED, State.ON_WIRE)


class Timed:
    """Notes how long each letter took, whoever carries it; a provider like the one that it holds."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider

    async def send(self, batch: Sequence[Parcel], on_wire: OnWire, settle: Settle) -> None:
        """Carry a batch; see the port."""
        now = asyncio.get_running_loop().time
        began = now()

        def settled(message: str, reply: Reply) -> None:
            LETTERS.labels(reply.verdict.value).observe(now() - began)
            settle(message, reply)

        await self._provider.send(batch, on_wire, settled)

    @property
    def available(self) -> bool:
        """False while the provider cannot be reached."""
        return self._provider.available

    async def close(self) -> None:
        """Finish what is on the wire and hang up."""
        await self._provider.close()


def ended(outcomes: Iterable[Outcome]) -> None:
    """Count messages that got their outcome."""
    for outcome, count in Counter(outcomes).items():
        OUTCOMES.labels(outcome.value).inc(count)
