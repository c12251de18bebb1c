"""The service's RPCs: proto to command or query and back."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

from chassis.grpc import principal_of
from chassis.kernel import Etag, EtagStale, Violation
from chassis.kernel.problem import InvalidField
from chassis.operations import Operations
from chassis.operations_rpc import operation_to
from chassis.paging import Pages, page_size
from gen.consilium.operations.v1 import operations_pb2
from gen.consilium.segment.v1 import segments_pb2 as pb
from gen.consilium.segment.v1 import segments_pb2_grpc
from services.segment import commands, queries
from services.segment.adapters import convert
from services.segment.adapters.recounts import begin_rebuild
from services.segment.app import App
from services.segment.domain.segment import Segment

SERVICE = "consilium.segment.v1.Segments"


class SegmentsServicer(segments_pb2_grpc.SegmentsServicer):
    """Serves segments and the search of people."""

    def __init__(self, app: App, pages: Pages, operations: Operations) -> None:
        self._app, self._pages, self._operations = app, pages, operations

    async def PreviewSegment(self, request: pb.PreviewSegmentRequest, context: Any) -> pb.PreviewSegmentResponse:
        """Count a rule that is not saved."""
        await queries.wait_for(_write(request.at_least), self._app)
        previewed = await queries.preview_segment(
            convert.rule_from(request) or {},
            principal_of(context).workspace,
            convert.terms_from(request),
            request.sample,
            self._app,
        )
        return convert.preview_to(previewed)

    async def CreateSegment(self, request: pb.CreateSegmentRequest, context: Any) -> pb.Segment:
        """Make a segment."""
        principal = principal_of(context)
        command = commands.CreateSegment(
            workspace=principal.workspace,
            principal=principal.id,
            name=request.name,
            kind=convert.kind_from(request.kind),
            rule=convert.rule_from(request),
            auto_update=request.auto_update if request.HasField("auto_update") else None,
            members=list(request.members),
            request=request.request_id,
        )
        return await self._told(await commands.create_segment(command, self._app))

    async def GetSegment(self, request: pb.GetSegmentRequest, context: Any) -> pb.Segment:
        """Get one."""
        return await self._told(await self._app.audiences.one(request.id, principal_of(context).workspace))

    async def ListSegments(self, request: pb.ListSegmentsRequest, context: Any) -> pb.ListSegmentsResponse:
        """List them, last changed first."""
        workspace = principal_of(context).workspace
        query = {"list": "segments", "workspace": workspace, "archived": request.archived, "text": request.text}
        size = page_size(request.page_size)
        position = self._pages.position(query, request.page_token)
        found, total = await self._app.segments.page(
            workspace,
            archived=request.archived,
            text=request.text,
            after=None if position is None else (convert.moment_from(position[0]), position[1]),
            size=size + 1,
        )
        last = found[size - 1] if len(found) > size else None
        return pb.ListSegmentsResponse(
            segments=await self._all_told(found[:size]),
            next_page_token=self._pages.token(query, last and [convert.moment_to(last.updated), last.id]),
            total=total,
        )

    async def UpdateSegment(self, request: pb.UpdateSegmentRequest, context: Any) -> pb.Segment:
        """Change one."""
        principal = principal_of(context)
        command = commands.UpdateSegment(
            segment=request.id,
            workspace=principal.workspace,
            principal=principal.id,
            expected=Etag.parse(request.etag),
            name=request.name if request.HasField("name") else None,
            rule=convert.rule_from(request),
            auto_update=request.auto_update if request.HasField("auto_update") else None,
        )
        return await self._told(await commands.update_segment(command, self._app))

    async def CopySegment(self, request: pb.CopySegmentRequest, context: Any) -> pb.Segment:
        """Copy one."""
        principal = principal_of(context)
        command = commands.CopySegment(
            request.id, principal.workspace, principal.id, request.name, request=request.request_id
        )
        return await self._told(await commands.copy_segment(command, self._app))

    async def ArchiveSegment(self, request: pb.ArchiveSegmentRequest, context: Any) -> pb.Segment:
        """Set one aside."""
        return await self._told(await commands.archive_segment(request.id, principal_of(context).workspace, self._app))

    async def RestoreSegment(self, request: pb.RestoreSegmentRequest, context: Any) -> pb.Segment:
        """Bring one back."""
        principal = principal_of(context)
        return await self._told(
            await commands.restore_segment(request.id, principal.workspace, principal.id, self._app)
        )

    async def AddMembers(self, request: pb.AddMembersRequest, context: Any) -> pb.Segment:
        """Put people in by hand."""
        principal = principal_of(context)
        command = commands.ChangeMembers(request.id, principal.workspace, principal.id, put_in=list(request.profiles))
        return await self._told(await commands.change_members(command, self._app))

    async def RemoveMembers(self, request: pb.RemoveMembersRequest, context: Any) -> pb.Segment:
        """Take people out by hand."""
        principal = principal_of(context)
        command = commands.ChangeMembers(
            request.id, principal.workspace, principal.id, taken_out=list(request.profiles)
        )
        return await self._told(await commands.change_members(command, self._app))

    async def ListMembers(self, request: pb.ListMembersRequest, context: Any) -> pb.ListMembersResponse:
        """List who is in it, by number."""
        workspace = principal_of(context).workspace
        query = {"list": "members", "workspace": workspace, "segment": request.id}
        page = await queries.list_members(
            request.id,
            workspace,
            page_size(request.page_size),
            self._pages.position(query, request.page_token),
            self._app,
        )
        return pb.ListMembersResponse(
            profiles=[member.profile for member in page.members],
            next_page_token=self._pages.token(query, page.after),
            total=page.total,
        )

    async def RefreshSegment(self, request: pb.RefreshSegmentRequest, context: Any) -> operations_pb2.Operation:
        """Work the membership out anew."""
        principal = principal_of(context)
        operation = await commands.refresh_segment(request.id, principal.workspace, principal.id, self._app)
        return operation_to(await self._operations.get(operation, principal.workspace))

    async def ExplainMembership(
        self, request: pb.ExplainMembershipRequest, context: Any
    ) -> pb.ExplainMembershipResponse:
        """Say why a person is in or out."""
        workspace = principal_of(context).workspace
        return convert.explanation_to(
            await queries.explain_membership(request.id, workspace, request.profile, self._app)
        )

    async def ListHistory(self, request: pb.ListHistoryRequest, context: Any) -> pb.ListHistoryResponse:
        """List the sizes that it had."""
        workspace = principal_of(context).workspace
        query = {"list": "history", "workspace": workspace, "segment": request.id}
        size = page_size(request.page_size)
        position = self._pages.position(query, request.page_token)
        before = None if position is None else convert.moment_from(position)
        found = await queries.list_history(request.id, workspace, before, size + 1, self._app)
        last = found[size - 1] if len(found) > size else None
        return pb.ListHistoryResponse(
            sizes=[convert.size_to(each) for each in found[:size]],
            next_page_token=self._pages.token(query, last and convert.moment_to(last.time)),
        )

    async def OverlapSegments(self, request: pb.OverlapSegmentsRequest, context: Any) -> pb.OverlapSegmentsResponse:
        """Count what segments share."""
        workspace = principal_of(context).workspace
        return convert.overlap_to(await queries.overlap_segments(list(request.ids), workspace, self._app))

    async def StreamSnapshot(
        self, request: pb.StreamSnapshotRequest, _context: Any
    ) -> AsyncIterator[pb.StreamSnapshotResponse]:
        """Freeze who is in it and stream them; the first message may hold nobody."""
        snapshot = await queries.freeze_segment(request.id, request.workspace, request.snapshot, self._app)
        first = pb.StreamSnapshotResponse(total=len(snapshot.numbers))
        first.freeze_time.FromDatetime(snapshot.frozen)
        yield first
        async for members in queries.stream_snapshot(snapshot, request.after_no, self._app):
            answer = pb.StreamSnapshotResponse(
                total=len(snapshot.numbers),
                members=[pb.Member(profile=member.profile, no=member.no) for member in members],
            )
            answer.freeze_time.FromDatetime(snapshot.frozen)
            yield answer

    async def SearchPeople(self, request: pb.SearchPeopleRequest, context: Any) -> pb.SearchPeopleResponse:
        """Find people."""
        wanted = queries.Wanted(
            workspace=principal_of(context).workspace,
            text=request.text,
            filter=convert.rule_from(request, "filter"),
            order=request.order_by,
            archived=request.archived,
            standing=convert.standing_from(request),
        )
        query = {"list": "people", **{name: getattr(wanted, name) for name in wanted.__slots__}}
        await queries.wait_for(_write(request.at_least), self._app)
        page = await queries.search_people(
            wanted, page_size(request.page_size), self._pages.position(query, request.page_token), self._app
        )
        return pb.SearchPeopleResponse(
            profiles=[member.profile for member in page.members],
            next_page_token=self._pages.token(query, page.after),
            total=page.total,
        )

    async def CountValues(self, request: pb.CountValuesRequest, context: Any) -> pb.CountValuesResponse:
        """Count people by the values of a field."""
        found = await queries.count_values(
            request.field,
            convert.rule_from(request, "filter"),
            page_size(request.limit),
            principal_of(context).workspace,
            self._app,
        )
        return pb.CountValuesResponse(values=[pb.ValueCount(value=value, count=count) for value, count in found])

    async def ListMemberships(self, request: pb.ListMembershipsRequest, context: Any) -> pb.ListMembershipsResponse:
        """List the segments that a person is in."""
        found = await queries.list_memberships(request.profile, principal_of(context).workspace, self._app)
        return pb.ListMembershipsResponse(segments=await self._all_told(found))

    async def RebuildIndex(self, _request: pb.RebuildIndexRequest, context: Any) -> operations_pb2.Operation:
        """Build the index anew."""
        return operation_to(await begin_rebuild(self._operations, principal_of(context).id))

    async def _told(self, segment: Segment) -> pb.Segment:
        return (await self._all_told([segment]))[0]

    async def _all_told(self, segments: Sequence[Segment]) -> list[pb.Segment]:
        sizes = await queries.sizes(segments, self._app)
        catalogue = await self._app.catalogues.attributes()
        return [
            convert.segment_to(segment, sizes[segment.id], await queries.sentences(segment.rule, catalogue, self._app))
            for segment in segments
        ]


def _write(at_least: str) -> Etag | None:
    """Read which write a reader waits for; one that was never made is the reader's mistake, no race that he lost."""
    try:
        return Etag.parse(at_least)
    except EtagStale as error:
        raise InvalidField(
            violations=[Violation("at_least", "ETAG_UNKNOWN", "This is not an etag of ours.")]
        ) from error
