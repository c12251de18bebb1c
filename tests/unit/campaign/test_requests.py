"""The frozen audience: the same members make the same batches, whoever freezes them and however often."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from chassis.kernel import derived_id, partition_of
from services.campaign.domain.campaign import Campaign
from services.campaign.domain.holdout import is_held_out
from services.campaign.domain.requests import Member, OpenRequests, RequestBatch, message_id
from tests.unit.campaign.builders import NOW, a_campaign, a_run


def people(count: int) -> list[Member]:
    return [Member(derived_id("person", str(no)), no) for no in range(1, count + 1)]


def frozen(campaign: Campaign, members: list[Member]) -> list[RequestBatch]:
    open_requests = OpenRequests()
    full = [batch for member in members if (batch := open_requests.add(campaign, member)) is not None]
    return full + open_requests.rest(campaign)


@given(count=st.integers(0, 700), size=st.sampled_from([1, 7, 100]))
def test_freezing_again_makes_the_very_same_batches(count: int, size: int) -> None:
    campaign = a_campaign(control_percent=10).launch(a_run(size), NOW)

    batches = frozen(campaign, people(count))

    assert batches == frozen(campaign, people(count))
    assert [batch.number for batch in batches] == list(range(len(batches)))
    assert sorted(request.no for batch in batches for request in batch.requests) == list(range(1, count + 1))
    assert all(len(batch.requests) <= size for batch in batches)
    assert all({partition_of(request.profile) for request in batch.requests} == {batch.partition} for batch in batches)
    assert len({batch.id for batch in batches}) == len(batches)


def test_a_message_is_known_by_campaign_node_entry_and_person() -> None:
    keys = [("c", "send", 1, "p"), ("c", "send", 2, "p"), ("c", "other", 1, "p"), ("c", "send", 1, "q")]

    assert len({message_id(*key) for key in keys}) == 4
    assert message_id("c", "send", 1, "p") == message_id("c", "send", 1, "p")


def test_the_control_group_is_about_as_large_as_asked_and_its_own_for_each_campaign() -> None:
    held = Counter(
        (is_held_out("campaign-1", member.profile, 10), is_held_out("campaign-2", member.profile, 10))
        for member in people(20_000)
    )

    first = held[True, True] + held[True, False]
    assert 1_850 <= first <= 2_150
    assert 130 <= held[True, True] <= 270  # a tenth of a tenth: the groups are unrelated


def test_no_control_group_holds_out_nobody() -> None:
    assert not any(is_held_out("campaign-1", member.profile, 0) for member in people(1_000))
