"""The channel service as campaign needs it: what is wrong with a letter."""

from collections.abc import Sequence
from typing import Any

from chassis.grpc import Peer
from gen.consilium.channel.v1 import messages_pb2 as pb
from gen.consilium.channel.v1 import messages_pb2_grpc as pb_grpc
from services.campaign.adapters.letters import content_to
from services.campaign.domain.checklist import LetterProblem, Severity
from services.campaign.domain.template import LetterContent

AUDIENCE = "channel"
SERVICE = "consilium.channel.v1.Letters"
_CHECK_SECONDS = 10.0  # MJML of the largest letter takes a second


class ChannelPeer:
    """The port Letters."""

    def __init__(self, peer: Peer) -> None:
        self._peer = peer
        self._stub: Any = pb_grpc.LettersStub(peer.channel)

    async def problems(self, content: LetterContent) -> Sequence[LetterProblem]:
        """Let channel check the letter as it would render it."""
        answer = await self._peer.call(
            self._stub.CheckLetter, pb.CheckLetterRequest(content=content_to(content)), timeout=_CHECK_SECONDS
        )
        return [
            LetterProblem(Severity(problem.severity), problem.code, problem.field, problem.line, problem.detail)
            for problem in answer.problems
        ]
