"""A campaign from its draft to its last outcome, through gRPC and the bus."""

import asyncio

import pytest

from chassis.kernel import Problem
from gen.consilium.campaign.v1 import campaigns_pb2 as pb
from gen.consilium.channel.v1 import messages_pb2
from tests.integration.campaign.neighbours import Neighbours, PlayedChannel, people
from tests.integration.campaign.system import SEGMENT, Console
from tests.polling import until


async def test_a_campaign_asks_for_every_person_once_and_ends_with_the_last_outcome(
    console: Console, channel: PlayedChannel
) -> None:
    campaign = await console.a_campaign(control_percent=20)

    operation = await console.launch(campaign.id)
    done = await console.until_state(campaign.id, pb.CAMPAIGN_STATE_DONE)

    assert len({request.profile for request in channel.requests.values()}) == 250
    held_out = sum(request.held_out for request in channel.requests.values())
    assert 25 <= held_out <= 75
    assert dict(done.progress.outcomes) == {"delivered": 250 - held_out, "held-out": held_out}
    assert (done.progress.audience, done.progress.released, done.progress.finished) == (250, 250, 250)
    assert (done.entry, done.template_version) == (1, 1)
    told = await console.operation(operation.id)
    assert dict(told.result) == {"entry": 1, "audience": 250, "batches": len(channel.batches)}
    body = channel.bodies[0]
    assert (body.goal_event, body.goal_window_hours, body.node) == ("webinar_registered", 72, "send")
    assert body.release_time.seconds > 0
    await until(lambda: [state.state for state in channel.states] == ["sending", "done"], seconds=60)


async def test_outcomes_told_three_times_count_once(console: Console, channel: PlayedChannel) -> None:
    channel.repeats = 3
    campaign = await console.a_campaign()
    await console.launch(campaign.id)

    done = await console.until_state(campaign.id, pb.CAMPAIGN_STATE_DONE)

    assert dict(done.progress.outcomes) == {"delivered": 250}


async def test_a_check_names_what_is_missing_and_a_launch_refuses_the_same(
    console: Console, neighbours: Neighbours
) -> None:
    neighbours.segment.unreachable = 200
    campaign = await console.a_campaign(goal=None)
    # What was sound when it was published may not be any more.
    neighbours.letters.problems = [
        messages_pb2.LetterProblem(
            severity="error", code="UNSUBSCRIBE_LINK_MISSING", field="body", detail="There is no way out."
        )
    ]

    checked = await console.call(console.campaigns.CheckCampaign, pb.CheckCampaignRequest(id=campaign.id))

    assert [finding.code for finding in checked.findings] == ["GOAL_MISSING", "UNSUBSCRIBE_LINK_MISSING", "REACH_LOW"]
    assert (checked.audience, checked.reachable, dict(checked.losses)) == (250, 50, {"no-consent": 200})
    assert not checked.passed
    with pytest.raises(Problem) as refused:
        await console.launch(campaign.id)
    assert refused.value.reason == "CHECK_FAILED"
    assert [violation.reason for violation in refused.value.violations] == ["GOAL_MISSING", "UNSUBSCRIBE_LINK_MISSING"]
    assert (await console.get(campaign.id)).state == pb.CAMPAIGN_STATE_DRAFT


async def test_launching_twice_at_once_launches_once(console: Console, channel: PlayedChannel) -> None:
    campaign = await console.a_campaign()

    answers = await asyncio.gather(*(console.launch(campaign.id) for _ in range(8)), return_exceptions=True)

    refused = [answer for answer in answers if isinstance(answer, Problem)]
    assert len(refused) == 7
    assert {problem.reason for problem in refused} <= {"CAMPAIGN_ALREADY_LAUNCHED", "ETAG_STALE"}
    await console.until_state(campaign.id, pb.CAMPAIGN_STATE_DONE)
    assert len(channel.requests) == 250
    with pytest.raises(Problem) as late:
        await console.launch(campaign.id)
    assert late.value.reason == "CAMPAIGN_ALREADY_LAUNCHED"


async def test_a_launch_repeated_with_its_key_answers_the_same_operation(
    console: Console, channel: PlayedChannel
) -> None:
    campaign = await console.a_campaign()

    first = await console.launch(campaign.id, request_id="key-1", etag=campaign.etag)
    again = await console.launch(campaign.id, request_id="key-1", etag=campaign.etag)

    assert again.id == first.id


async def test_a_launch_of_another_state_than_the_checked_one_is_refused(console: Console) -> None:
    campaign = await console.a_campaign()
    changed = pb.CampaignSettings()
    changed.CopyFrom(campaign.settings)
    changed.name = "Autumn webinar"
    await console.call(
        console.campaigns.UpdateCampaign,
        pb.UpdateCampaignRequest(id=campaign.id, settings=changed, etag=campaign.etag),
    )

    with pytest.raises(Problem) as refused:
        await console.launch(campaign.id, etag=campaign.etag)

    assert refused.value.reason == "ETAG_STALE"


async def test_a_pause_acts_within_seconds_and_a_resume_goes_on(
    console: Console, channel: PlayedChannel, neighbours: Neighbours
) -> None:
    neighbours.segment.members[SEGMENT] = people(6_000)
    channel.pause = 0.001
    campaign = await console.a_campaign()
    await console.launch(campaign.id)
    await until(lambda: len(channel.told) > 500, seconds=60)

    await console.call(console.campaigns.PauseCampaign, pb.PauseCampaignRequest(id=campaign.id))

    paused = await until(lambda: "paused" in [state.state for state in channel.states], seconds=5)
    assert paused
    released = (await console.get(campaign.id)).progress.released
    assert released < 6_000
    await until(lambda: channel.open == 0, seconds=60)
    assert (await console.get(campaign.id)).progress.released == released == len(channel.requests)

    channel.pause = 0
    await console.call(console.campaigns.ResumeCampaign, pb.ResumeCampaignRequest(id=campaign.id))
    done = await console.until_state(campaign.id, pb.CAMPAIGN_STATE_DONE)
    assert dict(done.progress.outcomes) == {"delivered": 6_000}


async def test_no_more_than_the_credit_is_in_flight(
    console: Console, channel: PlayedChannel, neighbours: Neighbours
) -> None:
    neighbours.segment.members[SEGMENT] = people(3_000)
    channel.answering.clear()
    campaign = await console.a_campaign()
    await console.launch(campaign.id)

    await until(lambda: len(channel.requests) > 1_500, seconds=60)
    for _ in range(10):
        assert channel.open <= 2_000
        await asyncio.sleep(0.1)
    assert (await console.get(campaign.id)).progress.released <= 2_000

    channel.answering.set()
    await console.until_state(campaign.id, pb.CAMPAIGN_STATE_DONE)
    assert len(channel.requests) == 3_000


async def test_letters_that_are_held_do_not_use_up_the_credit(
    console: Console, channel: PlayedChannel, neighbours: Neighbours
) -> None:
    neighbours.segment.members[SEGMENT] = people(3_000)
    channel.answering.clear()
    campaign = await console.a_campaign()
    await console.launch(campaign.id)
    await until(lambda: len(channel.requests) > 1_500, seconds=60)

    asked = [(body, request) for body in list(channel.bodies) for request in body.requests]
    await asyncio.gather(*(channel.tell_held(body, request) for body, request in asked))

    await until(lambda: len(channel.requests) == 3_000, seconds=60)
    channel.answering.set()
    done = await console.until_state(campaign.id, pb.CAMPAIGN_STATE_DONE)
    assert dict(done.progress.outcomes) == {"delivered": 3_000}


async def test_a_stopped_campaign_asks_for_nothing_more_and_counts_what_was_asked(
    console: Console, channel: PlayedChannel, neighbours: Neighbours
) -> None:
    neighbours.segment.members[SEGMENT] = people(3_000)
    channel.answering.clear()
    campaign = await console.a_campaign()
    await console.launch(campaign.id)
    await until(lambda: len(channel.requests) > 1_500, seconds=60)

    stopped = await console.call(console.campaigns.StopCampaign, pb.StopCampaignRequest(id=campaign.id))
    channel.answering.set()

    assert stopped.state == pb.CAMPAIGN_STATE_STOPPED
    released = stopped.progress.released

    async def counted() -> bool:
        return bool((await console.get(campaign.id)).progress.finished == released)

    await until(counted, seconds=60)
    after = await console.get(campaign.id)
    assert (after.state, len(channel.requests)) == (pb.CAMPAIGN_STATE_STOPPED, released)


async def test_a_campaign_is_stopped_while_its_audience_is_frozen(
    console: Console, channel: PlayedChannel, neighbours: Neighbours
) -> None:
    neighbours.segment.hold = asyncio.Event()
    neighbours.segment.part = 50
    campaign = await console.a_campaign()
    operation = await console.launch(campaign.id)
    await until(lambda: neighbours.segment.streams == 1, seconds=60)

    await console.call(console.campaigns.StopCampaign, pb.StopCampaignRequest(id=campaign.id))
    neighbours.segment.hold.set()

    async def ended() -> bool:
        return (await console.operation(operation.id)).done

    await until(ended, seconds=60)
    assert (await console.operation(operation.id)).error.reason == "CANCELLED"
    assert (await console.get(campaign.id)).state == pb.CAMPAIGN_STATE_STOPPED
    assert channel.requests == {}


async def test_a_launch_onto_nobody_fails_and_leaves_a_draft_that_can_be_launched_again(
    console: Console, channel: PlayedChannel, neighbours: Neighbours
) -> None:
    neighbours.segment.left_since = []
    campaign = await console.a_campaign()

    operation = await console.launch(campaign.id)

    async def ended() -> bool:
        return (await console.operation(operation.id)).done

    await until(ended, seconds=60)
    assert (await console.operation(operation.id)).error.reason == "AUDIENCE_EMPTY"
    assert (await console.get(campaign.id)).state == pb.CAMPAIGN_STATE_DRAFT

    neighbours.segment.left_since = None
    await console.launch(campaign.id)
    done = await console.until_state(campaign.id, pb.CAMPAIGN_STATE_DONE)
    assert (done.entry, done.progress.finished) == (2, 250)


async def test_a_segment_of_another_workspace_is_as_good_as_none(
    console: Console, channel: PlayedChannel, neighbours: Neighbours
) -> None:
    neighbours.segment.workspace = "partner"
    campaign = await console.a_campaign()

    with pytest.raises(Problem) as refused:
        await console.launch(campaign.id)

    assert [violation.reason for violation in refused.value.violations] == ["SEGMENT_UNKNOWN"]
