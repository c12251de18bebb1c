"""After a restore the operator pauses what was being sent, before anything starts."""

from chassis.process import open_engines
from gen.consilium.campaign.v1 import campaigns_pb2 as pb
from services.campaign.bootstrap import pause
from services.campaign.config import Settings
from tests.integration.campaign.neighbours import Neighbours, PlayedChannel
from tests.integration.campaign.system import Console, started
from tests.polling import until


async def test_what_was_being_sent_is_paused_and_goes_on_when_it_is_resumed(
    settings: Settings, neighbours: Neighbours, channel: PlayedChannel
) -> None:
    running = await started(settings)
    console = Console(running.port, neighbours.keys)
    draft, sending = await console.a_campaign(), await console.a_campaign(rate_per_minute=60)
    await console.launch(sending.id)
    await console.until_state(sending.id, pb.CAMPAIGN_STATE_SENDING)
    await console.close()
    await running.stop()

    engines = await open_engines(settings, "campaign")
    assert await pause(settings, engines) == f"{sending.id}: paused"
    assert await pause(settings, engines) == "nothing is being sent"
    await engines.close()

    running = await started(settings)
    console = Console(running.port, neighbours.keys)
    try:
        assert (await console.get(sending.id)).state == pb.CAMPAIGN_STATE_PAUSED
        assert (await console.get(draft.id)).state == pb.CAMPAIGN_STATE_DRAFT
        await console.call(console.campaigns.ResumeCampaign, pb.ResumeCampaignRequest(id=sending.id))
        await console.until_state(sending.id, pb.CAMPAIGN_STATE_SENDING)
        await until(lambda: [state.state for state in channel.states] == ["sending", "paused", "sending"])
    finally:
        await console.close()
        await running.stop()
