"""The launch: the campaign's audience is frozen as batches of requests, then sending begins.

Promise: a campaign is launched once, however many ask at once; a kill at any point and a repeat end in the same
batches, because the snapshot, the batches and the messages are all functions of the run.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from chassis.kernel import Etag, EtagStale, Problem, derived_id
from services.campaign.app import App, Caller
from services.campaign.commands.campaigns import LAUNCH, change
from services.campaign.domain.campaign import Campaign, CampaignState, Run
from services.campaign.domain.credit import batch_size
from services.campaign.domain.errors import AudienceEmpty, CheckFailed
from services.campaign.domain.requests import OpenRequests, RequestBatch
from services.campaign.ports import FreezeCancelled, Freezing, Kept, LaunchWork
from services.campaign.queries import checked

SERVICE = Caller(principal="service:campaign", workspace="*")
_SLICE = 200  # people between two breaths of the loop: two UUIDv5 hashes each, below a millisecond in all
_WRITTEN_AT_ONCE = 50  # batches of at most 10 KiB


@dataclass(frozen=True, slots=True)
class LaunchCampaign:
    """Freeze the audience and begin to send; a repeat with the same key answers the same run."""

    campaign: str
    key: str
    expected: Etag | None


async def launch_campaign(command: LaunchCampaign, caller: Caller, app: App) -> Campaign:
    """Check, then begin the run; its audience is frozen by long work.

    Raises:
        CampaignAlreadyLaunched: it was launched before, by this or another request.
        CheckFailed: the check found errors; each is a violation.
        EtagStale: it has changed since the check.
    """
    request = derived_id(caller.principal, "launch", command.key) if command.key else ""

    async def attempt() -> Kept[Campaign]:
        kept = await app.campaigns.get(command.campaign, caller.workspace)
        campaign = kept.value
        if request and campaign.run is not None and campaign.run.request == request:
            return kept
        if command.expected is not None and kept.etag != command.expected:
            raise EtagStale
        # Whether it may be launched at all comes before the long check.
        campaign.launch(_run(campaign, caller, request, 0, app), app.clock.now())
        found = await checked(campaign, app)
        if not found.checklist.passed or found.version is None:
            raise CheckFailed(campaign.id, found.checklist.violations)
        run = _run(campaign, caller, request, found.version.number, app)
        return await app.campaigns.save(kept, campaign.launch(run, app.clock.now()), caller.act(LAUNCH))

    launched = (await app.again(attempt)).value  # also with an etag: the other one may be this very request
    app.fault("launch-kept")
    await app.launches.begin(launched)
    return launched


def _run(campaign: Campaign, caller: Caller, request: str, template_version: int, app: App) -> Run:
    identity = derived_id(campaign.id, "run", str(campaign.entry + 1))
    return Run(
        id=identity,
        operation=app.launches.operation_of(identity),
        principal=caller.principal,
        request=request,
        template_version=template_version,
        batch_size=batch_size(campaign.settings.rate_per_minute),
    )


async def freeze_audience(freezing: Freezing, app: App) -> Mapping[str, int]:
    """Write the audience down as batches of requests and let the campaign send; answers the counts.

    Raises:
        FreezeCancelled: somebody asked for it, or the campaign was stopped meanwhile.
        AudienceEmpty: nobody is in the segment.
        SegmentUnknown: the segment is gone.
    """
    kept = await app.campaigns.get(freezing.campaign, SERVICE.workspace)
    campaign = kept.value
    if campaign.run is None or campaign.run.operation != freezing.operation:
        raise FreezeCancelled(asked=True)  # the launch failed before, and only its work was not told
    if campaign.state is not CampaignState.LAUNCHING:
        return await _ended(campaign, app)
    try:
        frozen = await _frozen(campaign, freezing, app)
        app.fault("audience-kept")
        sending = campaign.send(audience=frozen.people, batches=frozen.batches, now=app.clock.now())
        return _counts((await app.campaigns.save(kept, sending)).value)
    except EtagStale:  # stopped, or frozen by another worker while this one's lease had run out
        return await _ended((await app.campaigns.get(campaign.id, SERVICE.workspace)).value, app)
    except FreezeCancelled as cancelled:
        if cancelled.asked:
            await undo_launch(campaign, app)
        raise
    except Problem as problem:
        if not problem.away:  # else the work is taken up again from the start
            await undo_launch(campaign, app)
        raise


async def undo_launch(campaign: Campaign, app: App) -> None:
    """Make it a draft again and forget what was frozen; a launch that went well after all stays."""
    undone = await change(campaign.id, Campaign.fail_launch, SERVICE, app, None)
    if undone.value.run is None or undone.value.current_run.audience == 0:
        await app.requests.discard(campaign.id, campaign.entry)


async def mend_launch(kept: Kept[Campaign], app: App) -> None:
    """Take up a launch whose process died between the campaign and its work, or whose work ended badly."""
    if await app.launches.begin(kept.value) is LaunchWork.FAILED:
        await undo_launch(kept.value, app)


async def _frozen(campaign: Campaign, freezing: Freezing, app: App) -> OpenRequests:
    open_requests = OpenRequests()
    full: list[RequestBatch] = []
    total = 0
    async for part in app.segments.members(campaign):
        total = part.total
        for start in range(0, len(part.members), _SLICE):
            for member in part.members[start : start + _SLICE]:
                batch = open_requests.add(campaign, member)
                if batch is not None:
                    full.append(batch)
            await asyncio.sleep(0)
        while len(full) >= _WRITTEN_AT_ONCE:
            await app.requests.put(campaign, full[:_WRITTEN_AT_ONCE])
            app.fault("batches-kept")
            del full[:_WRITTEN_AT_ONCE]
        await freezing.report(open_requests.people, max(total, open_requests.people))
    full += open_requests.rest(campaign)
    for start in range(0, len(full), _WRITTEN_AT_ONCE):
        await app.requests.put(campaign, full[start : start + _WRITTEN_AT_ONCE])
        app.fault("batches-kept")
    if open_requests.people == 0:
        raise AudienceEmpty(campaign.id, campaign.settings.segment)
    await freezing.report(open_requests.people, open_requests.people)
    kept = await app.requests.frozen(campaign.id, campaign.entry)
    if kept != (open_requests.batches, open_requests.people):
        raise RuntimeError(f"run {campaign.current_run.id} was frozen from two different snapshots")
    return open_requests


async def _ended(campaign: Campaign, app: App) -> Mapping[str, int]:
    if campaign.run is not None and campaign.run.audience:
        return _counts(campaign)
    await undo_launch(campaign, app)
    raise FreezeCancelled(asked=True)


def _counts(campaign: Campaign) -> Mapping[str, int]:
    run = campaign.current_run
    return {"entry": campaign.entry, "audience": run.audience, "batches": run.batches}
