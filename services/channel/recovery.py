"""What a worker does besides sending: it stays alive, takes over from the dead, and picks up what waits.

Promise: a message of a dead worker goes round again when its content had not left, and ends as `unconfirmed` when it
may have. A worker that was declared dead and wakes goes on under a new name; what it marked before stays its own.
One that is told to stop lives on until its last letter has an outcome.
"""

import asyncio

from chassis.kernel import new_id
from chassis.telemetry.logs import log
from chassis.together import ended
from services.channel.dispatch import is_away
from services.channel.ports import Lives
from services.channel.reactions import LATER, Desk, take_due

BEAT_SECONDS = 2.0
IDLE_SECONDS = 0.2
DUE_AT_ONCE = 200


async def send(desk: Desk, lives: Lives) -> None:
    """Send what is ready and stay alive, until cancelled; alive as long as a letter of ours is on the wire."""
    sending = asyncio.ensure_future(desk.dispatcher.run())
    living = asyncio.ensure_future(live(desk, lives))
    try:
        await asyncio.wait({sending, living}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        try:
            await ended([sending])
        finally:
            await ended([living])
    for loop in (sending, living):
        if not loop.cancelled():
            loop.result()


async def live(desk: Desk, lives: Lives) -> None:
    """Beat, and take over from workers whose beat stopped, until cancelled."""
    strays: frozenset[str] = frozenset()
    while True:
        try:
            if not await lives.beat(desk.messages.worker):
                log().warning("channel.worker_renamed")
                desk.messages.rename(new_id())
                continue
            await take_over(desk, lives)
            strays = await return_strays(desk, strays)
        except Exception as error:
            if not is_away(error):
                raise
            log().warning("channel.recovery_waiting", kind=type(error).__name__)
        await asyncio.sleep(BEAT_SECONDS)


async def take_over(desk: Desk, lives: Lives) -> None:
    """Give back or end whatever dead workers hold."""
    alive = await lives.alive()
    for worker in await desk.messages.holders() - alive - {desk.messages.worker}:
        again, lost = await desk.messages.recover(worker)
        if again or lost:
            log().info("channel.recovered", again=again, unconfirmed=lost)


async def return_strays(desk: Desk, seen: frozenset[str]) -> frozenset[str]:
    """Give back what is claimed here but under way nowhere, when it was so a beat ago too.

    A call to the store that failed half-way leaves such messages. Gives those seen now.
    """
    strays = {
        message.id: message for message in await desk.messages.claimed_here() if message.id not in desk.dispatcher.known
    }
    await desk.messages.retry([(strays[message], LATER) for message in seen & strays.keys()])
    return frozenset(strays.keys() - seen)


async def pick_up(desk: Desk) -> None:
    """Claim what is due, as far as there is room, until cancelled."""
    while True:
        count = 0
        try:
            room = desk.dispatcher.room
            if room:
                count = await take_due(desk, min(room, DUE_AT_ONCE))
        except Exception as error:
            if not is_away(error):
                raise
            log().warning("channel.pick_up_waiting", kind=type(error).__name__)
            await asyncio.sleep(1.0)
        if not count:
            await asyncio.sleep(IDLE_SECONDS)
