"""What campaign does when channel tells what became of messages."""

from collections.abc import Mapping

from services.campaign.app import App
from services.campaign.domain.tally import Outcome


async def on_messages_finished(outcomes: Mapping[str, Mapping[str, Outcome | None]], app: App) -> frozenset[str]:
    """Note outcomes, by batch and message, None for held ones; answers the campaigns that have room for more.

    A repeat changes nothing.
    """
    return await app.requests.note(outcomes) if outcomes else frozenset()
