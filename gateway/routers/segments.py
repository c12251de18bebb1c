"""/v1/segments: who."""

from typing import Annotated

from fastapi import APIRouter, Query
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
    written,
)
from gateway.models.manner import CountedListing, Listing
from gateway.models.operations import Operation
from gateway.models.profiles import Part, Profile
from gateway.models.segments import (
    CopySegment,
    ExplainMembership,
    Explanation,
    Members,
    NewSegment,
    Overlaps,
    OverlapSegments,
    PatchSegment,
    PreviewSegment,
    SearchSegments,
    Segment,
    SegmentPreview,
    SizeAt,
)
from gateway.peers import Peers
from gateway.routers.profiles import cards
from gen.consilium.segment.v1 import segments_pb2 as pb

Reader = Annotated[Caller, needs("segments.read")]
Editor = Annotated[Caller, needs("segments.edit")]


def router(peers: Peers) -> APIRouter:
    """Build the routes over the services that answer them."""
    routes = APIRouter(route_class=JsonRoute, prefix="/v1/segments", tags=["segments"])

    @routes.post(":preview", response_model=SegmentPreview, summary="Count a rule")
    async def preview_segment(body: PreviewSegment, caller: Reader) -> Response:
        """Counts a rule without saving it: people, reach per channel, losses by reason, a sample, a sentence."""
        request = into(pb.PreviewSegmentRequest(), body.model_dump(exclude_unset=True))
        return answered(await peers.segments.PreviewSegment(request, **caller.to("segment", 30)))

    @routes.post(":overlap", response_model=Overlaps, summary="Count what segments share")
    async def overlap_segments(body: OverlapSegments, caller: Reader) -> Response:
        """Counts the people of two to ten segments together, in all, and by pair."""
        request = into(pb.OverlapSegmentsRequest(), body.model_dump(exclude_unset=True))
        return answered(await peers.segments.OverlapSegments(request, **caller.to("segment", 30)))

    @routes.get("", response_model=CountedListing[Segment], summary="List segments")
    async def list_segments(
        caller: Reader,
        page_size: PageSize = 50,
        page_token: PageToken = "",
        archived: bool = False,
    ) -> Response:
        """Lists segments of your workspace, last changed first."""
        request = pb.ListSegmentsRequest(page_size=page_size, page_token=page_token, archived=archived)
        return listed(await peers.segments.ListSegments(request, **caller.to("segment")), "segments")

    @routes.post(":search", response_model=CountedListing[Segment], summary="Find segments")
    async def search_segments(body: SearchSegments, caller: Reader) -> Response:
        """Finds segments by any piece of their names, last changed first."""
        request = into(pb.ListSegmentsRequest(), body.model_dump(exclude_unset=True))
        return listed(await peers.segments.ListSegments(request, **caller.to("segment")), "segments")

    @routes.post("", response_model=Segment, status_code=201, summary="Create a segment")
    async def create_segment(body: NewSegment, caller: Editor, idempotency_key: IdempotencyKey = None) -> Response:
        """Creates a segment from a rule or a list."""
        request = pb.CreateSegmentRequest(request_id=idempotency_key or "")
        into(request, body.model_dump(exclude_unset=True))
        segment = await peers.segments.CreateSegment(request, **caller.to("segment", 30))
        return created(segment, f"/v1/segments/{segment.id}")

    @routes.get("/{segment}", response_model=Segment, summary="Get a segment")
    async def get_segment(segment: PathId, caller: Reader) -> Response:
        """Gives a segment with its rule as a sentence."""
        return answered(await peers.segments.GetSegment(pb.GetSegmentRequest(id=segment), **caller.to("segment")))

    @routes.patch("/{segment}", response_model=Segment, summary="Change a segment")
    async def update_segment(segment: PathId, body: PatchSegment, caller: Editor, if_match: IfMatch = None) -> Response:
        """Changes the name, the rule or whether it follows by itself."""
        request = pb.UpdateSegmentRequest(id=segment, etag=etag_of(if_match))
        into(request, body.model_dump(exclude_unset=True))
        return answered(await peers.segments.UpdateSegment(request, **caller.to("segment", 30)))

    @routes.post("/{segment}:copy", response_model=Segment, status_code=201, summary="Copy a segment")
    async def copy_segment(
        segment: PathId, body: CopySegment, caller: Editor, idempotency_key: IdempotencyKey = None
    ) -> Response:
        """Makes a copy under another name."""
        request = pb.CopySegmentRequest(id=segment, name=body.name, request_id=idempotency_key or "")
        copy = await peers.segments.CopySegment(request, **caller.to("segment"))
        return created(copy, f"/v1/segments/{copy.id}")

    @routes.post("/{segment}:archive", response_model=Segment, summary="Set a segment aside")
    async def archive_segment(segment: PathId, caller: Editor) -> Response:
        """Sets a segment aside; nothing happens when it is."""
        request = pb.ArchiveSegmentRequest(id=segment)
        return answered(await peers.segments.ArchiveSegment(request, **caller.to("segment")))

    @routes.post("/{segment}:restore", response_model=Segment, summary="Bring a segment back")
    async def restore_segment(segment: PathId, caller: Editor) -> Response:
        """Brings an archived segment back."""
        request = pb.RestoreSegmentRequest(id=segment)
        return answered(await peers.segments.RestoreSegment(request, **caller.to("segment")))

    @routes.post("/{segment}:addMembers", response_model=Segment, summary="Put people in")
    async def add_members(segment: PathId, body: Members, caller: Editor) -> Response:
        """Puts up to 10,000 people in by hand."""
        request = pb.AddMembersRequest(id=segment, profiles=body.profiles)
        return answered(await peers.segments.AddMembers(request, **caller.to("segment", 30)))

    @routes.post("/{segment}:removeMembers", response_model=Segment, summary="Take people out")
    async def remove_members(segment: PathId, body: Members, caller: Editor) -> Response:
        """Takes up to 10,000 people out by hand."""
        request = pb.RemoveMembersRequest(id=segment, profiles=body.profiles)
        return answered(await peers.segments.RemoveMembers(request, **caller.to("segment", 30)))

    @routes.post("/{segment}:refresh", response_model=Operation, status_code=202, summary="Work membership out anew")
    async def refresh_segment(segment: PathId, caller: Editor) -> Response:
        """Begins to work the membership out anew."""
        request = pb.RefreshSegmentRequest(id=segment)
        return started(await peers.segments.RefreshSegment(request, **caller.to("segment")))

    @routes.post("/{segment}:explain", response_model=Explanation, summary="Why is a person in or out")
    async def explain_membership(segment: PathId, body: ExplainMembership, caller: Reader) -> Response:
        """Says leaf by leaf why a person is in or out."""
        request = pb.ExplainMembershipRequest(id=segment, profile=body.profile)
        return answered(await peers.segments.ExplainMembership(request, **caller.to("segment")))

    @routes.get("/{segment}/members", response_model=CountedListing[Profile], summary="List the people in it")
    async def list_members(
        segment: PathId,
        caller: Reader,
        page_size: PageSize = 50,
        page_token: PageToken = "",
        fields: Annotated[
            list[Part] | None, Query(max_length=9, description="Only these parts of each person.")
        ] = None,
    ) -> Response:
        """Lists the people in a segment; `total` is exact."""
        request = pb.ListMembersRequest(id=segment, page_size=page_size, page_token=page_token)
        found = await peers.segments.ListMembers(request, **caller.to("segment"))
        people = await cards(peers, caller, found.profiles, fields or ())
        return written({"items": people, "next_page_token": found.next_page_token, "total": found.total})

    @routes.get("/{segment}/history", response_model=Listing[SizeAt], summary="How large it was")
    async def list_history(
        segment: PathId, caller: Reader, page_size: PageSize = 50, page_token: PageToken = ""
    ) -> Response:
        """Lists the sizes that a segment had, newest first."""
        request = pb.ListHistoryRequest(id=segment, page_size=page_size, page_token=page_token)
        return listed(await peers.segments.ListHistory(request, **caller.to("segment")), "sizes", total=False)

    return routes
