"""The segment service as campaign needs it: who, how many of them can be reached, and the frozen audience."""

from collections.abc import AsyncIterator
from typing import Any

from google.protobuf.struct_pb2 import Struct

from chassis.grpc import Peer, ServiceTokens
from chassis.kernel import Code, Problem
from gen.consilium.segment.v1 import segments_pb2 as pb
from gen.consilium.segment.v1 import segments_pb2_grpc as pb_grpc
from services.campaign.domain.campaign import Campaign
from services.campaign.domain.checklist import Audience
from services.campaign.domain.errors import SegmentUnknown
from services.campaign.domain.requests import Member
from services.campaign.ports import Segment, SnapshotPart

AUDIENCE = "segment"
SERVICE = "consilium.segment.v1.Segments"
_PREVIEW_SECONDS = 10.0


class SegmentPeer:
    """The port Segments. Every call works in the campaign's own workspace."""

    def __init__(self, peer: Peer, tokens: ServiceTokens) -> None:
        self._peer, self._tokens = peer, tokens
        self._stub: Any = pb_grpc.SegmentsStub(peer.channel)

    async def audience(self, campaign: Campaign) -> Segment | None:
        """Get the segment, then preview "in this segment" for the campaign's consent."""
        settings = campaign.settings
        token = await self._tokens.token(AUDIENCE, campaign.workspace)
        try:
            segment = await self._peer.call(
                self._stub.GetSegment, pb.GetSegmentRequest(id=settings.segment), token=token
            )
        except Problem as problem:
            if problem.code in {Code.NOT_FOUND, Code.INVALID_ARGUMENT}:
                return None
            raise
        if segment.workspace != campaign.workspace:
            return None
        rule = Struct()
        rule.update({"segment": settings.segment})
        preview = await self._peer.call(
            self._stub.PreviewSegment,
            pb.PreviewSegmentRequest(
                rule=rule,
                terms=pb.ReachTerms(controller=settings.controller, purpose=settings.purpose, topic=settings.topic),
            ),
            timeout=_PREVIEW_SECONDS,
            token=token,
        )
        return Segment(
            archived=segment.state == pb.SEGMENT_STATE_ARCHIVED,
            audience=_audience(preview, settings.channels),
        )

    async def members(self, campaign: Campaign) -> AsyncIterator[SnapshotPart]:
        """Stream the snapshot that bears the run's id."""
        request = pb.StreamSnapshotRequest(
            id=campaign.settings.segment, snapshot=campaign.current_run.id, workspace=campaign.workspace
        )
        try:
            async for part in self._peer.stream(self._stub.StreamSnapshot, request):
                yield SnapshotPart(part.total, [Member(member.profile, member.no) for member in part.members])
        except Problem as problem:
            if problem.code is Code.NOT_FOUND:
                raise SegmentUnknown(campaign.settings.segment) from problem
            raise


def _audience(preview: pb.PreviewSegmentResponse, channels: tuple[str, ...]) -> Audience:
    """Read the reach of the first channel that was counted; later ones are attempts of the same message."""
    by_channel = {reach.channel: reach for reach in preview.reach}
    reach = next((by_channel[channel] for channel in channels if channel in by_channel), None)
    if reach is None:
        return Audience(preview.count, 0, {})
    return Audience(preview.count, reach.reachable, {loss.reason: loss.count for loss in reach.losses})
