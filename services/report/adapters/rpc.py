"""consilium.report.v1.Reports: proto to queries and back. No rules."""

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from typing import Any

import grpc.aio
from google.protobuf.timestamp_pb2 import Timestamp

from chassis.grpc import principal_of
from chassis.paging import Pages, page_size
from gen.consilium.report.v1 import reports_pb2 as pb
from gen.consilium.report.v1 import reports_pb2_grpc
from gen.consilium.shared.v1 import values_pb2
from services.report import queries
from services.report.adapters.warehouse.engine import Engine
from services.report.adapters.warehouse.keeping import blocks
from services.report.app import App
from services.report.domain.metrics import Figure, Metric
from services.report.domain.question import Question, Span, ask
from services.report.ports import (
    ActivitiesAsked,
    ActivityFound,
    AnswerRow,
    CampaignSlice,
    Page,
    Place,
    TimelineAsked,
    TimelineEntry,
)

PIECE = 1 << 20
_MEDIA_TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/x-ndjson"}

Context = grpc.aio.ServicerContext[Any, Any]


class ReportsServicer(reports_pb2_grpc.ReportsServicer):
    """Answers calls about what happened."""

    def __init__(self, app: App, pages: Pages, engine: Engine) -> None:
        self._app, self._pages, self._engine = app, pages, engine

    async def DumpWarehouse(
        self, _request: pb.DumpWarehouseRequest, _context: Context
    ) -> AsyncIterator[pb.WarehousePiece]:
        """Stream the warehouse for a backup."""
        async for block in blocks(self._engine):
            for at in range(0, len(block.content), PIECE) or (0,):
                rows = block.rows if at == 0 else 0
                piece = block.content[at : at + PIECE]
                yield pb.WarehousePiece(table=block.table, block=block.number, rows=rows, content=piece)

    async def GetTimeline(self, request: pb.GetTimelineRequest, context: Context) -> pb.GetTimelineResponse:
        """Answer one page of a person's timeline."""
        workspace = principal_of(context).workspace
        asked = TimelineAsked(workspace, request.profile, tuple(request.kinds), span_from(request.interval))
        query = {"rpc": "GetTimeline", "asked": repr(asked)}
        page = self._page(query, request.page_size, request.page_token)
        entries, following = await queries.get_timeline(asked, page, self._app)
        return pb.GetTimelineResponse(
            entries=[entry_to(entry) for entry in entries], next_page_token=self._token(query, following)
        )

    async def SearchActivities(
        self, request: pb.SearchActivitiesRequest, context: Context
    ) -> pb.SearchActivitiesResponse:
        """Answer one page of activities."""
        workspace = principal_of(context).workspace
        asked = ActivitiesAsked(workspace, request.name, request.source, span_from(request.interval))
        query = {"rpc": "SearchActivities", "asked": repr(asked)}
        page = self._page(query, request.page_size, request.page_token)
        activities, following = await queries.search_activities(asked, page, self._app)
        return pb.SearchActivitiesResponse(
            activities=[activity_to(each) for each in activities], next_page_token=self._token(query, following)
        )

    async def QueryReport(self, request: pb.QueryReportRequest, context: Context) -> pb.QueryReportResponse:
        """Answer metrics by dimensions."""
        answer, fresh = await queries.query_report(self._question(request, context), self._app)
        return pb.QueryReportResponse(
            rows=[row_to(row) for row in answer.rows],
            time_zone=self._app.zone.key,
            fresh_time=stamp_of(fresh),
            truncated=answer.truncated,
        )

    async def ExportReport(self, request: pb.ExportReportRequest, context: Context) -> pb.ExportReportResponse:
        """Answer metrics by dimensions as a file."""
        text, truncated = await queries.export_report(self._question(request.query, context), request.format, self._app)
        return pb.ExportReportResponse(
            content=text.encode(), media_type=_MEDIA_TYPES[request.format], truncated=truncated
        )

    async def GetCampaignReport(self, request: pb.GetCampaignReportRequest, context: Context) -> pb.CampaignReport:
        """Answer a campaign's figures."""
        campaign = CampaignSlice(
            principal_of(context).workspace,
            request.campaign,
            max(request.entry, 0),
            request.machines,
            "hour" if request.step == "hour" else "day",
        )
        report = await queries.get_campaign_report(campaign, self._app)
        return pb.CampaignReport(
            campaign=request.campaign,
            figures=[
                pb.CampaignFigure(metric=metric_to(metric), value=value_to(figure)) for metric, figure in report.figures
            ],
            outcomes=[
                pb.OutcomeCount(outcome=outcome, reason=reason, count=count)
                for outcome, reason, count in report.outcomes
            ],
            days=[row_to(row) for row in report.days],
            time_zone=self._app.zone.key,
            fresh_time=stamp_of(report.fresh),
        )

    async def ListCampaignPeople(
        self, request: pb.ListCampaignPeopleRequest, context: Context
    ) -> pb.ListCampaignPeopleResponse:
        """Answer one page of the people behind a figure."""
        campaign = CampaignSlice(
            principal_of(context).workspace, request.campaign, max(request.entry, 0), request.machines
        )
        query = {"rpc": "ListCampaignPeople", "asked": repr(campaign), "metric": request.metric}
        page = self._page(query, request.page_size, request.page_token)
        found, following = await queries.list_campaign_people(campaign, request.metric, page, self._app)
        return pb.ListCampaignPeopleResponse(
            people=[pb.CountedPerson(profile=each.profile, time=stamp_of(each.time)) for each in found.people],
            next_page_token=self._token(query, following),
            total=found.total,
        )

    async def ListMetrics(self, _request: pb.ListMetricsRequest, _context: Context) -> pb.ListMetricsResponse:
        """Answer the registry."""
        return pb.ListMetricsResponse(metrics=[metric_to(metric) for metric in queries.list_metrics()])

    async def ReconcileCampaign(
        self, request: pb.ReconcileCampaignRequest, context: Context
    ) -> pb.ReconcileCampaignResponse:
        """Answer where the warehouse and channel's log differ."""
        campaign = CampaignSlice(principal_of(context).workspace, request.campaign)
        differences = await queries.reconcile_campaign(campaign, self._app)
        return pb.ReconcileCampaignResponse(
            equal=not differences,
            differences=[pb.Difference(name=each.name, report=each.here, channel=each.there) for each in differences],
        )

    def _question(self, request: pb.QueryReportRequest, context: Context) -> Question:
        return ask(
            principal_of(context).workspace,
            request.metrics,
            self._app.zone,
            dimensions=request.dimensions,
            span=span_from(request.interval),
            campaigns=request.campaigns,
            segment=request.segment,
            machines=request.machines,
            limit=request.limit,
        )

    def _page(self, query: Mapping[str, Any], size: int, token: str) -> Page:
        place = self._pages.position(query, token)
        after = Place(datetime.fromtimestamp(place[0] / 1000, tz=UTC), place[1]) if place is not None else None
        return Page(page_size(size), after)

    def _token(self, query: Mapping[str, Any], place: Place | None) -> str:
        return self._pages.token(query, place and [round(place.time.timestamp() * 1000), place.id])


def span_from(interval: values_pb2.Interval) -> Span:
    """Read an interval; an absent border is open."""
    return Span(
        _moment(interval.start_time) if interval.HasField("start_time") else None,
        _moment(interval.end_time) if interval.HasField("end_time") else None,
    )


def _moment(stamp: Timestamp) -> datetime:
    return datetime.fromtimestamp(stamp.ToMilliseconds() / 1000, tz=UTC)


def stamp_of(moment: datetime | None) -> Timestamp | None:
    """Write a moment; none when there is none."""
    if moment is None:
        return None
    stamp = Timestamp()
    stamp.FromDatetime(moment)
    return stamp


def entry_to(entry: TimelineEntry) -> pb.TimelineEntry:
    """Write an entry of a timeline."""
    return pb.TimelineEntry(
        id=entry.id,
        kind=entry.kind,
        name=entry.name,
        time=stamp_of(entry.time),
        source=entry.source,
        campaign=entry.campaign,
        message=entry.message,
        channel=entry.channel,
        properties=entry.properties,
        reason=entry.reason,
        machine=entry.machine,
    )


def activity_to(activity: ActivityFound) -> pb.Activity:
    """Write an activity."""
    return pb.Activity(
        event_id=activity.event_id,
        source=activity.source,
        name=activity.name,
        time=stamp_of(activity.time),
        profile=activity.profile,
        properties=activity.properties,
    )


def row_to(row: AnswerRow) -> pb.ReportRow:
    """Write a row of a report."""
    return pb.ReportRow(
        dimensions=row.dimensions, values={name: value_to(figure) for name, figure in row.figures.items()}
    )


def value_to(figure: Figure) -> pb.MetricValue:
    """Write a figure; without a value where its denominator is 0."""
    return pb.MetricValue(value=figure.value, numerator=figure.numerator, denominator=figure.denominator)


def metric_to(metric: Metric) -> pb.Metric:
    """Write what a metric is."""
    return pb.Metric(
        name=metric.name,
        titles=metric.titles,
        formula=metric.formula,
        unit=metric.unit.value,
        denominator=metric.denominator,
        descriptions=metric.descriptions,
    )
