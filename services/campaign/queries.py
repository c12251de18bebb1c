"""Questions about templates and campaigns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chassis.kernel import sees
from services.campaign.app import App, Caller
from services.campaign.domain.campaign import Campaign
from services.campaign.domain.checklist import Checklist, Facts, check
from services.campaign.domain.errors import TemplateUnknown, TemplateVersionUnknown
from services.campaign.domain.template import Template, TemplateVersion
from services.campaign.ports import CampaignQuery, Kept, Page, Progress

NOTHING_YET = Progress({})


@dataclass(frozen=True, slots=True)
class Checked:
    """A check's result and the template that a launch would use."""

    checklist: Checklist
    version: TemplateVersion | None


async def get_template(template: str, caller: Caller, app: App) -> Kept[Template]:
    """Give a template with its draft."""
    return await app.templates.get(template, caller.workspace)


async def get_template_version(template: str, number: int, caller: Caller, app: App) -> TemplateVersion:
    """Give one version."""
    return await app.templates.version(template, number, caller.workspace)


async def list_templates(
    caller: Caller, app: App, *, archived: bool, size: int, after: str | None
) -> Page[Kept[Template]]:
    """List templates, last changed first."""
    return await app.templates.page(caller.workspace, archived=archived, size=size, after=after)


@dataclass(frozen=True, slots=True)
class PictureUse:
    """Whether letters in use show a picture, and which of their templates the caller may know of."""

    used: bool
    templates: Sequence[str]


async def picture_use(picture: str, caller: Caller, app: App) -> PictureUse:
    """Tell who shows a picture: a template that is not set aside, by its draft or any version, or a run under way."""
    showing = await app.templates.showing(picture)
    aside = [each.template for each in showing if each.archived]
    running = await app.campaigns.under_way(aside) if aside else frozenset()
    live = [each for each in showing if not each.archived or each.template in running]
    return PictureUse(bool(live), [each.template for each in live if sees(caller.workspace, each.workspace)])


async def get_campaign(campaign: str, caller: Caller, app: App) -> tuple[Kept[Campaign], Progress]:
    """Give a campaign and how far its run is."""
    kept = await app.campaigns.get(campaign, caller.workspace)
    return kept, await progress_of(kept.value, app)


async def progress_of(campaign: Campaign, app: App) -> Progress:
    """Count the outcomes of the campaign's run."""
    if campaign.run is None:
        return NOTHING_YET
    run = (campaign.id, campaign.entry)
    return (await app.requests.progress([run]))[run]


async def list_campaigns(
    query: CampaignQuery, app: App, *, size: int, after: str | None
) -> tuple[Page[Kept[Campaign]], Mapping[tuple[str, int], Progress]]:
    """List campaigns, last changed first, each with how far its run is."""
    page = await app.campaigns.page(query, size=size, after=after)
    runs = [(kept.value.id, kept.value.entry) for kept in page.items if kept.value.run is not None]
    return page, await app.requests.progress(runs)


async def check_campaign(campaign: str, caller: Caller, app: App) -> Checklist:
    """Run the pre-launch check; nothing is changed."""
    kept = await app.campaigns.get(campaign, caller.workspace)
    return (await checked(kept.value, app)).checklist


async def checked(campaign: Campaign, app: App) -> Checked:
    """Find out everything that a launch depends on, and weigh it."""
    template, version = await _letter(campaign, app)
    letter = () if version is None else await app.letters.problems(version.content)
    segment = await app.segments.audience(campaign) if campaign.settings.segment else None
    facts = Facts(
        template=template,
        version=version,
        letter=letter,
        segment_known=segment is not None,
        segment_archived=segment is not None and segment.archived,
        audience=segment.audience if segment is not None else None,
    )
    return Checked(check(campaign, facts), version)


async def _letter(campaign: Campaign, app: App) -> tuple[Template | None, TemplateVersion | None]:
    settings = campaign.settings
    if not settings.template:
        return None, None
    try:
        template = (await app.templates.get(settings.template, campaign.workspace)).value
    except TemplateUnknown:
        return None, None
    try:
        number = settings.template_version or template.version
        return template, await app.templates.version(template.id, number, campaign.workspace)
    except TemplateVersionUnknown:
        return template, None
