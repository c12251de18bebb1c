"""Channel, asked over gRPC: what its log of single messages counts."""

from typing import Any

from chassis.grpc import Peer
from gen.consilium.channel.v1 import messages_pb2, messages_pb2_grpc
from services.report.ports import CampaignSlice, Tally

SERVICES = ("consilium.channel.v1.Messages",)

_DEADLINE = 20.0  # it counts every message of the campaign


class ChannelLog:
    """Counts made by channel."""

    def __init__(self, peer: Peer) -> None:
        self._peer = peer
        self._messages: Any = messages_pb2_grpc.MessagesStub(peer.channel)

    async def tally(self, campaign: CampaignSlice) -> Tally:
        """Count a campaign's messages in channel's own log."""
        answer = await self._peer.call(
            self._messages.CountMessages,
            messages_pb2.CountMessagesRequest(campaign=campaign.campaign, entry=campaign.entry),
            timeout=_DEADLINE,
        )
        return Tally(
            requested=answer.requested,
            outcomes={name: count for name, count in answer.outcomes.items() if count},
            marks={name: count for name, count in answer.marks.items() if count},
        )
