"""What arrives on the bus, read into report's words."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from google.protobuf.message import Message

from chassis.bus import Delivery as Arrived
from gen.consilium.campaign.v1 import events_pb2 as campaign_pb
from gen.consilium.channel.v1 import events_pb2 as channel_pb
from gen.consilium.channel.v1 import messages_pb2
from gen.consilium.profile.v1 import events_pb2 as profile_pb
from gen.consilium.segment.v1 import events_pb2 as segment_pb
from services.report.adapters import messages
from services.report.domain.facts import MARKS, OUTCOMES, DeliveryKind, version_of_decision

NOW = datetime(2026, 3, 2, 12, 0, 0, 123_000, tzinfo=UTC)


def arrived(event: str, body: Message, *, fact: str = "fact-1") -> Arrived:
    return Arrived(fact, "topic", event, 0, body.SerializeToString(), NOW, 7, 1)


@pytest.mark.parametrize("code", OUTCOMES)
def test_every_outcome_keeps_its_code(code: str) -> None:
    number = messages_pb2.Outcome.Value(f"OUTCOME_{code.upper().replace('-', '_')}")
    body = channel_pb.MessageFinished(message="m", profile="p", subject="r", outcome=number)

    [fact] = messages.deliveries_from([arrived(f"message-{code}", body)])

    assert (fact.kind, fact.code, fact.subject, fact.id) == (DeliveryKind.OUTCOME, code, "r", "fact-1")


def test_the_outcomes_are_those_of_the_contract() -> None:
    known = {messages.outcome_code(number) for number in messages_pb2.Outcome.values() if number}

    assert set(OUTCOMES) == known


@pytest.mark.parametrize("code", MARKS)
def test_every_mark_is_one_and_not_an_outcome(code: str) -> None:
    mark = messages_pb2.Mark(kind=code, machine=True, bounce_class="hard" if code == "bounced-later" else "")
    mark.time.FromDatetime(NOW - timedelta(minutes=1))
    body = channel_pb.MessageMarked(message="m", profile="p", mark=mark)

    [fact] = messages.deliveries_from([arrived(f"message-{code}", body)])

    assert (fact.kind, fact.code, fact.machine) == (DeliveryKind.MARK, code, True)
    assert fact.subject == "p"  # without a record the person stands for it
    assert fact.time == NOW - timedelta(minutes=1)
    assert fact.reason == ("hard" if code == "bounced-later" else "")


def test_a_request_is_one_fact_a_person_and_one_run() -> None:
    body = campaign_pb.MessagesRequested(
        batch="b", campaign="c", entry=2, node="send", channels=["email", "sms"], workspace="main",
        goal_event="form_sent", goal_window_hours=48,
    )  # fmt: skip
    for number in range(3):
        body.requests.add(message=f"m{number}", profile=f"p{number}", held_out=number == 2)

    requests, runs = messages.requests_from([arrived("messages-requested", body), arrived("messages-requested", body)])

    assert [(each.id, each.subject, each.channel) for each in requests[:3]] == [
        (f"m{number}/requested", f"p{number}", "email") for number in range(3)
    ]
    assert {(each.id, each.time) for each in requests} == {(f"m{number}/requested", NOW) for number in range(3)}
    [run] = runs
    assert (run.campaign, run.entry, run.node, run.goal_event, run.goal_window_hours) == (
        "c",
        2,
        "send",
        "form_sent",
        48,
    )


def test_an_activity_keeps_its_properties_by_kind_and_the_sender_s_id_within_its_source() -> None:
    body = profile_pb.ActivityRecorded(event_id="e-1", source="site", name="paid", subject="d", base="main", dropped=2)
    body.properties.add(key="price", number=1.5)
    body.properties.add(key="first", flag=False)
    body.properties.add(key="page", code="home")
    body.properties.add(key="until").time.FromDatetime(NOW)
    body.properties.add(key="nothing")

    [fact] = messages.activities_from([arrived("activity-recorded", body, fact="another")])

    assert (fact.id, fact.event_id, fact.profile, fact.dropped) == ("site/e-1", "e-1", "", 2)
    assert (fact.numbers, fact.flags, fact.codes, fact.times) == (
        {"price": 1.5}, {"first": False}, {"page": "home"}, {"until": NOW},
    )  # fmt: skip


@pytest.mark.parametrize("year", [1, 1850, 2300, 9999])
def test_a_moment_that_no_warehouse_holds_is_dropped_and_counted(year: int) -> None:
    body = profile_pb.ActivityRecorded(event_id="e-1", source="site", name="paid", subject="d", base="main", dropped=1)
    body.properties.add(key="until").time.FromDatetime(datetime(year, 6, 1, tzinfo=UTC))
    body.properties.add(key="since").time.FromDatetime(datetime(1900, 1, 1, tzinfo=UTC))

    [fact] = messages.activities_from([arrived("activity-recorded", body)])

    assert (dict(fact.times), fact.dropped) == ({"since": datetime(1900, 1, 1, tzinfo=UTC)}, 2)


def test_memberships_are_joined_or_left() -> None:
    body = segment_pb.MembershipChanged(segment="s", profile="p")

    joined, left = messages.memberships_from([arrived("member-joined", body), arrived("member-left", body)])

    assert (joined.member, left.member) == (True, False)


def people_of(*facts: tuple[str, Any]) -> Any:
    return messages.people_from([arrived(event, body) for event, body in facts])


def test_people_are_read_again_once_at_their_highest_revision() -> None:
    changed = people_of(
        ("profile-changed", profile_pb.ProfileChanged(profile="a", revision=3)),
        ("profile-archived", profile_pb.ProfileStateChanged(profile="a", revision=5)),
        ("record-linked", profile_pb.RecordLinked(record="r", profile="a", revision=4)),
        ("profile-merged", profile_pb.ProfileMerged(profile="b", absorbed="c", revision=2)),
        ("profile-unmerged", profile_pb.ProfileUnmerged(profile="d", released="e", revision=6)),
    )

    assert changed.profiles == {"a": 5, "b": 2, "d": 6, "e": 0}


def test_a_device_s_link_is_kept_as_decided() -> None:
    changed = people_of(("device-linked", profile_pb.DeviceLinked(device="d", profile="a", revision=1)))

    [link] = changed.links
    assert (link.subject, link.person, link.version) == ("d", "a", version_of_decision(NOW))
    assert changed.profiles == {"a": 0}  # the revision is the device's, not the person's


def test_the_erased_are_not_read_again() -> None:
    changed = people_of(
        ("profile-changed", profile_pb.ProfileChanged(profile="a", revision=3)),
        ("profile-erased", profile_pb.ProfileStateChanged(profile="a", revision=4)),
    )

    assert (changed.profiles, changed.erased) == ({}, ["a"])
