"""What is done to campaigns by people, their launch apart."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from chassis.kernel import LANES, Clock, Etag, EtagStale, derived_id, new_id
from services.campaign.app import App, Caller
from services.campaign.domain.campaign import Campaign, CampaignSettings, CampaignState, draft
from services.campaign.ports import Act, Campaigns, Creation, Kept

EDIT = "campaigns.edit"
LAUNCH = "campaigns.launch"
OPERATOR = "operator"
"""Who does it where somebody at the machine gives the command."""


@dataclass(frozen=True, slots=True)
class CreateCampaign:
    """Begin a campaign; a repeat with the same key answers the same one."""

    settings: CampaignSettings
    key: str
    digest: str


@dataclass(frozen=True, slots=True)
class UpdateCampaign:
    """Change a draft's settings as a whole."""

    campaign: str
    settings: CampaignSettings
    expected: Etag | None


@dataclass(frozen=True, slots=True)
class PauseCampaign:
    """Hold what was not sent yet."""

    campaign: str


@dataclass(frozen=True, slots=True)
class ResumeCampaign:
    """Go on after a pause."""

    campaign: str


@dataclass(frozen=True, slots=True)
class StopCampaign:
    """End it for good."""

    campaign: str


@dataclass(frozen=True, slots=True)
class CopyCampaign:
    """Make a draft with the same settings; a repeat with the same key answers the same one."""

    campaign: str
    name: str
    key: str
    digest: str


@dataclass(frozen=True, slots=True)
class ArchiveCampaign:
    """Set it aside."""

    campaign: str


async def create_campaign(command: CreateCampaign, caller: Caller, app: App) -> Kept[Campaign]:
    """Keep a new draft in the caller's workspace."""
    begun = draft(_id_for(command.key, caller), caller.workspace, command.settings, app.clock.now())
    return await app.campaigns.add(begun, Creation(caller.act(EDIT), command.key, command.digest))


async def copy_campaign(command: CopyCampaign, caller: Caller, app: App) -> Kept[Campaign]:
    """Keep a new draft in the workspace of the one that is copied."""
    original = await app.campaigns.get(command.campaign, caller.workspace)
    copy = original.value.copy(_id_for(command.key, caller), command.name, app.clock.now())
    return await app.campaigns.add(copy, Creation(caller.act(EDIT), command.key, command.digest))


async def update_campaign(command: UpdateCampaign, caller: Caller, app: App) -> Kept[Campaign]:
    """Change a draft."""
    return await change(
        command.campaign,
        lambda campaign, now: campaign.edit(command.settings, now),
        caller,
        app,
        caller.act(EDIT),
        expected=command.expected,
    )


async def pause_campaign(command: PauseCampaign, caller: Caller, app: App) -> Kept[Campaign]:
    """Stop releasing at once; channel holds what it has."""
    return await change(command.campaign, Campaign.pause, caller, app, caller.act(LAUNCH))


async def resume_campaign(command: ResumeCampaign, caller: Caller, app: App) -> Kept[Campaign]:
    """Release again."""
    return await change(command.campaign, Campaign.resume, caller, app, caller.act(LAUNCH))


async def stop_campaign(command: StopCampaign, caller: Caller, app: App) -> Kept[Campaign]:
    """Stop releasing for good; channel cancels what it has not sent."""
    stopped = await change(command.campaign, Campaign.stop, caller, app, caller.act(LAUNCH))
    if stopped.value.current_run.audience == 0:
        await app.launches.cancel(stopped.value)
    return stopped


async def hold(campaigns: Campaigns, clock: Clock) -> Mapping[str, CampaignState]:
    """Pause every campaign that is being sent; one that is being launched is stopped, for it cannot pause.

    Gives the state of each. Nothing else may be at work on them.
    """
    held: dict[str, CampaignState] = {}
    for lane in range(LANES):
        for kept in await campaigns.in_state((CampaignState.LAUNCHING, CampaignState.SENDING), lane):
            campaign, now = kept.value, clock.now()
            after = campaign.pause(now) if campaign.state is CampaignState.SENDING else campaign.stop(now)
            await campaigns.save(kept, after, Act(OPERATOR, campaign.workspace, LAUNCH))
            held[campaign.id] = after.state
    return held


async def archive_campaign(command: ArchiveCampaign, caller: Caller, app: App) -> Kept[Campaign]:
    """Set it aside; nothing happens when it is."""
    return await change(command.campaign, Campaign.archive, caller, app, caller.act(EDIT))


async def change(
    campaign: str,
    decide: Callable[[Campaign, datetime], Campaign],
    caller: Caller,
    app: App,
    act: Act | None,
    *,
    expected: Etag | None = None,
) -> Kept[Campaign]:
    """Load, decide, keep; without an etag once more when another writer came first.

    Raises:
        EtagStale: it is not at the expected state, or three writers in a row came first.
    """

    async def attempt() -> Kept[Campaign]:
        kept = await app.campaigns.get(campaign, caller.workspace)
        if expected is not None and kept.etag != expected:
            raise EtagStale
        return await app.campaigns.save(kept, decide(kept.value, app.clock.now()), act)

    return await (attempt() if expected is not None else app.again(attempt))


def _id_for(key: str, caller: Caller) -> str:
    return derived_id(caller.principal, caller.workspace, "campaign", key) if key else new_id()
