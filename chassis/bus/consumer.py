"""Consuming facts: one durable consumer per purpose and lane, batches in order, nothing acknowledged unhandled.

What happens to a batch:

- handled: acknowledged. Until then the runner tells the bus that it lives, however long the handler takes.
- an engine is away (`Problem` with code UNAVAILABLE, or a driver's connection error told as one): the runner holds
  the batch, says so through `circuit`, and tries again with a growing pause. No delivery attempt is spent.
- a peer does not answer in time: many facts may have been too many at once, so each is handled alone. For one alone
  the peer is as good as away: it is held as above, never buried for another's slowness.
- anything else: each fact is handled alone. One that fails is negatively acknowledged with a delay, and goes to the
  dead letters with its cause when it is permanent (a `Problem` that is not transient) or its attempts are spent.
- neither handled nor failed (the worker died): after `ATTEMPTS` deliveries a fact is handled alone, so that one which
  kills the worker takes nobody along, and before delivery `2 * ATTEMPTS + 1` it goes to the dead letters.

Handlers must be idempotent by the fact's id: a batch may come again, whole or in part.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from nats.aio.msg import Msg
from nats.js import api
from nats.js.errors import NotFoundError

from chassis.bus.connection import UNAVAILABLE, Bus, BusUnavailable
from chassis.bus.dead import bury
from chassis.bus.subjects import durable_name, lane_subjects, stream_name
from chassis.kernel import Code, Problem
from chassis.mongo import engine_away
from chassis.telemetry import metrics
from chassis.telemetry.logs import log
from chassis.telemetry.tracing import about, consuming
from chassis.together import ended

ATTEMPTS = 5
BATCH = 256
EXPIRES = 5.0
ACK_WAIT = 60.0
PAUSE_FIRST, PAUSE_MOST = 0.2, 5.0


@dataclass(frozen=True, slots=True)
class Delivery:
    """One fact as it arrived."""

    id: str
    topic: str
    event: str
    partition: int
    body: bytes
    time: datetime
    sequence: int
    deliveries: int
    trace: str = ""
    cause: str = ""


Handler = Callable[[Sequence[Delivery]], Awaitable[None]]


@dataclass(slots=True)
class Consumer:
    """What a service does with a topic.

    Args:
        topic: "profile", "delivery" and the like.
        purpose: names the durable consumer together with the service and the lane.
        handler: takes facts in order.
        batch: at most so many at once.
        events: only these; all when empty. Others are acknowledged unread.
        ack_wait: seconds after which a fact that nobody answered for comes again.
        gather: seconds to wait, when something came, for more to go with it; for handlers whose every call is dear.
    """

    topic: str
    purpose: str
    handler: Handler
    batch: int = BATCH
    events: frozenset[str] = field(default_factory=frozenset)
    ack_wait: float = ACK_WAIT
    gather: float = 0.0


async def ensure_consumer(bus: Bus, consumer: Consumer, lane: int) -> None:
    """Create the durable consumer of a lane; one of an older version gets today's configuration and keeps its place."""
    name = durable_name(bus.service, consumer.purpose, lane)
    stream = stream_name(bus.namespace, consumer.topic)
    wanted = api.ConsumerConfig(
        durable_name=name,
        deliver_policy=api.DeliverPolicy.ALL,
        ack_policy=api.AckPolicy.EXPLICIT,
        ack_wait=consumer.ack_wait,
        max_deliver=-1,  # how often a fact may come is ours to say, see above
        max_ack_pending=4 * consumer.batch,
        filter_subjects=lane_subjects(bus.namespace, consumer.topic, lane),
    )
    with contextlib.suppress(NotFoundError):
        present = (await bus.jetstream.consumer_info(stream, name)).config
        if _tunable(present) == _tunable(wanted):
            return
        log().info("consumer.updated", consumer=name)
    await bus.jetstream.add_consumer(stream, wanted)  # the server updates one of this name, its position stays


def _tunable(config: api.ConsumerConfig) -> tuple[object, ...]:
    """Give what may change in a consumer that has begun."""
    filters = config.filter_subjects or ([config.filter_subject] if config.filter_subject else [])
    return config.ack_wait, config.max_deliver or -1, config.max_ack_pending, sorted(filters)


async def run_lane(
    bus: Bus,
    consumer: Consumer,
    lane: int,
    circuit: Callable[[str, bool], None] = lambda _name, _open: None,
) -> None:
    """Take facts of one lane until cancelled.

    Args:
        bus: the connection.
        consumer: what to do with them.
        lane: 0 to 7.
        circuit: told (name, True) when an engine that the handler needs is away, (name, False) when it is back.
    """
    name = durable_name(bus.service, consumer.purpose, lane)
    while True:
        try:
            await ensure_consumer(bus, consumer, lane)
            await _Puller(bus, consumer, lane, name, circuit).run()
        except UNAVAILABLE as error:
            log().warning("consumer.waiting", consumer=name, kind=type(error).__name__)
            await asyncio.sleep(PAUSE_FIRST * 5)


class _Puller:
    def __init__(
        self, bus: Bus, consumer: Consumer, lane: int, name: str, circuit: Callable[[str, bool], None]
    ) -> None:
        self._bus, self._consumer, self._lane, self._name, self._circuit = bus, consumer, lane, name, circuit
        self._arrived: deque[Msg] = deque()
        self._came = asyncio.Event()
        self._in_hand: list[Msg] = []
        stream = stream_name(bus.namespace, consumer.topic)
        self._next = f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{name}"

    async def run(self) -> None:
        inbox = self._bus.client.new_inbox()

        async def put(message: Msg) -> None:
            self._arrived.append(message)
            self._came.set()

        subscription = await self._bus.client.subscribe(inbox, cb=put)
        keeping = asyncio.create_task(self._keep())
        try:
            while True:
                await self._pull(inbox)
        finally:
            await ended([keeping])
            with contextlib.suppress(*UNAVAILABLE):
                await subscription.unsubscribe()
            with contextlib.suppress(*UNAVAILABLE):
                await self._give_back()

    async def _keep(self) -> None:
        """Tell the bus often enough that everything delivered here is still in hand, however long a peer takes."""
        while True:
            await asyncio.sleep(self._consumer.ack_wait / 3)
            with contextlib.suppress(*UNAVAILABLE):
                for message in self._held():
                    await message.in_progress()

    async def _give_back(self) -> None:
        """Return what was delivered and not handled: the lane's next holder must not wait for the ack deadline."""
        left = self._held()
        self._in_hand = []
        self._arrived.clear()
        for message in left:
            await message.nak()

    def _held(self) -> list[Msg]:
        """Give everything that was delivered here and not answered for yet."""
        held = [*self._in_hand, *self._arrived]
        return [message for message in held if not _is_status(message) and not message.is_acked]

    async def _pull(self, inbox: str) -> None:
        """Ask for one batch and hand on what comes as it comes, until the server says that the request is over."""
        wanted = self._consumer.batch
        expires = int(EXPIRES * 1e9)
        await self._bus.client.publish(self._next, b'{"batch":%d,"expires":%d}' % (wanted, expires), reply=inbox)
        over = False
        while wanted > 0 and not over:
            try:
                async with asyncio.timeout(EXPIRES + 2.0):
                    await self._came.wait()
            except TimeoutError:
                return  # the server forgot the request (it restarted): ask again
            if self._consumer.gather:
                await asyncio.sleep(self._consumer.gather)
            self._came.clear()
            facts = []
            while self._arrived:
                message = self._arrived.popleft()
                if _is_status(message):
                    over = True
                else:
                    facts.append(message)
            wanted -= len(facts)
            if facts:
                self._in_hand = facts
                await self._take(facts)
                self._in_hand = []

    async def _take(self, messages: list[Msg]) -> None:
        wanted = [message for message in messages if self._wants(message)]
        for message in messages:
            if not self._wants(message):
                await message.ack()
        fresh = [message for message in wanted if message.metadata.num_delivered <= ATTEMPTS]
        # Delivered often without an end: one of them may kill the worker. Alone, it takes nobody along any more.
        suspects = [message for message in wanted if ATTEMPTS < message.metadata.num_delivered <= 2 * ATTEMPTS]
        for message in wanted:
            if message.metadata.num_delivered > 2 * ATTEMPTS:
                await self._bury(message, "DELIVERIES_SPENT", "It was delivered too often without an end.")
        if fresh:
            await self._batch(fresh)
        await self._one_by_one(suspects)

    async def _batch(self, messages: list[Msg]) -> None:
        try:
            await self._handle(messages)
        except Exception as error:  # noqa: BLE001, RUF100 - the border: every failure becomes an answer to the bus
            log().warning("consumer.batch_failed", consumer=self._name, kind=type(error).__name__, size=len(messages))
            await self._one_by_one(messages)
        else:
            for message in messages:
                await message.ack()
            metrics.consumed(self._name, len(messages))

    def _wants(self, message: Msg) -> bool:
        return not self._consumer.events or message.subject.split(".")[-2] in self._consumer.events

    async def _handle(self, messages: list[Msg]) -> None:
        """Handle them; while an engine is away hold them and try again."""
        batch = [delivery_of(message) for message in messages]
        pause, opened = PAUSE_FIRST, False
        try:
            while True:
                try:
                    with consuming(f"consume {self._name}", [fact.trace for fact in batch]):
                        about(fact=batch[0].id, topic=batch[0].topic)
                        await self._consumer.handler(batch)
                        self._tell_delay(batch)
                    return
                except Exception as error:
                    if not _away(error, alone=len(batch) == 1):
                        raise
                    if not opened:
                        opened = True
                        self._circuit(self._name, True)
                        log().warning("consumer.circuit_open", consumer=self._name, reason=_missing(error))
                    await asyncio.sleep(pause)
                    pause = min(pause * 2, PAUSE_MOST)
        finally:
            # Also when the lane is lost or the fact turns out wrong: nobody else would ever close it.
            if opened:
                self._circuit(self._name, False)
                log().info("consumer.circuit_closed", consumer=self._name)

    def _tell_delay(self, batch: Sequence[Delivery]) -> None:
        # Of the oldest alone: a batch is as late as that one, and a number per fact would cost more than it tells.
        late = datetime.now(UTC) - min(fact.time for fact in batch)
        metrics.delayed(f"{self._bus.service}-{self._consumer.purpose}", late.total_seconds())

    async def _one_by_one(self, messages: list[Msg]) -> None:
        for message in messages:
            try:
                await self._handle([message])
            except Problem as error:
                if error.transient and message.metadata.num_delivered < ATTEMPTS:
                    await message.nak(delay=_delay(message.metadata.num_delivered))
                else:
                    await self._bury(message, error.reason, error.text)
            except Exception as error:
                log().exception("consumer.fact_failed", consumer=self._name, kind=type(error).__name__)
                if message.metadata.num_delivered < ATTEMPTS:
                    await message.nak(delay=_delay(message.metadata.num_delivered))
                else:
                    await self._bury(message, type(error).__name__, "It could not be handled.")
            else:
                await message.ack()
                metrics.consumed(self._name, 1)

    async def _bury(self, message: Msg, reason: str, text: str) -> None:
        await bury(self._bus, message, consumer=self._name, reason=reason, text=text)
        await message.term()
        metrics.buried(self._name)
        fact = (message.headers or {}).get("ce-id", "")
        log().error("consumer.fact_buried", consumer=self._name, fact=fact, reason=reason)


def _away(error: Exception, *, alone: bool) -> bool:
    """Tell whether an engine or a peer is away, late for one fact alone, or does not know this service."""
    if isinstance(error, Problem):
        return error.away or (alone and error.code is Code.DEADLINE_EXCEEDED)
    return engine_away(error)


def _missing(error: Exception) -> str:
    """Name what is away."""
    if isinstance(error, BusUnavailable):
        return "nats"
    if isinstance(error, Problem) and error.code is Code.UNAUTHENTICATED:
        return "principal"
    if isinstance(error, Problem):
        return error.fields.get("dependency", "peer" if error.code is Code.DEADLINE_EXCEEDED else "mongodb")
    return "mongodb"


def _is_status(message: Msg) -> bool:
    return bool(message.headers and "Status" in message.headers and not message.reply)


def _delay(attempt: int) -> float:
    return float(min(30.0, 0.5 * 4 ** (attempt - 1)))


def delivery_of(message: Msg) -> Delivery:
    """Read a message of the bus."""
    headers = message.headers or {}
    parts = message.subject.split(".")
    metadata = message.metadata
    time = headers.get("ce-time")
    return Delivery(
        id=headers.get("ce-id", "") or headers.get("Nats-Msg-Id", ""),
        topic=parts[-4],
        event=parts[-2],
        partition=int(parts[-1]),
        body=message.data,
        time=datetime.fromisoformat(time) if time else datetime.now(UTC),
        sequence=metadata.sequence.stream,
        deliveries=metadata.num_delivered,
        trace=headers.get("traceparent", ""),
        cause=headers.get("consilium-cause", ""),
    )
