"""/v1/freezes: declared periods in which publishing, imports and changes of roles are held back."""

from typing import Annotated

from fastapi import APIRouter
from starlette.responses import Response

from gateway.bodies import JsonRoute
from gateway.convert import into
from gateway.door import Caller, needs
from gateway.manner import IdempotencyKey, PathId, answered, created, whole
from gateway.models.freezes import Freeze, NewFreeze
from gateway.models.manner import CountedListing
from gateway.peers import Peers
from gen.consilium.access.v1 import freezes_pb2 as pb

Keeper = Annotated[Caller, needs("freezes.manage")]


def router(peers: Peers) -> APIRouter:
    """Build the routes over access."""
    routes = APIRouter(route_class=JsonRoute, prefix="/v1", tags=["people"])

    @routes.get("/freezes", response_model=CountedListing[Freeze], summary="List freezes")
    async def list_freezes(caller: Annotated[Caller, needs("me.read")]) -> Response:
        """Lists the declared periods, the latest first; the newest hundred."""
        found = await peers.freezes.ListFreezes(pb.ListFreezesRequest(), **caller.to("access"))
        return whole(found.freezes)

    @routes.post("/freezes", response_model=Freeze, status_code=201, summary="Declare a freeze")
    async def declare_freeze(body: NewFreeze, caller: Keeper, idempotency_key: IdempotencyKey = None) -> Response:
        """Holds back what the scopes name from begin to end, for the whole installation.

        A held-back call is 409 `FROZEN` with the period in `detail` and its id in `freeze`. Whoever holds
        `freezes.override` may send it with that id in the header `X-Consilium-Freeze-Override`; the trail has it.
        """
        request = pb.DeclareFreezeRequest(request_id=idempotency_key or "")
        into(request, body.model_dump(exclude_unset=True))
        made = await peers.freezes.DeclareFreeze(request, **caller.to("access"))
        return created(made, f"/v1/freezes/{made.id}")

    @routes.post("/freezes/{freeze}:lift", response_model=Freeze, summary="Lift a freeze")
    async def lift_freeze(freeze: PathId, caller: Keeper) -> Response:
        """Ends it now, or takes back one that has not begun; nothing happens when it is over."""
        return answered(await peers.freezes.LiftFreeze(pb.LiftFreezeRequest(id=freeze), **caller.to("access")))

    return routes
