"""Giving requests to channel, as many as there is credit for.

Promise: which batches are released is decided by one compare-and-set on the campaign, so no pause, stop or second
worker can cross it; a kill before the batches themselves went is mended by whoever works the lane next.
"""

from collections.abc import Sequence
from datetime import timedelta

from chassis.kernel import EtagStale
from services.campaign.app import App
from services.campaign.commands.launch import mend_launch
from services.campaign.domain.campaign import Campaign, CampaignState
from services.campaign.domain.credit import MAX_IN_FLIGHT, Pace, allowance, fitting, window
from services.campaign.ports import Kept

_TENDED = (CampaignState.LAUNCHING, CampaignState.SENDING, CampaignState.PAUSED)
_STRAGGLING = timedelta(days=7)  # a stopped campaign's last batches are let go for so long after a crash


async def campaigns_under_way(lane: int, app: App) -> Sequence[Kept[Campaign]]:
    """Name the campaigns of a lane that may have to be moved, eldest launch first."""
    return await app.campaigns.in_state(_TENDED, lane)


async def tend_campaign(kept: Kept[Campaign], app: App) -> None:
    """Move a campaign as far as it may go now."""
    try:
        if kept.value.state is CampaignState.LAUNCHING:
            await mend_launch(kept, app)
        else:
            await advance(kept, app)
    except EtagStale:
        return  # somebody acted on it just now; the next look sees what they did


async def recover_releases(lane: int, app: App) -> None:
    """Let go what a dead worker decided to release and did not; for the begin of work on a lane."""
    tended = await app.campaigns.in_state((CampaignState.SENDING, CampaignState.PAUSED), lane)
    stopped = await app.campaigns.in_state((CampaignState.STOPPED,), lane, app.clock.now() - _STRAGGLING)
    for kept in (*tended, *stopped):
        if kept.value.run is not None:
            await app.requests.release(kept.value, 0, app.clock.now())


async def advance(kept: Kept[Campaign], app: App) -> None:
    """Release what there is credit for, and end the campaign when everything has its outcome.

    Raises:
        EtagStale: somebody acted on the campaign meanwhile; nothing was released.
    """
    finished, held = await app.requests.finished(kept.value.id, kept.value.entry)
    if kept.value.state is CampaignState.SENDING:
        kept = await _release(kept, finished + held, app)
    await app.campaigns.save(kept, kept.value.finish(finished=finished, now=app.clock.now()))


async def _release(kept: Kept[Campaign], away: int, app: App) -> Kept[Campaign]:
    campaign = kept.value
    run, now = campaign.current_run, app.clock.now()
    room = allowance(
        window=window(app.letters_per_second),
        in_flight=run.released - away,
        released=run.released,
        rate_per_minute=campaign.settings.rate_per_minute,
        pace=run.pace or Pace(now, run.released),
        now=now,
    )
    if room == 0 or run.released_batches == run.batches:
        return kept
    waiting = await app.requests.waiting(campaign, limit=MAX_IN_FLIGHT)
    sizes = [batch.size for batch in waiting]
    count = fitting(sizes, room)
    if count == 0:
        return kept
    released = await app.campaigns.save(kept, campaign.release(batches=count, requests=sum(sizes[:count])))
    app.fault("release-decided")
    await app.requests.release(released.value, run.released_batches, now)
    app.fault("batches-released")
    return released
