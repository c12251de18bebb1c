"""Report through its doors: facts come by the bus, answers go out by gRPC."""

import itertools
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from chassis.kernel import Problem, SystemClock, new_id, partition_of
from chassis.operations import Operations
from gen.consilium.campaign.v1 import events_pb2 as campaign_pb
from gen.consilium.channel.v1 import events_pb2 as channel_pb
from gen.consilium.channel.v1 import messages_pb2
from gen.consilium.profile.v1 import events_pb2 as profile_pb
from gen.consilium.report.v1 import reports_pb2 as pb
from services.report.adapters.daywork import COMPARE, begin_day
from services.report.adapters.warehouse.address import address_of
from services.report.adapters.warehouse.engine import open_engine
from services.report.adapters.warehouse.people import partitions_of, revisions_of
from services.report.ports import PartitionState
from tests.component.report.conftest import Report
from tests.component.report.neighbours import person
from tests.trail import acts

CODES = dict(messages_pb2.Outcome.items())


def now(minutes: float = 0) -> datetime:
    return datetime.now(UTC) + timedelta(minutes=minutes)


def finished(message: str, profile: str, campaign: str, outcome: str, **changed: Any) -> channel_pb.MessageFinished:
    body = channel_pb.MessageFinished(
        message=message,
        campaign=campaign,
        entry=1,
        node="send",
        profile=profile,
        channel="email",
        outcome=CODES[f"OUTCOME_{outcome.upper().replace('-', '_')}"],
        subject=f"record-of-{profile}",
        workspace="main",
        controller="main",
        **changed,
    )
    body.time.FromDatetime(now())
    return body


def marked(message: str, profile: str, campaign: str, mark: str, *, machine: bool = False) -> channel_pb.MessageMarked:
    body = channel_pb.MessageMarked(
        message=message,
        campaign=campaign,
        entry=1,
        profile=profile,
        channel="email",
        subject=f"record-of-{profile}",
        workspace="main",
        mark=messages_pb2.Mark(kind=mark, machine=machine),
    )
    body.mark.time.FromDatetime(now())
    return body


def activity(event: str, subject: str, profile: str, name: str, base: str = "main") -> profile_pb.ActivityRecorded:
    body = profile_pb.ActivityRecorded(
        event_id=event, source="site", name=name, subject=subject, profile=profile, base=base
    )
    body.properties.add(key="price", number=12.5)
    body.time.FromDatetime(now(1))
    return body


class Story:
    """A campaign with three people."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.campaign = new_id()
        self.people = [new_id() for _ in range(3)]
        self.messages = [new_id() for _ in range(3)]

    async def tell(self) -> None:
        report, campaign = self.report, self.campaign
        batch = campaign_pb.MessagesRequested(
            batch=new_id(),
            campaign=campaign,
            entry=1,
            node="send",
            channels=["email"],
            workspace="main",
            controller="main",
            goal_event="webinar_registered",
            goal_window_hours=24,
        )
        for message, profile in zip(self.messages, self.people, strict=True):
            batch.requests.add(message=message, profile=profile)
        batch.release_time.FromDatetime(now())
        await report.tell("message", "messages-requested", campaign, batch, fact=batch.batch)
        first, second, third = zip(self.messages, self.people, strict=True)
        facts: list[tuple[str, str, Any]] = [
            ("message-opened", f"{first[0]}-o", marked(*first, campaign, "opened")),  # before its outcome
            ("message-delivered", f"{first[0]}-d", finished(*first, campaign, "delivered")),
            ("message-clicked", f"{first[0]}-c", marked(*first, campaign, "clicked")),
            ("message-delivered", f"{second[0]}-d", finished(*second, campaign, "delivered")),
            ("message-opened", f"{second[0]}-o", marked(*second, campaign, "opened", machine=True)),
            ("message-no-consent", f"{third[0]}-n", finished(*third, campaign, "no-consent", reason="consent-missing")),
        ]
        for event, fact, body in facts:
            await report.tell("delivery", event, body.profile, body, fact=fact)
        done = activity(f"e-{campaign}", f"record-of-{self.people[0]}", self.people[0], "webinar_registered")
        await report.tell("activity", "activity-recorded", self.people[0], done, fact=f"a-{campaign}")

    async def figures(self, workspace: str = "main") -> dict[str, int]:
        request = pb.GetCampaignReportRequest(campaign=self.campaign)
        answer = await self.report.ask("GetCampaignReport", request, person(workspace))
        return {figure.metric.name: figure.value.numerator for figure in answer.figures}


async def test_a_campaign_s_report_adds_up_from_the_bus(report: Report) -> None:
    story = Story(report)
    await story.tell()

    await report.until(
        story.figures, lambda got: got["converted"] == 1 and got["unfinished"] == 0 and got["clicked"] == 1
    )
    answer = await report.ask("GetCampaignReport", pb.GetCampaignReportRequest(campaign=story.campaign), person("main"))
    asked = pb.ListCampaignPeopleRequest(campaign=story.campaign, metric="converted")
    behind = await report.ask("ListCampaignPeople", asked, person("main"))
    assert ([each.profile for each in behind.people], behind.total) == ([story.people[0]], 1)
    foreign = await report.ask("ListCampaignPeople", asked, person("partner"))
    assert (list(foreign.people), foreign.total) == ([], 0)

    figures = {figure.metric.name: figure for figure in answer.figures}
    assert {name: figures[name].value.numerator for name in ("requested", "delivered", "no_consent", "opened")} == {
        "requested": 3,
        "delivered": 2,
        "no_consent": 1,
        "opened": 1,
    }
    ctr = figures["ctr"]
    assert (ctr.value.value, ctr.value.numerator, ctr.value.denominator) == (0.5, 1, 2)
    assert (ctr.metric.formula, ctr.metric.denominator, ctr.metric.unit) == ("clicked / reached", "reached", "ratio")
    assert figures["cto"].value.value == 0.5
    assert set(ctr.metric.titles) == {"en", "ru"}
    assert [(each.outcome, each.reason, each.count) for each in answer.outcomes] == [
        ("delivered", "", 2),
        ("no-consent", "consent-missing", 1),
    ]
    assert answer.time_zone == "Europe/Moscow"
    assert answer.HasField("fresh_time")
    assert sum(row.values["requested"].numerator for row in answer.days) == 3
    by_hour = pb.GetCampaignReportRequest(campaign=story.campaign, step="hour")
    hours = (await report.ask("GetCampaignReport", by_hour, person("main"))).days
    assert sum(row.values["requested"].numerator for row in hours) == 3
    assert all(row.dimensions["hour"][13:] == ":00" for row in hours)
    machines = pb.GetCampaignReportRequest(campaign=story.campaign, machines=True)
    counted = await report.ask("GetCampaignReport", machines, person("main"))
    assert {f.metric.name: f.value.numerator for f in counted.figures}["opened"] == 2
    assert set((await story.figures("partner")).values()) == {0}
    assert (await story.figures("*"))["requested"] == 3


async def test_facts_told_again_count_once(report: Report) -> None:
    story = Story(report)
    await story.tell()
    await report.until(story.figures, lambda got: got["converted"] == 1 and got["unfinished"] == 0)
    before = await story.figures()

    jetstream = report.engines.bus.jetstream
    for topic in ("MESSAGE", "DELIVERY", "ACTIVITY"):
        stream = f"{report.settings.namespace}_{topic}".upper().replace("-", "_")
        info = await jetstream.stream_info(stream)
        for sequence in range(1, info.state.last_seq + 1):
            told = await jetstream.get_msg(stream, seq=sequence)
            headers = {**(told.headers or {}), "Nats-Msg-Id": f"again-{sequence}"}  # as a replay from the outboxes
            await jetstream.publish(told.subject or "", told.data or b"", headers=headers)
    marker = Story(report)
    await marker.tell()
    await report.until(marker.figures, lambda got: got["converted"] == 1 and got["unfinished"] == 0)

    assert await story.figures() == before


async def test_a_merge_changes_whose_timeline_shows_and_an_unmerge_takes_it_back(report: Report) -> None:
    survivor, loser = new_id(), new_id()
    profiles = report.neighbours.profiles
    profiles.put(survivor, ["r-1"], 1, city="kazan")
    profiles.put(loser, ["r-2"], 1, city="tula")
    for number, (subject, profile) in enumerate([("r-1", survivor), ("r-2", loser), ("device-1", "")]):
        body = activity(f"{survivor}-{number}", subject, profile, f"visited-{number}")
        await report.tell("activity", "activity-recorded", profile or subject, body, fact=f"{survivor}-a{number}")
    linked = profile_pb.DeviceLinked(device="device-1", profile=loser, revision=1)
    await report.tell("profile", "device-linked", loser, linked, fact=f"{loser}-device")

    async def names(profile: str, workspace: str = "main") -> list[str]:
        request = pb.GetTimelineRequest(profile=profile)
        return sorted(entry.name for entry in (await report.ask("GetTimeline", request, person(workspace))).entries)

    await report.until(lambda: names(survivor), lambda got: got == ["visited-0"])
    await report.until(lambda: names(loser), lambda got: got == ["visited-1", "visited-2"])

    profiles.merge(survivor, loser, 2)
    merged = profile_pb.ProfileMerged(profile=survivor, absorbed=loser, revision=2)
    await report.tell("profile", "profile-merged", survivor, merged, fact=f"{survivor}-merged")
    await report.until(lambda: names(survivor), lambda got: got == ["visited-0", "visited-1", "visited-2"])
    assert await names(loser) == await names(survivor)
    assert await names(survivor, "partner") == []

    profiles.unmerge(survivor, loser, ["r-1"], ["r-2"], 3)
    unmerged = profile_pb.ProfileUnmerged(profile=survivor, released=loser, revision=3)
    await report.tell("profile", "profile-unmerged", survivor, unmerged, fact=f"{survivor}-unmerged")
    await report.until(lambda: names(loser), lambda got: got == ["visited-1", "visited-2"])
    assert await names(survivor) == ["visited-0"]


async def test_an_erased_person_leaves_nothing_and_late_facts_stay_out(report: Report) -> None:
    gone, kept = new_id(), new_id()
    for profile in (gone, kept):
        report.neighbours.profiles.put(profile, [f"record-of-{profile}"], 1)
        body = activity(f"{profile}-1", f"record-of-{profile}", profile, "visited")
        await report.tell("activity", "activity-recorded", profile, body, fact=f"{profile}-a1")

    async def found() -> list[str]:
        answer = await report.ask("SearchActivities", pb.SearchActivitiesRequest(), person("main"))
        return sorted(each.profile for each in answer.activities)

    await report.until(found, lambda got: got == sorted([gone, kept]))
    erased = profile_pb.ProfileStateChanged(profile=gone, revision=9)
    await report.tell("profile", "profile-erased", gone, erased, fact=f"{gone}-erased")
    await report.until(found, lambda got: got == [kept])

    for profile in (gone, kept):
        body = activity(f"{profile}-2", f"record-of-{profile}", profile, "visited")
        await report.tell("activity", "activity-recorded", gone, body, fact=f"{profile}-a2")

    await report.until(found, lambda got: got == [kept, kept])


async def test_what_is_done_once_a_day_is_asked_for_once_whoever_restarts(report: Report) -> None:
    for _ in range(2):
        await begin_day(Operations(report.engines.database, "report", SystemClock()), "2026-03-02")
    await begin_day(Operations(report.engines.database, "report", SystemClock()), "2026-03-03")

    async def ended() -> list[str]:
        found = report.engines.database["operations"].find({"kind": COMPARE, "result": {"repaired": 0}})
        return [each["state"] async for each in found]

    await report.until(ended, lambda got: got == ["done", "done"])


async def test_profile_away_holds_its_facts_and_loses_none(report: Report) -> None:
    profile = new_id()
    profiles = report.neighbours.profiles
    profiles.put(profile, ["r-9"], 1)
    profiles.away = True
    body = activity(f"{profile}-1", "r-9", "", "visited")
    await report.tell("activity", "activity-recorded", "r-9", body, fact=f"{profile}-a")
    changed = profile_pb.ProfileChanged(profile=profile, revision=1)
    await report.tell("profile", "profile-changed", profile, changed, fact=f"{profile}-1")

    async def ready() -> dict[str, bool]:
        return await report.running.readiness()

    await report.until(ready, lambda got: any(name.startswith("report-people") for name in got))
    profiles.away = False

    async def entries() -> int:
        answer = await report.ask("GetTimeline", pb.GetTimelineRequest(profile=profile), person("main"))
        return len(answer.entries)

    await report.until(entries, lambda got: got == 1)
    await report.until(ready, lambda got: all(got.values()))
    dead = await report.engines.bus.jetstream.stream_info(f"{report.settings.namespace}_DEAD".upper().replace("-", "_"))
    assert dead.state.messages == 0


async def test_pages_follow_each_other_and_refuse_another_query_s_token(report: Report) -> None:
    profile = new_id()
    report.neighbours.profiles.put(profile, ["r-5"], 1)
    for number in range(5):
        body = activity(f"{profile}-{number}", "r-5", profile, f"step-{number}")
        await report.tell("activity", "activity-recorded", profile, body, fact=f"{profile}-{number}")

    async def page(token: str = "", size: int = 2) -> Any:
        request = pb.GetTimelineRequest(profile=profile, page_size=size, page_token=token)
        return await report.ask("GetTimeline", request, person("main"))

    await report.until(lambda: page(size=50), lambda got: len(got.entries) == 5)
    seen, token = [], ""
    while True:
        answer = await page(token)
        seen += [entry.name for entry in answer.entries]
        token = answer.next_page_token
        if not token:
            break

    assert sorted(seen) == [f"step-{number}" for number in range(5)]
    first = await page()
    other = pb.GetTimelineRequest(profile=new_id(), page_token=first.next_page_token)
    with pytest.raises(Problem) as refusal:
        await report.ask("GetTimeline", other, person("main"))
    assert refusal.value.reason == "PAGE_TOKEN_INVALID"


async def test_a_question_is_refused_by_name_and_answers_with_its_zone(report: Report) -> None:
    story = Story(report)
    await story.tell()
    await report.until(story.figures, lambda got: got["converted"] == 1 and got["unfinished"] == 0)

    request = pb.QueryReportRequest(metrics=["requested", "ctr"], dimensions=["outcome"], campaigns=[story.campaign])
    answer = await report.ask("QueryReport", request, person("main"))
    assert {row.dimensions["outcome"]: row.values["requested"].numerator for row in answer.rows} == {
        "delivered": 2,
        "no-consent": 1,
    }
    assert not answer.rows[1].values["ctr"].HasField("value")
    assert answer.time_zone == "Europe/Moscow"
    for bad, reason in (
        (pb.QueryReportRequest(metrics=["happiness"]), "METRIC_UNKNOWN"),
        (pb.QueryReportRequest(metrics=["ctr"], dimensions=["name"]), "DIMENSION_UNKNOWN"),
        (pb.QueryReportRequest(), "INVALID_FIELD"),
    ):
        with pytest.raises(Problem) as refusal:
            await report.ask("QueryReport", bad, person("main"))
        assert refusal.value.reason == reason
    with pytest.raises(Problem) as refusal:
        await report.ask("QueryReport", request, person("main", frozenset({"profiles.read"})))
    assert refusal.value.reason == "ACTION_NOT_ALLOWED"


async def test_an_export_cannot_act_in_a_spreadsheet(report: Report) -> None:
    campaign, profile, message = new_id(), new_id(), new_id()
    body = finished(message, profile, campaign, "bounced", reason='=HYPERLINK("http://x")')
    await report.tell("delivery", "message-bounced", profile, body, fact=f"{message}-b")
    request = pb.ExportReportRequest(
        query=pb.QueryReportRequest(metrics=["bounced", "ctr"], dimensions=["reason"], campaigns=[campaign]),
        format="csv",
    )

    answer = await report.until(
        lambda: report.ask("ExportReport", request, person("main")), lambda got: len(got.content.splitlines()) > 1
    )

    assert answer.content.decode() == 'reason,bounced,ctr\r\n"\'=HYPERLINK(""http://x"")",1.0,\r\n'
    assert answer.media_type == "text/csv; charset=utf-8"
    assert not answer.truncated


async def test_reconciliation_names_what_differs_from_channel_s_log(report: Report) -> None:
    story = Story(report)
    await story.tell()
    await report.until(story.figures, lambda got: got["converted"] == 1 and got["unfinished"] == 0)
    counts = report.neighbours.messages.counts
    counts.requested = 3
    counts.outcomes.update({"delivered": 2, "no-consent": 1, "bounced": 0})
    counts.marks.update({"opened": 1, "clicked": 1})
    request = pb.ReconcileCampaignRequest(campaign=story.campaign)

    assert (await report.ask("ReconcileCampaign", request, person("main"))).equal

    counts.outcomes.update({"delivered": 3, "failed": 1})
    counts.marks.update({"opened": 2})
    answer = await report.ask("ReconcileCampaign", request, person("main"))
    assert not answer.equal
    assert [(each.name, each.report, each.channel) for each in answer.differences] == [
        ("delivered", 2, 3),
        ("failed", 0, 1),
        ("opened", 1, 2),
    ]
    with pytest.raises(Problem) as refusal:
        await report.ask("ReconcileCampaign", request, person("partner"))
    assert refusal.value.reason == "REPORT_CAMPAIGN_UNKNOWN"


async def test_reading_a_timeline_is_told_to_the_audit(report: Report) -> None:
    profile = new_id()

    await report.ask("GetTimeline", pb.GetTimelineRequest(profile=profile), person("main"))

    assert ("analyst-1", "profiles.read", "allowed", [profile]) in await acts(report.engines.bus)


async def test_people_whose_facts_were_lost_are_found_by_the_daily_comparison(report: Report) -> None:
    owner, people = report.neighbours.profiles, [new_id() for _ in range(3)]
    engine = await open_engine(address_of(None, report.settings.data_directory), report.settings.warehouse_database)
    operations = Operations(report.engines.database, "report", SystemClock())
    days = itertools.count()

    async def held() -> dict[str, int]:
        """Compare once more, to the end, and give who is held then."""
        await begin_day(operations, f"day {next(days)}")
        await report.until(lambda: operations.page("*", running=True, after=None, limit=9), lambda running: not running)
        found = [await revisions_of(engine, partition) for partition in {partition_of(person) for person in people}]
        return {person: revision for each in found for person, revision in each.items()}

    try:
        for number, profile in enumerate(people):
            owner.put(profile, [f"record-{number}"], 4, city="kazan")
        await report.until(held, lambda got: got == dict.fromkeys(people, 4))

        owner.put(people[0], ["record-0"], 5, city="omsk")
        owner.merge(people[1], people[2], 6)
        await report.until(held, lambda got: got == {people[0]: 5, people[1]: 6})
        passes = owner.counts
        await held()
        assert owner.counts == passes + 1, "all partitions are counted in one pass"
        answer = await owner.CountProfiles(None, None)
        counted = {each.partition: PartitionState(each.people, each.revision_sum) for each in answer.partitions}
        assert await partitions_of(engine) == counted, "nothing is read again once both agree"
    finally:
        await engine.close()


async def test_only_non_personal_values_reach_the_warehouse(report: Report) -> None:
    profile = new_id()
    report.neighbours.profiles.put(profile, ["r-7"], 4, city="kazan")
    changed = profile_pb.ProfileChanged(profile=profile, revision=4)
    await report.tell("profile", "profile-changed", profile, changed, fact=f"{profile}-4")

    engine = await open_engine(address_of(None, report.settings.data_directory), report.settings.warehouse_database)
    try:
        rows = await report.until(
            lambda: engine.rows("SELECT * FROM profiles FINAL WHERE person = {p:String} ORDER BY base", {"p": profile}),
            lambda got: len(got) == 2,
        )
    finally:
        await engine.close()
    assert [row["base"] for row in rows] == ["*", "main"]
    assert [row["texts"] for row in rows] == [{"city": ["kazan"]}, {"city": ["kazan"]}]
    assert rows[1]["specialties"] == ["paediatrics"]
    assert rows[0]["dates"] == {"experience_since": date(2010, 9, 1)}
    assert "Ivanova" not in repr(rows)


async def test_the_metrics_are_listed(report: Report) -> None:
    answer = await report.ask("ListMetrics", pb.ListMetricsRequest(), person("main"))

    by_name = {metric.name: metric for metric in answer.metrics}
    assert by_name["cto"].formula == "converted / reached"
    assert by_name["requested"].descriptions["ru"] == "Все запрошенные сообщения."
