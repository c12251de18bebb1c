"""Publishing many facts with one wait: all leave, then all acknowledgements are awaited together.

Promise: `publish` returns only when JetStream has acknowledged every fact; otherwise it raises `BusUnavailable` and
the caller publishes the whole again (the facts' ids make repeats harmless). Order among the facts given is kept.
"""

import asyncio
from collections.abc import Sequence

import msgspec
from nats.aio.msg import Msg
from nats.js.errors import NotFoundError

from chassis.bus.connection import UNAVAILABLE, Bus, BusUnavailable
from chassis.bus.subjects import stream_name, subject
from chassis.outbox import Fact
from chassis.telemetry.tracing import publishing, traceparent

IN_FLIGHT = 512  # JetStream's own buffer per connection is far larger; this bounds what one loss repeats
DEADLINE = 10.0


class _Ack(msgspec.Struct):
    seq: int = 0
    stream: str = ""
    duplicate: bool = False
    error: dict[str, object] | None = None


_ACKS = msgspec.json.Decoder(_Ack)


def headers_of(fact: Fact, bus: Bus, ambient: str = "") -> dict[str, str]:
    """Give the envelope: CloudEvents attributes, trace (`ambient` where the fact brings none), cause and cell."""
    headers = {
        "Nats-Msg-Id": fact.id,
        "ce-id": fact.id,
        "ce-type": f"{fact.topic}.v1.{fact.event}",
        "ce-source": bus.service,
        "ce-time": fact.time.isoformat(),
        "ce-specversion": "1.0",
        "consilium-cell": bus.cell,
    }
    trace = fact.trace or ambient
    if trace:
        headers["traceparent"] = trace
    if fact.cause:
        headers["consilium-cause"] = fact.cause
    return headers


class Publisher:
    """Publishes facts; one per process, started before use."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._inbox = ""
        self._waiting: dict[str, asyncio.Future[_Ack]] = {}
        self._counter = 0
        self._last: dict[str, tuple[int, str]] = {}  # by topic: sequence and id of the last fact acknowledged

    async def start(self) -> None:
        """Listen for acknowledgements."""
        inbox = self._bus.client.new_inbox()
        await self._bus.client.subscribe(f"{inbox}.*", cb=self._on_ack)
        # Named last: nobody may publish with an inbox that is not listened to yet.
        self._inbox = inbox

    async def _on_ack(self, message: Msg) -> None:
        future = self._waiting.pop(message.subject.rpartition(".")[2], None)
        if future is None or future.done():
            return
        if message.headers and message.headers.get("Status"):  # 503: no stream listens
            future.set_exception(BusUnavailable())
            return
        try:
            future.set_result(_ACKS.decode(message.data))
        except msgspec.DecodeError:
            future.set_exception(BusUnavailable())

    async def publish(self, facts: Sequence[Fact]) -> list[int]:
        """Publish facts in order and wait for all; answers their stream sequences.

        Raises:
            BusUnavailable: at least one was not acknowledged within ten seconds.
        """
        if not self._inbox:
            await self.start()
        sequences: list[int] = []
        for start in range(0, len(facts), IN_FLIGHT):
            flight = facts[start : start + IN_FLIGHT]
            with publishing(f"publish {flight[0].topic}", [fact.trace for fact in flight]):
                sequences += await self._flight(flight)
        return sequences

    async def _flight(self, facts: Sequence[Fact]) -> list[int]:
        loop = asyncio.get_running_loop()
        tokens: list[str] = []
        futures: list[asyncio.Future[_Ack]] = []
        ambient = traceparent()
        try:
            for fact in facts:
                self._counter += 1
                token = str(self._counter)
                future: asyncio.Future[_Ack] = loop.create_future()
                self._waiting[token] = future
                tokens.append(token)
                futures.append(future)
                await self._bus.client.publish(
                    subject(self._bus.namespace, fact.topic, fact.event, fact.partition),
                    fact.body,
                    reply=f"{self._inbox}.{token}",
                    headers=headers_of(fact, self._bus, ambient),
                )
            async with asyncio.timeout(DEADLINE):
                acks = await asyncio.gather(*futures)
        except UNAVAILABLE as error:
            raise BusUnavailable from error
        finally:
            for token in tokens:
                self._waiting.pop(token, None)
            for future in futures:
                if not future.done():
                    future.cancel()
        if any(ack.error for ack in acks):
            raise BusUnavailable
        for fact, ack in zip(facts, acks, strict=True):
            self._last[fact.topic] = (ack.seq, fact.id)
        return [ack.seq for ack in acks]

    async def lost(self) -> list[str]:
        """Name the topics whose stream no longer holds the last fact that it acknowledged here; each is told once.

        A server that came back from an older state of its disk, or without its disk, has lost at least that one.

        Raises:
            BusUnavailable: it does not answer; ask again.
        """
        missing: list[str] = []
        for topic, (sequence, fact) in list(self._last.items()):
            try:
                kept = await self._bus.jetstream.get_msg(stream_name(self._bus.namespace, topic), seq=sequence)
                same = (kept.headers or {}).get("Nats-Msg-Id") == fact
            except NotFoundError:
                same = False
            except UNAVAILABLE as error:
                raise BusUnavailable from error
            if not same:
                missing.append(topic)
        for topic in missing:
            del self._last[topic]
        return missing
