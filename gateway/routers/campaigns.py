"""/v1/campaigns: what is sent, to whom, when."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from google.protobuf.message import Message as ProtoMessage
from starlette.responses import Response

from gateway.bodies import JsonRoute
from gateway.convert import into
from gateway.door import Caller, needs
from gateway.manner import (
    IdempotencyKey,
    IfMatch,
    PageSize,
    PageToken,
    PathId,
    answered,
    created,
    etag_of,
    listed,
    started,
)
from gateway.models.campaigns import (
    Campaign,
    CampaignCheck,
    CampaignCounts,
    CampaignPatch,
    CampaignSettings,
    CopyCampaign,
    CountCampaigns,
    SearchCampaigns,
)
from gateway.models.manner import CountedListing
from gateway.models.messages import Message, MessageCounts
from gateway.models.operations import Operation
from gateway.models.reports import CampaignReport, CountedPerson, Reconciliation
from gateway.models.templates import SendSaved, TestSent
from gateway.peers import Peers
from gen.consilium.campaign.v1 import campaigns_pb2 as pb
from gen.consilium.campaign.v1 import templates_pb2
from gen.consilium.channel.v1 import messages_pb2
from gen.consilium.report.v1 import reports_pb2

Reader = Annotated[Caller, needs("campaigns.read")]
Editor = Annotated[Caller, needs("campaigns.edit")]
Launcher = Annotated[Caller, needs("campaigns.launch")]
MessageReader = Annotated[Caller, needs("messages.read", "campaigns.read")]
ReportReader = Annotated[Caller, needs("reports.read", "campaigns.read")]
PeopleReader = Annotated[Caller, needs("profiles.read", "reports.read", "campaigns.read")]
Tester = Annotated[Caller, needs("campaigns.test")]


def router(peers: Peers) -> APIRouter:
    """Build the routes over the services that answer them."""
    routes = APIRouter(route_class=JsonRoute, prefix="/v1/campaigns", tags=["campaigns"])

    async def known(campaign: str, caller: Caller) -> None:
        """Refuse (404) what the caller's workspace does not know, before another service is asked about it."""
        await peers.campaigns.GetCampaign(pb.GetCampaignRequest(id=campaign), **caller.to("campaign"))

    @routes.get("", response_model=CountedListing[Campaign], summary="List campaigns")
    async def list_campaigns(
        caller: Reader,
        page_size: PageSize = 50,
        page_token: PageToken = "",
        state: Annotated[
            list[Literal["draft", "launching", "sending", "paused", "done", "stopped", "archived"]] | None,
            Query(max_length=7, description="Only these states; all but archived when absent."),
        ] = None,
        segment: Annotated[str, Query(max_length=64, description="Only those of this segment.")] = "",
    ) -> Response:
        """Lists campaigns of your workspace, last changed first."""
        request = pb.ListCampaignsRequest(page_size=page_size, page_token=page_token, segment=segment)
        into(request, {"states": state or []})
        return listed(await peers.campaigns.ListCampaigns(request, **caller.to("campaign")), "campaigns")

    @routes.post(":search", response_model=CountedListing[Campaign], summary="Find campaigns")
    async def search_campaigns(body: SearchCampaigns, caller: Reader) -> Response:
        """Finds campaigns by any piece of their names, archived ones left out, last changed first."""
        request = into(pb.ListCampaignsRequest(), body.model_dump(exclude_unset=True))
        return listed(await peers.campaigns.ListCampaigns(request, **caller.to("campaign")), "campaigns")

    @routes.post(":countBySegment", response_model=CampaignCounts, summary="Count campaigns by segment")
    async def count_campaigns(body: CountCampaigns, caller: Reader) -> Response:
        """Counts the campaigns that use each segment, archived ones left out."""
        request = pb.CountCampaignsRequest(segments=body.segments)
        return answered(await peers.campaigns.CountCampaigns(request, **caller.to("campaign")))

    @routes.post("", response_model=Campaign, status_code=201, summary="Create a campaign")
    async def create_campaign(
        body: CampaignSettings, caller: Editor, idempotency_key: IdempotencyKey = None
    ) -> Response:
        """Creates a draft; it may be incomplete until it is launched."""
        request = pb.CreateCampaignRequest(request_id=idempotency_key or "")
        into(request.settings, body.model_dump(exclude_unset=True))
        campaign = await peers.campaigns.CreateCampaign(request, **caller.to("campaign"))
        return created(campaign, f"/v1/campaigns/{campaign.id}")

    @routes.get("/{campaign}", response_model=Campaign, summary="Get a campaign")
    async def get_campaign(campaign: PathId, caller: Reader) -> Response:
        """Gives a campaign with how far its run is."""
        return answered(await peers.campaigns.GetCampaign(pb.GetCampaignRequest(id=campaign), **caller.to("campaign")))

    @routes.patch("/{campaign}", response_model=Campaign, summary="Change a campaign")
    async def update_campaign(
        campaign: PathId, body: CampaignPatch, caller: Editor, if_match: IfMatch = None
    ) -> Response:
        """Changes what is named of a draft's settings; null empties a field."""
        before = await peers.campaigns.GetCampaign(pb.GetCampaignRequest(id=campaign), **caller.to("campaign"))
        request = pb.UpdateCampaignRequest(id=campaign, settings=before.settings, etag=etag_of(if_match) or before.etag)
        fields = body.model_dump(exclude_unset=True)
        cleared: ProtoMessage = request.settings
        for name in fields:
            cleared.ClearField(name)
        into(request.settings, fields)
        return answered(await peers.campaigns.UpdateCampaign(request, **caller.to("campaign")))

    @routes.post("/{campaign}:check", response_model=CampaignCheck, summary="Run the pre-launch check")
    async def check_campaign(campaign: PathId, caller: Editor) -> Response:
        """Says what stands against a launch, and whom it would reach."""
        request = pb.CheckCampaignRequest(id=campaign)
        return answered(await peers.campaigns.CheckCampaign(request, **caller.to("campaign", 30)))

    @routes.post("/{campaign}:launch", response_model=Operation, status_code=202, summary="Launch a campaign")
    async def launch_campaign(
        campaign: PathId, caller: Launcher, if_match: IfMatch = None, idempotency_key: IdempotencyKey = None
    ) -> Response:
        """Freezes the audience and begins to send."""
        request = pb.LaunchCampaignRequest(id=campaign, etag=etag_of(if_match), request_id=idempotency_key or "")
        return started(await peers.campaigns.LaunchCampaign(request, **caller.to("campaign", 30)))

    @routes.post("/{campaign}:pause", response_model=Campaign, summary="Hold a campaign")
    async def pause_campaign(campaign: PathId, caller: Launcher) -> Response:
        """Stops releasing letters and holds those not yet sent."""
        request = pb.PauseCampaignRequest(id=campaign)
        return answered(await peers.campaigns.PauseCampaign(request, **caller.to("campaign")))

    @routes.post("/{campaign}:resume", response_model=Campaign, summary="Go on after a pause")
    async def resume_campaign(campaign: PathId, caller: Launcher) -> Response:
        """Goes on after a pause."""
        request = pb.ResumeCampaignRequest(id=campaign)
        return answered(await peers.campaigns.ResumeCampaign(request, **caller.to("campaign")))

    @routes.post("/{campaign}:stop", response_model=Campaign, summary="End a campaign")
    async def stop_campaign(campaign: PathId, caller: Launcher) -> Response:
        """Ends it for good; letters not yet sent are cancelled."""
        request = pb.StopCampaignRequest(id=campaign)
        return answered(await peers.campaigns.StopCampaign(request, **caller.to("campaign")))

    @routes.post("/{campaign}:copy", response_model=Campaign, status_code=201, summary="Copy a campaign")
    async def copy_campaign(
        campaign: PathId, body: CopyCampaign, caller: Editor, idempotency_key: IdempotencyKey = None
    ) -> Response:
        """Makes a draft with the same settings."""
        request = pb.CopyCampaignRequest(id=campaign, name=body.name, request_id=idempotency_key or "")
        copy = await peers.campaigns.CopyCampaign(request, **caller.to("campaign"))
        return created(copy, f"/v1/campaigns/{copy.id}")

    @routes.post("/{campaign}:archive", response_model=Campaign, summary="Set a campaign aside")
    async def archive_campaign(campaign: PathId, caller: Editor) -> Response:
        """Sets an ended campaign or a draft aside."""
        request = pb.ArchiveCampaignRequest(id=campaign)
        return answered(await peers.campaigns.ArchiveCampaign(request, **caller.to("campaign")))

    @routes.post("/{campaign}:test", response_model=TestSent, summary="Send a test letter")
    async def test_campaign(campaign: PathId, body: SendSaved, caller: Tester) -> Response:
        """Sends the campaign's letter to up to ten addresses, marked as a test; never counted."""
        request = pb.GetCampaignRequest(id=campaign)
        settings = (await peers.campaigns.GetCampaign(request, **caller.to("campaign"))).settings
        wanted = templates_pb2.GetTemplateRequest(id=settings.template)
        content = (await peers.templates.GetTemplate(wanted, **caller.to("campaign"))).draft
        test = messages_pb2.SendTestRequest(content=content, controller=settings.controller)
        into(test, body.model_dump(exclude_unset=True))
        return answered(await peers.letters.SendTest(test, **caller.to("channel", 30)))

    @routes.get("/{campaign}/messages", response_model=CountedListing[Message], summary="List a campaign's messages")
    async def list_campaign_messages(
        campaign: PathId,
        caller: MessageReader,
        page_size: PageSize = 50,
        page_token: PageToken = "",
        outcome: Annotated[list[str] | None, Query(max_length=15, description="Only with these outcomes.")] = None,
        reason: Annotated[list[str] | None, Query(max_length=50, description="Only with these reasons.")] = None,
        mark: Annotated[str, Query(max_length=32, description="Only with this mark, not made by a machine.")] = "",
        machines: Annotated[bool, Query(description="With `mark`: made by a machine too.")] = False,
        link: Annotated[int | None, Query(ge=0, le=9999, description="Only with a click on this link.")] = None,
        bounce_class: Annotated[Literal["hard", "soft"] | None, Query(description="Only returned later so.")] = None,
        unfinished: Annotated[bool, Query(description="Only without an outcome.")] = False,
        entry: Annotated[int, Query(ge=0, le=2**31 - 1, description="Only of this run.")] = 0,
    ) -> Response:
        """Lists single messages, newest first; `total` is exact up to 10,000."""
        await known(campaign, caller)
        request = messages_pb2.ListMessagesRequest(
            campaign=campaign,
            page_size=page_size,
            page_token=page_token,
            mark=mark,
            entry=entry,
            reasons=reason or (),
            machines=machines,
            bounce_class=bounce_class or "",
            unfinished=unfinished,
        )
        into(request, {"outcomes": outcome or [], "link": link})
        return listed(await peers.messages.ListMessages(request, **caller.to("channel")), "messages")

    @routes.get("/{campaign}/counts", response_model=MessageCounts, summary="Count a campaign's messages")
    async def count_campaign_messages(
        campaign: PathId, caller: MessageReader, entry: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0
    ) -> Response:
        """Counts single messages by outcome, reason and mark."""
        await known(campaign, caller)
        request = messages_pb2.CountMessagesRequest(campaign=campaign, entry=entry)
        return answered(await peers.messages.CountMessages(request, **caller.to("channel")))

    @routes.get("/{campaign}/report", response_model=CampaignReport, summary="A campaign's figures")
    async def get_campaign_report(
        campaign: PathId,
        caller: ReportReader,
        entry: Annotated[int, Query(ge=0, le=2**31 - 1, description="Only this run; all when 0.")] = 0,
        machines: Annotated[bool, Query(description="Opens and clicks by machines too.")] = False,
        step: Annotated[
            Literal["day", "hour"], Query(description="How long each row of `days` is; its dimension bears this name.")
        ] = "day",
    ) -> Response:
        """Gives every figure with its formula and denominator."""
        await known(campaign, caller)
        request = reports_pb2.GetCampaignReportRequest(campaign=campaign, entry=entry, machines=machines, step=step)
        return answered(await peers.reports.GetCampaignReport(request, **caller.to("report", 30)))

    @routes.get(
        "/{campaign}/people", response_model=CountedListing[CountedPerson], summary="The people behind a figure"
    )
    async def list_campaign_people(
        campaign: PathId,
        caller: PeopleReader,
        metric: Annotated[
            Literal["reached", "opened", "clicked", "replied", "unsubscribed", "complained", "converted", "returned"],
            Query(description="A metric that counts people."),
        ],
        page_size: PageSize = 50,
        page_token: PageToken = "",
        entry: Annotated[int, Query(ge=0, le=2**31 - 1, description="Only this run; all when 0.")] = 0,
        machines: Annotated[bool, Query(description="Opens and clicks by machines too.")] = False,
    ) -> Response:
        """Lists whom a figure of the report counts, the latest first; `total` is the figure."""
        await known(campaign, caller)
        request = reports_pb2.ListCampaignPeopleRequest(
            campaign=campaign,
            metric=metric,
            entry=entry,
            machines=machines,
            page_size=page_size,
            page_token=page_token,
        )
        return listed(await peers.reports.ListCampaignPeople(request, **caller.to("report", 30)), "people")

    @routes.post("/{campaign}:reconcile", response_model=Reconciliation, summary="Compare report and log")
    async def reconcile_campaign(campaign: PathId, caller: ReportReader) -> Response:
        """Compares the report's figures with the log of single messages."""
        await known(campaign, caller)
        request = reports_pb2.ReconcileCampaignRequest(campaign=campaign)
        return answered(await peers.reports.ReconcileCampaign(request, **caller.to("report", 30)))

    return routes
