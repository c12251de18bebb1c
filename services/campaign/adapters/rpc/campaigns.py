"""Campaigns over gRPC: proto to command or query and back."""

from typing import Any

from chassis.kernel import Etag
from chassis.operations import Operations
from chassis.operations_rpc import operation_to
from chassis.paging import Pages, page_size
from gen.consilium.campaign.v1 import campaigns_pb2 as pb
from gen.consilium.campaign.v1 import campaigns_pb2_grpc as pb_grpc
from gen.consilium.operations.v1 import operations_pb2
from services.campaign import queries
from services.campaign.adapters.messages import moment
from services.campaign.adapters.rpc.calls import caller_of, digest_of
from services.campaign.app import App
from services.campaign.commands import campaigns as commands
from services.campaign.commands.launch import LaunchCampaign, launch_campaign
from services.campaign.domain.campaign import Campaign, CampaignSettings, CampaignState, Goal
from services.campaign.domain.checklist import Checklist
from services.campaign.ports import CampaignQuery, Kept, Progress

_STATES = {state: pb.CampaignState.Value(f"CAMPAIGN_STATE_{state.name}") for state in CampaignState}
_STATES_FROM = {number: state for state, number in _STATES.items()}


class CampaignsServicer(pb_grpc.CampaignsServicer):
    """The Campaigns service."""

    def __init__(self, app: App, operations: Operations, pages: Pages) -> None:
        self._app, self._operations, self._pages = app, operations, pages

    async def CreateCampaign(self, request: pb.CreateCampaignRequest, context: Any) -> pb.Campaign:
        """Create a draft."""
        command = commands.CreateCampaign(settings_from(request.settings), request.request_id, digest_of(request))
        return await self._told(await commands.create_campaign(command, caller_of(context), self._app))

    async def GetCampaign(self, request: pb.GetCampaignRequest, context: Any) -> pb.Campaign:
        """Get a campaign with its progress."""
        kept, progress = await queries.get_campaign(request.id, caller_of(context), self._app)
        return campaign_to(kept, progress)

    async def CountCampaigns(self, request: pb.CountCampaignsRequest, context: Any) -> pb.CountCampaignsResponse:
        """Count campaigns by segment."""
        counts = await self._app.campaigns.by_segment(caller_of(context).workspace, list(request.segments))
        return pb.CountCampaignsResponse(counts=counts)

    async def ListCampaigns(self, request: pb.ListCampaignsRequest, context: Any) -> pb.ListCampaignsResponse:
        """List campaigns."""
        query = CampaignQuery(
            workspace=caller_of(context).workspace,
            states=frozenset(_STATES_FROM[state] for state in request.states if state in _STATES_FROM),
            segment=request.segment,
            text=request.text.strip(),
        )
        bound = {"list": "campaigns", "workspace": query.workspace, "states": sorted(query.states)}
        bound |= {"segment": query.segment, "text": query.text}
        page, progress = await queries.list_campaigns(
            query,
            self._app,
            size=page_size(request.page_size),
            after=self._pages.position(bound, request.page_token),
        )
        return pb.ListCampaignsResponse(
            campaigns=[
                campaign_to(kept, progress.get((kept.value.id, kept.value.entry), queries.NOTHING_YET))
                for kept in page.items
            ],
            next_page_token=self._pages.token(bound, page.position),
            total=page.total,
        )

    async def UpdateCampaign(self, request: pb.UpdateCampaignRequest, context: Any) -> pb.Campaign:
        """Change a draft."""
        command = commands.UpdateCampaign(request.id, settings_from(request.settings), Etag.parse(request.etag))
        return await self._told(await commands.update_campaign(command, caller_of(context), self._app))

    async def CheckCampaign(self, request: pb.CheckCampaignRequest, context: Any) -> pb.CheckCampaignResponse:
        """Run the pre-launch check."""
        return checklist_to(await queries.check_campaign(request.id, caller_of(context), self._app))

    async def LaunchCampaign(self, request: pb.LaunchCampaignRequest, context: Any) -> operations_pb2.Operation:
        """Begin the run."""
        command = LaunchCampaign(request.id, request.request_id, Etag.parse(request.etag))
        launched = await launch_campaign(command, caller_of(context), self._app)
        return operation_to(await self._operations.get(launched.current_run.operation, launched.workspace))

    async def PauseCampaign(self, request: pb.PauseCampaignRequest, context: Any) -> pb.Campaign:
        """Hold what was not sent yet."""
        command = commands.PauseCampaign(request.id)
        return await self._told(await commands.pause_campaign(command, caller_of(context), self._app))

    async def ResumeCampaign(self, request: pb.ResumeCampaignRequest, context: Any) -> pb.Campaign:
        """Go on after a pause."""
        command = commands.ResumeCampaign(request.id)
        return await self._told(await commands.resume_campaign(command, caller_of(context), self._app))

    async def StopCampaign(self, request: pb.StopCampaignRequest, context: Any) -> pb.Campaign:
        """End it for good."""
        command = commands.StopCampaign(request.id)
        return await self._told(await commands.stop_campaign(command, caller_of(context), self._app))

    async def CopyCampaign(self, request: pb.CopyCampaignRequest, context: Any) -> pb.Campaign:
        """Make a draft with the same settings."""
        command = commands.CopyCampaign(request.id, request.name, request.request_id, digest_of(request))
        return await self._told(await commands.copy_campaign(command, caller_of(context), self._app))

    async def ArchiveCampaign(self, request: pb.ArchiveCampaignRequest, context: Any) -> pb.Campaign:
        """Set it aside."""
        command = commands.ArchiveCampaign(request.id)
        return await self._told(await commands.archive_campaign(command, caller_of(context), self._app))

    async def _told(self, kept: Kept[Campaign]) -> pb.Campaign:
        return campaign_to(kept, await queries.progress_of(kept.value, self._app))


def settings_from(settings: pb.CampaignSettings) -> CampaignSettings:
    """Read a campaign's settings."""
    return CampaignSettings(
        name=settings.name,
        segment=settings.segment,
        template=settings.template,
        template_version=settings.template_version or None,
        goal=Goal(settings.goal.event, settings.goal.window_hours) if settings.HasField("goal") else None,
        controller=settings.controller,
        purpose=settings.purpose,
        topic=settings.topic,
        channels=tuple(settings.channels),
        rate_per_minute=settings.rate_per_minute or None,
        control_percent=settings.control_percent,
    )


def settings_to(settings: CampaignSettings) -> pb.CampaignSettings:
    """Tell a campaign's settings."""
    goal = settings.goal
    return pb.CampaignSettings(
        name=settings.name,
        segment=settings.segment,
        template=settings.template,
        template_version=settings.template_version or 0,
        goal=pb.Goal(event=goal.event, window_hours=goal.window_hours) if goal else None,
        controller=settings.controller,
        purpose=settings.purpose,
        topic=settings.topic,
        channels=settings.channels,
        rate_per_minute=settings.rate_per_minute or 0,
        control_percent=settings.control_percent,
    )


def campaign_to(kept: Kept[Campaign], progress: Progress) -> pb.Campaign:
    """Tell a campaign and how far its run is."""
    campaign = kept.value
    told = pb.Campaign(
        id=campaign.id,
        settings=settings_to(campaign.settings),
        state=_STATES[campaign.state],
        entry=campaign.entry,
        create_time=moment(campaign.created_at),
        update_time=moment(campaign.updated_at),
        launch_time=moment(campaign.launched_at) if campaign.launched_at else None,
        end_time=moment(campaign.ended_at) if campaign.ended_at else None,
        etag=str(kept.etag),
        workspace=campaign.workspace,
    )
    if campaign.run is not None:
        told.operation = campaign.run.operation
        told.template_version = campaign.run.template_version
        told.progress.CopyFrom(
            pb.CampaignProgress(
                audience=campaign.run.audience,
                released=campaign.run.released,
                outcomes=progress.outcomes,
                finished=progress.finished,
            )
        )
    return told


def checklist_to(checklist: Checklist) -> pb.CheckCampaignResponse:
    """Tell what the check found."""
    return pb.CheckCampaignResponse(
        findings=[
            pb.CheckFinding(
                severity=finding.severity.value, code=finding.code, field=finding.field, detail=finding.detail
            )
            for finding in checklist.findings
        ],
        audience=checklist.audience.people,
        reachable=checklist.audience.reachable,
        losses=checklist.audience.losses,
        passed=checklist.passed,
    )
