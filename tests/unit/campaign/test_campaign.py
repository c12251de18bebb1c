"""The life of a campaign: what is allowed when, and what the others hear of it."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from services.campaign.domain.campaign import Campaign, CampaignState, announcement
from services.campaign.domain.credit import Pace
from services.campaign.domain.errors import (
    CampaignAlreadyLaunched,
    CampaignFrozen,
    CampaignNotRunning,
    CampaignRunning,
)
from tests.unit.campaign.builders import (
    LATER,
    NOW,
    SETTINGS,
    a_campaign,
    a_launching_campaign,
    a_run,
    a_sending_campaign,
)


def test_a_draft_is_edited_as_a_whole() -> None:
    edited = a_campaign().edit(replace(SETTINGS, name="Autumn webinar"), LATER)

    assert edited.settings.name == "Autumn webinar"
    assert edited.updated_at == LATER


def test_an_edit_that_says_nothing_new_changes_nothing() -> None:
    campaign = a_campaign()

    assert campaign.edit(SETTINGS, LATER) is campaign


def test_launching_freezes_the_campaign() -> None:
    launching = a_launching_campaign()

    assert launching.state is CampaignState.LAUNCHING
    assert launching.entry == 1
    with pytest.raises(CampaignFrozen):
        launching.edit(SETTINGS, LATER)


@pytest.mark.parametrize(
    "campaign",
    [
        a_launching_campaign(),
        a_sending_campaign(),
        a_sending_campaign().pause(NOW),
        a_sending_campaign().stop(NOW),
        a_sending_campaign(audience=1).finish(finished=1, now=NOW),
        a_sending_campaign().stop(NOW).archive(NOW),
    ],
    ids=lambda campaign: str(campaign.state),
)
def test_launching_twice_is_refused_whatever_became_of_the_first(campaign: Campaign) -> None:
    with pytest.raises(CampaignAlreadyLaunched):
        campaign.launch(a_run(), LATER)


def test_an_archived_draft_is_not_launched() -> None:
    with pytest.raises(CampaignFrozen):
        a_campaign().archive(NOW).launch(a_run(), LATER)


def test_a_failed_launch_makes_it_a_draft_and_its_entry_is_never_used_again() -> None:
    failed = a_launching_campaign().fail_launch(LATER)

    assert failed.state is CampaignState.DRAFT
    assert failed.run is None
    assert failed.launched_at is None
    assert failed.launch(a_run(), LATER).entry == 2


def test_a_late_failure_does_not_undo_a_launch_that_went_well() -> None:
    sending = a_sending_campaign()

    assert sending.fail_launch(LATER) is sending


def test_a_campaign_stopped_while_its_audience_was_frozen_never_begins_to_send() -> None:
    stopped = a_launching_campaign().stop(NOW)

    assert stopped.send(audience=10, batches=1, now=LATER) is stopped


def test_releasing_counts_batches_in_order() -> None:
    campaign = a_sending_campaign(250, 3).release(batches=2, requests=200)

    assert (campaign.current_run.released_batches, campaign.current_run.released) == (2, 200)


def test_nothing_is_released_while_paused() -> None:
    with pytest.raises(CampaignNotRunning):
        a_sending_campaign().pause(NOW).release(batches=1, requests=100)


@pytest.mark.parametrize(
    ("act", "campaign"),
    [
        (Campaign.pause, a_sending_campaign().pause(NOW)),
        (Campaign.resume, a_sending_campaign()),
        (Campaign.stop, a_sending_campaign().stop(NOW)),
        (Campaign.archive, a_campaign().archive(NOW)),
    ],
)
def test_a_repeat_changes_nothing(act: Callable[..., Campaign], campaign: Campaign) -> None:
    assert act(campaign, LATER) is campaign


@pytest.mark.parametrize("act", [Campaign.pause, Campaign.resume, Campaign.stop])
@pytest.mark.parametrize("campaign", [a_campaign(), a_sending_campaign(audience=1).finish(finished=1, now=NOW)])
def test_what_does_not_run_is_neither_paused_nor_resumed_nor_stopped(
    act: Callable[..., Campaign], campaign: Campaign
) -> None:
    with pytest.raises(CampaignNotRunning):
        act(campaign, LATER)


def test_a_resumed_campaign_does_not_catch_up_on_its_pause() -> None:
    campaign = a_sending_campaign().release(batches=1, requests=100).pause(NOW).resume(LATER)

    assert campaign.current_run.pace == Pace(LATER, 100)


def test_it_is_done_when_every_request_has_an_outcome_and_not_before() -> None:
    campaign = a_sending_campaign(audience=250)

    assert campaign.finish(finished=249, now=LATER) is campaign
    assert campaign.finish(finished=250, now=LATER).state is CampaignState.DONE


def test_a_stopped_campaign_stays_stopped_when_its_last_letters_end() -> None:
    stopped = a_sending_campaign(audience=250).stop(NOW)

    assert stopped.finish(finished=250, now=LATER) is stopped


def test_a_running_campaign_is_not_archived() -> None:
    with pytest.raises(CampaignRunning):
        a_sending_campaign().archive(LATER)


def test_a_copy_is_a_draft_of_its_own() -> None:
    copy = a_sending_campaign().copy("campaign-2", "Once more", LATER)

    assert (copy.id, copy.state, copy.entry, copy.run) == ("campaign-2", CampaignState.DRAFT, 0, None)
    assert copy.settings == replace(SETTINGS, name="Once more")


def test_the_others_hear_what_they_must_obey() -> None:
    launching, sending = a_launching_campaign(), a_sending_campaign(audience=1)
    paused = sending.pause(NOW)

    assert announcement(None, a_campaign()) is None
    assert announcement(a_campaign(), launching) is None
    assert announcement(launching, sending) == "campaign-launched"
    assert announcement(sending, sending.release(batches=1, requests=1)) is None
    assert announcement(sending, paused) == "campaign-paused"
    assert announcement(paused, paused.resume(NOW)) == "campaign-resumed"
    assert announcement(paused, paused.stop(NOW)) == "campaign-stopped"
    assert announcement(sending, sending.finish(finished=1, now=NOW)) == "campaign-done"
