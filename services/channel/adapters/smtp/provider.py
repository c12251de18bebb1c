"""The SMTP provider: a pool of pipelined connections that take letters from one queue.

Promise: connections open when there is work and close when there is none; a server that cannot be reached is asked
again with growing pauses, and meanwhile letters come back as UNSENT instead of waiting.
"""

import asyncio
import itertools
import random
from collections import deque
from collections.abc import Sequence

from chassis.telemetry.logs import log
from services.channel.adapters.smtp.carrier import Carrier, ConnectionSpent, Job
from services.channel.adapters.smtp.dialogue import Dialogue, SmtpRefused, SmtpRoute, SmtpUnavailable
from services.channel.domain.sending import Parcel, Reply, Verdict
from services.channel.ports import OnWire, Settle

IDLE_SECONDS = 10.0  # Shorter than the five minutes that servers grant, long enough to bridge two batches.
LETTERS_PER_CONNECTION = 500  # Many servers cut longer sessions; ours ends between letters instead.
AHEAD = 2  # Letters per connection that are marked before their turn; a crash leaves them unconfirmed.
PAUSE_FIRST, PAUSE_LAST = 0.5, 30.0


class SmtpProvider:
    """Implements the port Provider over SMTP."""

    def __init__(self, route: SmtpRoute, connections: int = 8) -> None:
        self._route = route
        self._connections = connections
        self._jobs: deque[Job] = deque()
        self._work = asyncio.Event()
        self._lines: set[asyncio.Task[None]] = set()
        self._idle = 0
        self._pause = 0.0
        self._closed_until = 0.0
        self._closing = False

    @property
    def available(self) -> bool:
        """False while the pause after a failed connection lasts."""
        return asyncio.get_running_loop().time() >= self._closed_until

    async def send(self, batch: Sequence[Parcel], on_wire: OnWire, settle: Settle) -> None:
        """Carry a batch; see the port."""
        done = asyncio.Event()
        waiting = len(batch)

        def settled(message: str, reply: Reply) -> None:
            nonlocal waiting
            waiting -= 1
            try:
                settle(message, reply)
            finally:
                if not waiting:
                    done.set()

        jobs = [Job(parcel, on_wire, settled) for parcel in batch]
        if not jobs:
            return
        self._jobs.extend(jobs)
        self._open_lines()
        try:
            await done.wait()
        except asyncio.CancelledError:
            for job in jobs:
                if not job.content_left:
                    job.finish(Reply(Verdict.UNSENT))
            raise
        finally:
            for job in jobs:
                job.finish(Reply(Verdict.UNKNOWN if job.content_left else Verdict.UNSENT))

    def _open_lines(self) -> None:
        self._work.set()
        wanted = min(self._connections, len(self._jobs)) - self._idle
        for _ in range(min(wanted, self._connections - len(self._lines))):
            line = asyncio.create_task(self._line(), name="smtp-connection")
            self._lines.add(line)
            line.add_done_callback(self._lines.discard)

    async def _next(self) -> Job | None:
        """Take a job, waiting for one for IDLE_SECONDS."""
        loop = asyncio.get_running_loop()
        until = loop.time() + IDLE_SECONDS
        while True:
            job = self._take()
            if job is not None:
                return job
            if self._closing or loop.time() >= until:
                return None
            self._work.clear()
            self._idle += 1
            try:
                async with asyncio.timeout_at(until):
                    await self._work.wait()
            except TimeoutError:
                return self._take()
            finally:
                self._idle -= 1

    def _take(self) -> Job | None:
        while self._jobs:
            job = self._jobs.popleft()
            if not job.settled:
                return job
        return None

    async def _line(self) -> None:
        carrier: Carrier | None = None
        job: Job | None = None
        try:
            while job := self._take() or await self._idle_next(carrier):
                if carrier is not None and (not carrier.alive or carrier.carried >= LETTERS_PER_CONNECTION):
                    await self._retire(carrier)
                    carrier = None
                carrier = carrier or await self._connect(job)
                if carrier is None:
                    continue
                self._mark_ahead()
                carrier = await self._carry(carrier, job)
        finally:
            if job is not None:
                job.finish(Reply(Verdict.UNKNOWN if job.content_left else Verdict.UNSENT))
            if carrier is not None:
                carrier.abort()

    def _mark_ahead(self) -> None:
        """Ask for the marks of the next few letters too, so that a slow store is waited for by many at once."""
        for job in itertools.islice(self._jobs, AHEAD * self._connections):
            if not job.settled:
                job.ask_mark()

    async def _idle_next(self, carrier: Carrier | None) -> Job | None:
        """Settle what is open before waiting: its reply must not depend on there being another letter."""
        if carrier is not None and carrier.busy:
            try:
                await carrier.settle_open()
            except SmtpUnavailable:
                carrier.abort()
        job = await self._next()
        if job is None and carrier is not None and carrier.alive:
            await carrier.quit()
        return job

    async def _carry(self, carrier: Carrier, job: Job) -> Carrier | None:
        try:
            await carrier.carry(job)
        except ConnectionSpent as spent:
            again = spent.job
            if again is not None and not again.retried:
                # A server may close an idle connection at any time; that says nothing about the letter.
                again.retried = True
                self._jobs.appendleft(again)
            elif again is not None:
                await _finish_unsent(again)
            return None
        return carrier

    async def _retire(self, carrier: Carrier) -> None:
        try:
            await carrier.settle_open()
            await carrier.quit()
        except SmtpUnavailable:
            carrier.abort()

    async def _connect(self, job: Job) -> Carrier | None:
        """Open a connection, or give the job back."""
        if not self.available:
            await _finish_unsent(job)
            return None
        try:
            dialogue = await Dialogue.open(self._route)
        except (SmtpUnavailable, SmtpRefused) as error:
            if not self._pause:
                log().warning("channel.provider_away", kind=type(error).__name__)
            self._pause = min(max(self._pause * 2, PAUSE_FIRST), PAUSE_LAST)
            pause = self._pause * random.uniform(0.8, 1.2)
            self._closed_until = asyncio.get_running_loop().time() + pause
            await _finish_unsent(job)
            return None
        if self._pause:
            log().info("channel.provider_back")
        self._pause = 0.0
        return Carrier(dialogue, self._route)

    async def close(self) -> None:
        """Give back what has not begun, let open letters be answered, then end every connection."""
        self._closing = True
        while job := self._take():
            await _finish_unsent(job)
        self._work.set()
        if self._lines:
            await asyncio.wait(self._lines, timeout=self._route.reply_seconds)
        for line in self._lines:
            line.cancel()
        await asyncio.gather(*self._lines, return_exceptions=True)


async def _finish_unsent(job: Job) -> None:
    """Give a job back; when its mark was asked for, only after the mark is known."""
    if job.mark is not None:
        try:
            held = await asyncio.shield(job.mark)
        except Exception:
            held = False
        if not held:
            job.finish(Reply(Verdict.LOST))
            return
    job.finish(Reply(Verdict.UNSENT))
