"""After a restore channel lets nothing out, from its first moment on, until campaign says anew what may."""

from chassis.process import open_engines
from services.channel.adapters.mongo.stores import CampaignStates
from services.channel.bootstrap import pause
from services.channel.config import Settings
from tests.contract.channel.sink import Sink
from tests.integration.channel.system import Campaigner, started
from tests.polling import until


async def test_what_waits_is_held_until_its_campaign_is_told_to_go_on(
    settings: Settings, campaigner: Campaigner, sink: Sink
) -> None:
    engines = await open_engines(settings, "channel")
    states = CampaignStates(engines.database)
    await states.put(campaigner.campaign, "sending", campaigner.revision)
    await states.put("another", "done", 7)
    waiting = {"campaign": "unheard", "state": "requested", "due_at": engines.clock.now(), "revision": 1}
    await engines.database["messages"].insert_one({"_id": "m", **waiting})
    assert await pause(settings, engines) == "paused: 2 campaigns"
    assert await pause(settings, engines) == "paused: 0 campaigns"
    assert await states.of(["another", "unheard"]) == {"another": "done", "unheard": "paused"}
    await engines.database["messages"].delete_one({"_id": "m"})
    await engines.close()

    await campaigner.request(campaigner.people(*(f"p{n}@x.example" for n in range(5))))
    running = await started(settings)
    try:
        await until(lambda: _held(campaigner, 5), 60)
        assert sink.letters == []
        await campaigner.control("sending")
        assert await campaigner.outcomes(5) == {"delivered/accepted": 5}
    finally:
        await running.stop()


async def _held(campaigner: Campaigner, count: int) -> bool:
    query = {"campaign": campaigner.campaign, "state": "held", "reason": "campaign-paused"}
    return await campaigner.database["messages"].count_documents(query) == count
