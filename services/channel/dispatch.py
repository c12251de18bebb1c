"""The way out: from messages that passed their gates to outcomes that are written.

Promise: at most `room` messages are under way per worker; content leaves only after its mark, an outcome is kept
until it is written. Marks and outcomes of many letters share one write each.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from chassis.kernel import Problem, new_id
from chassis.mongo import engine_away
from chassis.telemetry import tracing
from chassis.telemetry.logs import log
from chassis.together import ended, to_the_end, together
from services.channel.domain.letter import LetterData
from services.channel.domain.message import Finish, Message, Outcome, Retry, after_reply, is_hard_bounce
from services.channel.domain.sending import Parcel, ParcelWithheld, Reply, Verdict
from services.channel.ports import CampaignBook, Letter, Messages, Provider, SharedPace, SuppressionList

ROOM = 800  # About half a second of one worker's letters: enough to hide every wait, little to give back at a stop.
BATCH = 100
OUTCOME_SECONDS = 0.01
MARK_MOST = 256
WATCH_SECONDS = 0.5
ROOM_SECONDS = 40.0  # Of one batch; below the bus's deadline of 60 s, so that waiting costs no delivery attempt.


@dataclass(frozen=True, slots=True)
class Ready:
    """A message that is ours, with what its letter needs."""

    message: Message
    letter: Letter
    data: LetterData


@dataclass(frozen=True, slots=True)
class Speed:
    """Letters per second, for all workers together; 0 is as fast as the provider takes them."""

    total: float = 0.0
    domains: Mapping[str, float] = field(default_factory=dict)


class Marks:
    """Gathers requests for `on_wire` and answers them by one write at a time, each for all that came meanwhile."""

    def __init__(self, messages: Messages) -> None:
        self._messages = messages
        self._asked: dict[str, asyncio.Future[bool]] = {}
        self._writing: asyncio.Task[None] | None = None

    async def ask(self, message: str) -> bool:
        """Mark a message; True once the mark is durable and ours."""
        future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._asked[message] = future
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write(), name="marks")
        return await future

    async def _write(self) -> None:
        # One turn of the loop, so that envelopes written in this instant share the mark.
        await asyncio.sleep(0)
        while self._asked:
            batch = dict(list(self._asked.items())[:MARK_MOST])
            for message in batch:
                del self._asked[message]
            ours: set[str] = set()
            try:
                ours = await self._messages.mark_on_wire(list(batch), new_id())
            except Exception as error:
                if not is_away(error):
                    raise
                # Nothing leaves; what was marked all the same is given back by its settlement.
            finally:
                for message, future in batch.items():
                    if not future.done():
                        future.set_result(message in ours)


class Outcomes:
    """Writes what became of letters, many at once, until the store has taken it."""

    def __init__(
        self, messages: Messages, suppressions: SuppressionList, written: Callable[[Sequence[str]], None]
    ) -> None:
        self._messages = messages
        self._suppressions = suppressions
        self._written = written
        self._finished: list[tuple[Message, Finish]] = []
        self._returned: list[tuple[Message, Retry]] = []
        self._wake = asyncio.Event()

    def add(self, message: Message, end: Finish | Retry) -> None:
        """Take one end."""
        if isinstance(end, Finish):
            self._finished.append((message, end))
        else:
            self._returned.append((message, end))
        self._wake.set()

    @property
    def empty(self) -> bool:
        return not self._finished and not self._returned

    async def run(self) -> None:
        """Write until cancelled."""
        while True:
            await self._wake.wait()
            await asyncio.sleep(OUTCOME_SECONDS)
            self._wake.clear()
            while not self.empty:
                try:
                    await self.flush()
                except Exception as error:
                    if not is_away(error):
                        raise
                    log().warning("channel.outcomes_waiting", reason=reason_of(error), letters=len(self._finished))
                    await asyncio.sleep(0.5)

    async def flush(self) -> None:
        """Write everything that waits.

        Raises:
            Problem: the store is away; what was not written waits on.
        """
        finished, returned = self._finished[:MARK_MOST], self._returned[:MARK_MOST]
        for message, finish in finished:
            if finish.outcome is Outcome.BOUNCED and is_hard_bounce(finish.provider_code):
                await self._suppressions.add("*", message.address_hmac, "hard-bounce", message.id)
        if finished:
            unsent = [end for end in finished if end[1].outcome is Outcome.INVALID]
            sent = [end for end in finished if end[1].outcome is not Outcome.INVALID]
            written = await self._messages.finish_sent(sent) + await self._messages.finish_claimed(unsent)
            if written != len(finished):
                log().warning("channel.outcomes_not_ours", letters=len(finished) - written)
            del self._finished[: len(finished)]
            self._written([message.id for message, _ in finished])
        if returned:
            await self._messages.retry(returned)
            del self._returned[: len(returned)]
            self._written([message.id for message, _ in returned])


class Dispatcher:
    """Sends what is ready, within the room and the rates, and sees every outcome written."""

    def __init__(
        self,
        provider: Provider,
        messages: Messages,
        suppressions: SuppressionList,
        campaigns: CampaignBook,
        pace: SharedPace,
        *,
        speed: Speed,
        room: int = ROOM,
    ) -> None:
        self._provider = provider
        self._messages = messages
        self._campaigns = campaigns
        self._pace = pace
        self._speed = speed
        self._most = room
        self._under_way: dict[str, Message] = {}
        self._space = asyncio.Event()
        self._marks = Marks(messages)
        self._outcomes = Outcomes(messages, suppressions, self._written)
        self._sending: set[asyncio.Task[None]] = set()
        self._halted: frozenset[str] = frozenset()

    @property
    def known(self) -> Mapping[str, Message]:
        """Messages under way, by id."""
        return self._under_way

    @property
    def room(self) -> int:
        """How many more messages may be taken now; none while the provider is away."""
        return max(0, self._most - len(self._under_way)) if self._provider.available else 0

    @property
    def available(self) -> bool:
        return self._provider.available

    def reserve(self, message: Message) -> None:
        """Count a message as under way before it is sent."""
        self._under_way[message.id] = message

    async def has_room(self, until: float) -> bool:
        """Wait until messages may be taken, at most until a moment of the loop's clock; False when it came first."""
        try:
            async with asyncio.timeout_at(until):
                while len(self._under_way) >= self._most:
                    self._space.clear()
                    await self._space.wait()
        except TimeoutError:
            return False
        return True

    def send(self, ready: Sequence[Ready]) -> None:
        """Start sending; returns at once."""
        for start in range(0, len(ready), BATCH):
            batch = ready[start : start + BATCH]
            for item in batch:
                self._under_way[item.message.id] = item.message
            task = asyncio.create_task(self._send(batch), name="send")
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)

    async def _send(self, batch: Sequence[Ready]) -> None:
        by_id = {item.message.id: item.message for item in batch}
        spans = {message.id: _begun(message) for message in by_id.values()} if tracing.recording() else {}

        def settle(message: str, reply: Reply) -> None:
            known = by_id.pop(message)
            if span := spans.pop(message, None):
                known = _told(span, known, reply)
            self._outcomes.add(known, after_reply(reply, known.attempts + 1))

        try:
            wait = await self._reserve_pace(batch)
            while wait > 0 and not self._halted.intersection(item.message.order.campaign for item in batch):
                await asyncio.sleep(min(wait, WATCH_SECONDS))
                wait -= WATCH_SECONDS
            parcels = [self._parcel(item) for item in batch]
            await self._provider.send(parcels, self._marks.ask, settle)
        except Exception as error:
            if not is_away(error):
                raise
            log().warning("channel.batch_returned", reason=reason_of(error), letters=len(by_id))
        finally:
            for message in by_id.values():
                self._outcomes.add(message, Retry(1.0, counted=False))
            for span in spans.values():
                tracing.failed("returned", span)
                span.end()

    def _parcel(self, item: Ready) -> Parcel:
        copy, return_path = item.letter.copy(item.message, item.data)
        campaign = item.message.order.campaign

        def build(eight_bit: bool) -> bytes:
            if campaign in self._halted:
                # Back through the gates, which know what to do with a paused or stopped campaign.
                raise ParcelWithheld
            return copy(eight_bit)

        return Parcel(item.message.id, return_path, item.data.address, build)

    async def _reserve_pace(self, batch: Sequence[Ready]) -> float:
        waits = [0.0]
        if self._speed.total:
            waits.append(await self._pace.reserve("all", len(batch), self._speed.total))
        if self._speed.domains:
            domains = Counter(item.data.address.rpartition("@")[2] for item in batch)
            for domain, letters in domains.items():
                if domain in self._speed.domains:
                    waits.append(await self._pace.reserve(domain, letters, self._speed.domains[domain]))
        return max(waits)

    def _written(self, ids: Sequence[str]) -> None:
        for message in ids:
            self._under_way.pop(message, None)
        self._space.set()

    async def run(self) -> None:
        """Write outcomes and watch campaigns until cancelled; then finish what is on the wire."""
        try:
            await together(self._outcomes.run(), self._watch())
        finally:
            # A letter that is on the wire is answered in the server's time, not in ours.
            await to_the_end(self._close())

    async def _watch(self) -> None:
        while True:
            try:
                self._halted = await self._campaigns.halted()
            except Exception as error:
                if not is_away(error):
                    raise
                # What was known last goes on counting.
                log().warning("channel.campaigns_not_read", kind=type(error).__name__)
            await asyncio.sleep(WATCH_SECONDS)

    async def _close(self) -> None:
        await self._provider.close()
        await ended(list(self._sending))
        try:
            while not self._outcomes.empty:
                await self._outcomes.flush()
        except Exception as error:
            if not is_away(error):
                raise
            # What could not be written is taken over by another worker, as if this one had died.
            log().warning("channel.outcomes_waiting", reason=reason_of(error), letters=0)


def _begun(message: Message) -> tracing.Span:
    """Begin the step of one letter, by whose message the whole way can be found."""
    order = message.order
    return tracing.begun(
        "send letter", message.trace, tracing.SpanKind.CLIENT,
        message=message.id, campaign=order.campaign, profile=message.person or message.profile,
    )  # fmt: skip


def _told(span: tracing.Span, message: Message, reply: Reply) -> Message:
    """End a letter's step; what follows from the reply goes on below it."""
    tracing.about(span, verdict=reply.verdict.value, provider_code=reply.code)
    if reply.verdict is not Verdict.ACCEPTED:
        tracing.failed(reply.verdict.value, span)
    span.end()
    return replace(message, trace=tracing.traceparent(span)) if span.is_recording() or message.trace else message


def is_away(error: BaseException) -> bool:
    """Tell whether something failed because an engine or a peer is away, so that it may succeed later."""
    return isinstance(error, Problem) or engine_away(error)


def reason_of(error: BaseException) -> str:
    """Name what is away, for the log; a driver's text may quote people."""
    return error.reason if isinstance(error, Problem) else type(error).__name__
