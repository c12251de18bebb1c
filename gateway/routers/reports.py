"""/v1/reports, /v1/metrics, /v1/activities: what happened."""

from typing import Annotated

from fastapi import APIRouter
from starlette.responses import Response

from gateway.bodies import JsonRoute
from gateway.convert import into
from gateway.door import Caller, needs
from gateway.manner import answered, listed, whole
from gateway.models.manner import CountedListing, Listing
from gateway.models.reports import Activity, Metric, QueryReport, Report, SearchActivities
from gateway.peers import Peers
from gen.consilium.report.v1 import reports_pb2 as pb

Reader = Annotated[Caller, needs("reports.read")]


def router(peers: Peers) -> APIRouter:
    """Build the routes over report."""
    routes = APIRouter(route_class=JsonRoute, prefix="/v1", tags=["reports"])

    @routes.post("/reports:query", response_model=Report, summary="Ask for metrics")
    async def query_report(body: QueryReport, caller: Reader) -> Response:
        """Answers metrics by dimensions, each figure with what it was made from."""
        request = into(pb.QueryReportRequest(), body.model_dump(exclude_unset=True))
        return answered(await peers.reports.QueryReport(request, **caller.to("report", 30)))

    @routes.get("/metrics", response_model=CountedListing[Metric], summary="List the metrics")
    async def list_metrics(caller: Reader) -> Response:
        """Lists every metric with its formula and denominator."""
        found = await peers.reports.ListMetrics(pb.ListMetricsRequest(), **caller.to("report"))
        return whole(found.metrics)

    @routes.post("/activities:search", response_model=Listing[Activity], summary="Find activities")
    async def search_activities(body: SearchActivities, caller: Reader) -> Response:
        """Finds what people did, newest first."""
        request = into(pb.SearchActivitiesRequest(), body.model_dump(exclude_unset=True))
        return listed(
            await peers.reports.SearchActivities(request, **caller.to("report", 30)), "activities", total=False
        )

    return routes
