"""Proto to our words and back."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from google.protobuf import json_format
from google.protobuf.struct_pb2 import Struct

from gen.consilium.segment.v1 import segments_pb2 as pb
from services.segment.domain.segment import RuleTree, Segment, SegmentKind, SegmentState
from services.segment.ports import Preview, Size, SizeAt, Standing, Terms
from services.segment.queries import Explanation, Overlap, Previewed

_KINDS = {SegmentKind.LIVE: pb.SEGMENT_KIND_LIVE, SegmentKind.STATIC: pb.SEGMENT_KIND_STATIC}
_STATES = {SegmentState.ACTIVE: pb.SEGMENT_STATE_ACTIVE, SegmentState.ARCHIVED: pb.SEGMENT_STATE_ARCHIVED}


def rule_from(message: Any, field: str = "rule") -> RuleTree | None:
    """Read a rule; None where there is none or an empty object."""
    if not message.HasField(field):
        return None
    tree: dict[str, Any] = json_format.MessageToDict(getattr(message, field))
    return tree or None


def kind_from(kind: int) -> SegmentKind:
    """Read a kind."""
    return SegmentKind.LIVE if kind == pb.SEGMENT_KIND_LIVE else SegmentKind.STATIC


def standing_from(request: pb.SearchPeopleRequest) -> Standing | None:
    """Read how the people who are looked for stand to a channel; None where nothing is said of it."""
    if not request.HasField("reach"):
        return None
    return Standing(request.reach.channel, request.reach.standing, terms_from(request.reach))


def terms_from(request: pb.PreviewSegmentRequest | pb.ReachFilter) -> Terms | None:
    """Read for which message reach is counted; None where no controller is named."""
    if not request.HasField("terms") or not request.terms.controller:
        return None
    return Terms(request.terms.controller, request.terms.purpose, request.terms.topic)


def segment_to(segment: Segment, size: Size, sentences: Mapping[str, str]) -> pb.Segment:
    """Give a segment as it travels."""
    message = pb.Segment(
        id=segment.id,
        name=segment.name,
        kind=_KINDS[segment.kind],
        state=_STATES[segment.state],
        auto_update=segment.auto_update,
        members=size.members,
        etag=str(segment.etag),
        workspace=segment.workspace,
        sentences=sentences,
    )
    if segment.rule is not None:
        rule = Struct()
        rule.update(dict(segment.rule))
        message.rule.CopyFrom(rule)
    message.member_time.FromDatetime(max(size.changed, segment.refreshed or size.changed))
    message.create_time.FromDatetime(segment.created)
    message.update_time.FromDatetime(segment.updated)
    return message


def preview_to(previewed: Previewed) -> pb.PreviewSegmentResponse:
    """Give a preview as it travels."""
    preview: Preview = previewed.preview
    return pb.PreviewSegmentResponse(
        count=preview.count,
        reach=[
            pb.Reach(
                channel=reach.channel,
                reachable=reach.reachable,
                losses=[pb.Loss(reason=reason, count=count) for reason, count in reach.losses.items()],
            )
            for reach in preview.reach
        ],
        sample=preview.sample,
        sentences=previewed.sentences,
        lag_ms=previewed.lag_ms,
    )


def explanation_to(explanation: Explanation) -> pb.ExplainMembershipResponse:
    """Give an explanation as it travels."""
    return pb.ExplainMembershipResponse(
        member=explanation.member,
        by_hand=explanation.by_hand,
        reasons=[
            pb.Reason(pointer=reason.pointer, sentences=reason.sentences, holds=reason.holds)
            for reason in explanation.reasons
        ],
    )


def size_to(size: SizeAt) -> pb.SizeAt:
    """Give a line of a history as it travels."""
    message = pb.SizeAt(members=size.members, joined=size.joined, left=size.left)
    message.time.FromDatetime(size.time)
    return message


def overlap_to(overlap: Overlap) -> pb.OverlapSegmentsResponse:
    """Give an overlap as it travels."""
    return pb.OverlapSegmentsResponse(
        any=overlap.any,
        all=overlap.all,
        pairs=[pb.Overlap(first=first, second=second, count=count) for first, second, count in overlap.pairs],
    )


def moment_to(moment: datetime) -> int:
    """Give a moment as a page token holds it, in milliseconds."""
    return round(moment.timestamp() * 1000)


def moment_from(milliseconds: int) -> datetime:
    """Read a moment of a page token."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
