"""Campaigns on the wire."""

from typing import Literal

from pydantic import Field

from gateway.models.manner import Body, Name, Time, View


class Goal(Body):
    """What counts as success."""

    event: str = Field(min_length=1, max_length=64, description="The activity's name, such as 'webinar_registered'.")
    window_hours: int | None = Field(default=None, ge=1, le=8760, description="Within so many hours after delivery.")


class CampaignSettings(Body):
    """What a campaign is."""

    name: Name = Field(min_length=1, max_length=200, description="Its name.")
    segment: str | None = Field(default=None, max_length=64, description="The audience: a segment.")
    template: str | None = Field(default=None, max_length=64, description="The message: a template.")
    template_version: int | None = Field(
        default=None, ge=0, le=2**31 - 1, description="Its published version; the last one at launch when 0."
    )
    goal: Goal | None = Field(default=None, description="The goal.")
    controller: str | None = Field(
        default=None, pattern=r"^([a-z][a-z0-9_-]{0,63})?$", description="The base in whose name it is sent."
    )
    purpose: str | None = Field(
        default=None, pattern=r"^([a-z][a-z0-9_-]{0,63})?$", description="The consent's purpose."
    )
    topic: str | None = Field(default=None, pattern=r"^([a-z][a-z0-9_-]{0,63})?$", description="The consent's topic.")
    channels: list[str] | None = Field(
        default=None, max_length=5, description="In order of preference; 'email' for now the only adapter."
    )
    rate_per_minute: int | None = Field(
        default=None, ge=0, le=600000, description="Letters per minute at most; 0 is as fast as the provider allows."
    )
    control_percent: int | None = Field(
        default=None, ge=0, le=50, description="Percent of the audience that receives nothing, for comparison."
    )


class CampaignPatch(CampaignSettings):
    """Changes of a draft: what is named is replaced, null empties it, the rest stays."""

    name: Name = Field(default="", min_length=1, max_length=200, description="Its name.")


class CampaignProgress(View):
    """How far a run is."""

    audience: int = Field(description="People of the frozen audience.")
    released: int = Field(description="Requests given to channel.")
    outcomes: dict[str, int] = Field(
        description="Requests with an outcome, by outcome's code such as 'delivered', 'no-consent'."
    )
    finished: int = Field(description="Requests with any outcome.")


class Campaign(View):
    """A campaign."""

    id: str = Field(description="UUID.")
    settings: CampaignSettings | None = Field(default=None, description="What it is.")
    state: Literal["draft", "launching", "sending", "paused", "done", "stopped", "archived"] | None = Field(
        description="State."
    )
    entry: int = Field(description="The number of the run; 0 before the first launch.")
    progress: CampaignProgress | None = Field(default=None, description="How far the run is.")
    create_time: Time | None = Field(default=None, description="Made.")
    update_time: Time | None = Field(default=None, description="Last changed.")
    launch_time: Time | None = Field(default=None, description="Launched.")
    end_time: Time | None = Field(default=None, description="Ended.")
    etag: str = Field(description="Opaque.")
    workspace: str = Field(description="The workspace that it belongs to.")
    operation: str = Field(description="The launch's operation.")
    template_version: int = Field(description="The template's version that this run sends; 0 before the first launch.")


class CheckFinding(View):
    """One finding of the check."""

    severity: str = Field(description="'error' blocks the launch, 'warning' does not.")
    code: str = Field(description="A code such as 'AUDIENCE_EMPTY', 'UNSUBSCRIBE_LINK_MISSING'.")
    field: str = Field(description="The field that it is about, such as 'settings.segment'.")
    detail: str = Field(description="A sentence.")


class CampaignCheck(View):
    """What the pre-launch check found."""

    findings: list[CheckFinding] = Field(description="Findings, errors first.")
    audience: int = Field(description="People of the audience now.")
    reachable: int = Field(description="People who can be reached now by the campaign's channels.")
    losses: dict[str, int] = Field(description="Why the rest cannot: reason to people.")
    passed: bool = Field(description="Whether it may be launched.")


class SearchCampaigns(Body):
    """Which campaigns to find."""

    text: str | None = Field(default=None, max_length=200, description="Any piece of the name.")
    page_size: int | None = Field(default=None, ge=0, le=500, description="At most this many, 50 when 0.")
    page_token: str | None = Field(default=None, description="From the answer before.")


class CountCampaigns(Body):
    """Whose campaigns to count."""

    segments: list[str] = Field(max_length=500, description="Ids of segments, at most 500.")


class CampaignCounts(View):
    """How many campaigns use each segment."""

    counts: dict[str, int] = Field(description="Campaigns by segment; a segment that none uses is left out.")


class CopyCampaign(Body):
    """The copy's name."""

    name: Name = Field(min_length=1, max_length=200, description="The copy's name.")
