"""What leaves and what arrives on the bus."""

from collections.abc import Sequence
from dataclasses import dataclass

from chassis.bus import Delivery
from chassis.kernel import derived_id, partition_of
from chassis.outbox import Fact
from gen.consilium.profile.v1 import events_pb2 as profile_pb
from gen.consilium.segment.v1 import events_pb2 as pb
from services.segment.domain.membership import MembershipChanged
from services.segment.domain.segment import SegmentRefreshed

TOPIC = "segment"
FOLLOWED_TOPIC = "profile"

CHANGED = "profile-changed"
MERGED = "profile-merged"
UNMERGED = "profile-unmerged"
FOLLOWED = frozenset({CHANGED, MERGED, UNMERGED})
"""What is followed; archiving and erasing also raise the revision and tell `profile-changed`."""


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody whom a fact names; revision 0 where it does not tell his."""

    profile: str
    no: int
    revision: int


def named_in(deliveries: Sequence[Delivery]) -> list[Named]:
    """Return everybody whom facts name, once each, at the highest revision told."""
    found: dict[str, Named] = {}
    for delivery in deliveries:
        for named in _named(delivery):
            known = found.get(named.profile)
            if known is None or known.revision < named.revision:
                found[named.profile] = named
    return list(found.values())


def _named(delivery: Delivery) -> list[Named]:
    if delivery.event == MERGED:
        merged = profile_pb.ProfileMerged.FromString(delivery.body)
        return [Named(merged.profile, merged.no, merged.revision), Named(merged.absorbed, merged.absorbed_no, 0)]
    if delivery.event == UNMERGED:
        unmerged = profile_pb.ProfileUnmerged.FromString(delivery.body)
        return [
            Named(unmerged.profile, unmerged.no, unmerged.revision),
            Named(unmerged.released, unmerged.released_no, 0),
        ]
    changed = profile_pb.ProfileChanged.FromString(delivery.body)
    return [Named(changed.profile, changed.no, changed.revision)]


def membership_fact(change: MembershipChanged, container_revision: int) -> Fact:
    """Return the fact that somebody joined or left; its id is of the container's revision that holds the change."""
    body = pb.MembershipChanged(segment=change.segment, profile=change.profile, no=change.no, revision=change.revision)
    body.time.FromDatetime(change.time)
    event = "member-joined" if change.joined else "member-left"
    return Fact(
        id=derived_id(event, change.segment, str(change.no), str(container_revision)),
        topic=TOPIC,
        event=event,
        partition=partition_of(change.profile),
        body=body.SerializeToString(),
        time=change.time,
    )


def refreshed_fact(refreshed: SegmentRefreshed, revision: int) -> Fact:
    """Return the fact that a segment's membership was worked out anew."""
    return Fact(
        id=derived_id("segment-refreshed", refreshed.segment, str(revision)),
        topic=TOPIC,
        event="segment-refreshed",
        partition=partition_of(refreshed.segment),
        body=_refreshed(refreshed).SerializeToString(),
        time=refreshed.time,
    )


def _refreshed(refreshed: SegmentRefreshed) -> pb.SegmentRefreshed:
    body = pb.SegmentRefreshed(segment=refreshed.segment, members=refreshed.members)
    body.time.FromDatetime(refreshed.time)
    return body
