"""/v1/messages: what became of each one."""

from typing import Annotated

from fastapi import APIRouter
from starlette.responses import Response

from gateway.bodies import JsonRoute
from gateway.door import Caller, needs
from gateway.manner import PathId, answered
from gateway.models.messages import Message
from gateway.peers import Peers
from gen.consilium.channel.v1 import messages_pb2 as pb

Reader = Annotated[Caller, needs("messages.read")]
Launcher = Annotated[Caller, needs("campaigns.launch")]


def router(peers: Peers) -> APIRouter:
    """Build the routes over channel."""
    routes = APIRouter(route_class=JsonRoute, prefix="/v1/messages", tags=["messages"])

    @routes.get("/{message}", response_model=Message, summary="Get a message")
    async def get_message(message: PathId, caller: Reader) -> Response:
        """Gives one message: its state, its outcome and why, its marks."""
        return answered(await peers.messages.GetMessage(pb.GetMessageRequest(id=message), **caller.to("channel")))

    @routes.post("/{message}:repeat", response_model=Message, summary="Send an unconfirmed message once more")
    async def repeat_message(message: PathId, caller: Launcher) -> Response:
        """Sends an unconfirmed message once more, by your decision: it may arrive twice."""
        request = pb.RepeatMessageRequest(id=message)
        return answered(await peers.messages.RepeatMessage(request, **caller.to("channel")))

    return routes
