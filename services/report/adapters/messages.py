"""What arrives on the bus, in report's words."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from google.protobuf.timestamp_pb2 import Timestamp

from chassis.bus import Delivery as Arrived
from gen.consilium.campaign.v1 import events_pb2 as campaign_pb
from gen.consilium.channel.v1 import events_pb2 as channel_pb
from gen.consilium.channel.v1 import messages_pb2
from gen.consilium.profile.v1 import events_pb2 as profile_pb
from gen.consilium.segment.v1 import events_pb2 as segment_pb
from services.report.domain.facts import (
    Activity,
    Delivery,
    DeliveryKind,
    Link,
    Membership,
    Run,
    is_storable,
    version_of_decision,
)
from services.report.reactions import PeopleChanged

PEOPLE_EVENTS = frozenset(
    {
        "profile-changed",
        "record-linked",
        "profile-merged",
        "profile-unmerged",
        "profile-archived",
        "profile-restored",
        "profile-erased",
        "device-linked",
    }
)
MEMBERSHIP_EVENTS = frozenset({"member-joined", "member-left"})

_MESSAGE = "message-"
_HELD = "message-held"
_MARKS = frozenset(f"message-{mark}" for mark in ("opened", "clicked", "replied", "unsubscribed", "complained")) | {
    "message-bounced-later"
}


def moment(stamp: Timestamp, otherwise: datetime) -> datetime:
    """Read a moment in whole milliseconds; an absent one is `otherwise`."""
    return _exact(stamp) if stamp.seconds or stamp.nanos else otherwise


def _exact(stamp: Timestamp) -> datetime:
    return datetime.fromtimestamp(0, tz=UTC) + timedelta(milliseconds=stamp.ToMilliseconds())


def activities_from(arrived: Iterable[Arrived]) -> list[Activity]:
    """Read `activity-recorded`. The id is the sender's within its source, so that a second telling is the same fact."""
    return [_activity(profile_pb.ActivityRecorded.FromString(fact.body), fact) for fact in arrived]


def _activity(body: profile_pb.ActivityRecorded, fact: Arrived) -> Activity:
    by_kind: dict[str, dict[str, object]] = {"number": {}, "flag": {}, "time": {}, "code": {}}
    dropped = body.dropped
    for item in body.properties:
        kind = item.WhichOneof("value")
        if kind == "time" and not is_storable(item.time.ToDatetime(UTC).date()):
            dropped += 1
        elif kind is not None:
            by_kind[kind][item.key] = _exact(item.time) if kind == "time" else getattr(item, kind)
    return Activity(
        id=f"{body.source}/{body.event_id}",
        event_id=body.event_id,
        subject=body.subject,
        profile=body.profile,
        base=body.base,
        source=body.source,
        name=body.name,
        time=moment(body.time, fact.time),
        recorded=fact.time,
        numbers=by_kind["number"],  # type: ignore[arg-type]  # sorted by kind above
        flags=by_kind["flag"],  # type: ignore[arg-type]  # sorted by kind above
        times=by_kind["time"],  # type: ignore[arg-type]  # sorted by kind above
        codes=by_kind["code"],  # type: ignore[arg-type]  # sorted by kind above
        dropped=dropped,
    )


def deliveries_from(arrived: Iterable[Arrived]) -> list[Delivery]:
    """Read outcomes (`message-delivered` and so on), marks (`message-opened` and so on) and `message-held`."""
    found = []
    for fact in arrived:
        if fact.event == _HELD:
            found.append(_held(channel_pb.MessageHeld.FromString(fact.body), fact))
        elif fact.event in _MARKS:
            found.append(_mark(channel_pb.MessageMarked.FromString(fact.body), fact))
        elif fact.event.startswith(_MESSAGE):
            found.append(_outcome(channel_pb.MessageFinished.FromString(fact.body), fact))
    return found


def _outcome(body: channel_pb.MessageFinished, fact: Arrived) -> Delivery:
    return Delivery(
        id=fact.id,
        kind=DeliveryKind.OUTCOME,
        code=outcome_code(body.outcome),
        subject=body.subject or body.profile,
        profile=body.profile,
        message=body.message,
        campaign=body.campaign,
        entry=body.entry,
        channel=body.channel,
        workspace=body.workspace,
        time=moment(body.time, fact.time),
        recorded=fact.time,
        reason=body.reason,
        controller=body.controller,
        node=body.node,
        template=body.template,
        template_version=body.template_version,
        provider_code=body.provider_code,
    )


def _held(body: channel_pb.MessageHeld, fact: Arrived) -> Delivery:
    return Delivery(
        id=fact.id,
        kind=DeliveryKind.HELD,
        code="",
        subject=body.subject or body.profile,
        profile=body.profile,
        message=body.message,
        campaign=body.campaign,
        entry=body.entry,
        channel=body.channel,
        workspace=body.workspace,
        time=moment(body.time, fact.time),
        recorded=fact.time,
        reason=body.reason,
        controller=body.controller,
        node=body.node,
    )


def _mark(body: channel_pb.MessageMarked, fact: Arrived) -> Delivery:
    return Delivery(
        id=fact.id,
        kind=DeliveryKind.MARK,
        code=body.mark.kind or fact.event.removeprefix(_MESSAGE),
        subject=body.subject or body.profile,
        profile=body.profile,
        message=body.message,
        campaign=body.campaign,
        entry=body.entry,
        channel=body.channel,
        workspace=body.workspace,
        time=moment(body.mark.time, fact.time),
        recorded=fact.time,
        reason=body.mark.bounce_class,
        machine=body.mark.machine,
        controller=body.controller,
        provider_code=body.mark.code,
    )


def outcome_code(outcome: int) -> str:
    """Give an outcome's code, such as "no-consent"."""
    return messages_pb2.Outcome.Name(outcome).removeprefix("OUTCOME_").lower().replace("_", "-")  # type: ignore[arg-type]  # an enum's number


def requests_from(arrived: Iterable[Arrived]) -> tuple[list[Delivery], list[Run]]:
    """Read `messages-requested`: one fact a person, and what each run is after."""
    requests: list[Delivery] = []
    runs: dict[tuple[str, int, str], Run] = {}
    for fact in arrived:
        body = campaign_pb.MessagesRequested.FromString(fact.body)
        runs[body.campaign, body.entry, body.node] = Run(
            campaign=body.campaign,
            entry=body.entry,
            node=body.node,
            workspace=body.workspace,
            goal_event=body.goal_event,
            goal_window_hours=body.goal_window_hours,
            recorded=fact.time,
        )
        time = moment(body.release_time, fact.time)
        requests += [
            Delivery(
                id=f"{each.message}/requested",
                kind=DeliveryKind.REQUESTED,
                code="",
                subject=each.profile,
                profile=each.profile,
                message=each.message,
                campaign=body.campaign,
                entry=body.entry,
                channel=body.channels[0] if body.channels else "",
                workspace=body.workspace,
                time=time,
                recorded=fact.time,
                controller=body.controller,
                node=body.node,
                template=body.template,
                template_version=body.template_version,
            )
            for each in body.requests
        ]
    return requests, list(runs.values())


def memberships_from(arrived: Iterable[Arrived]) -> list[Membership]:
    """Read `member-joined` and `member-left`."""
    found = []
    for fact in arrived:
        body = segment_pb.MembershipChanged.FromString(fact.body)
        joined = fact.event == "member-joined"
        found.append(Membership(body.segment, body.profile, joined, moment(body.time, fact.time)))
    return found


def people_from(arrived: Sequence[Arrived]) -> PeopleChanged:
    """Read what happened to people: ids and revisions; what they are now is asked from profile."""
    profiles: dict[str, int] = {}
    links: list[Link] = []
    erased: list[str] = []

    def changed(profile: str, revision: int = 0) -> None:
        profiles[profile] = max(profiles.get(profile, 0), revision)

    for fact in arrived:
        match fact.event:
            case "profile-merged":
                merged = profile_pb.ProfileMerged.FromString(fact.body)
                changed(merged.profile, merged.revision)
            case "profile-unmerged":
                unmerged = profile_pb.ProfileUnmerged.FromString(fact.body)
                changed(unmerged.profile, unmerged.revision)
                changed(unmerged.released)
            case "device-linked":
                linked = profile_pb.DeviceLinked.FromString(fact.body)
                links.append(Link(linked.device, linked.profile, version_of_decision(fact.time)))
                changed(linked.profile)  # the fact's revision is the device's own
            case "profile-erased":
                erased.append(profile_pb.ProfileStateChanged.FromString(fact.body).profile)
            case "record-linked":
                record = profile_pb.RecordLinked.FromString(fact.body)
                changed(record.profile, record.revision)
            case _:
                body = profile_pb.ProfileChanged.FromString(fact.body)
                changed(body.profile, body.revision)
    for person in erased:
        profiles.pop(person, None)
    return PeopleChanged(profiles, links, erased)
