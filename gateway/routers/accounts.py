"""/v1/me/account, /v1/views, /v1/users:names: what the console keeps for people."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from gateway.bodies import JsonRoute
from gateway.convert import into, to_json
from gateway.door import Caller, needs
from gateway.manner import IdempotencyKey, PathId, answered, created, written
from gateway.models.accounts import Account, GetNames, Names, NewView, PatchAccount, PatchView, SavedView
from gateway.models.manner import Listing
from gateway.peers import Peers
from gen.consilium.access.v1 import accounts_pb2 as pb

Reader = Annotated[Caller, needs("me.read")]
Editor = Annotated[Caller, needs("me.edit")]


def router(peers: Peers) -> APIRouter:
    """Build the routes over access."""
    routes = APIRouter(route_class=JsonRoute, prefix="/v1", tags=["people"])

    @routes.get("/me/account", response_model=Account, summary="What the console keeps for me")
    async def get_account(caller: Reader) -> Response:
        """Gives your name, your language and what screens remember for you."""
        return answered(await peers.accounts.GetAccount(pb.GetAccountRequest(), **caller.to("access")))

    @routes.patch("/me/account", response_model=Account, summary="Remember what I prefer")
    async def update_account(body: PatchAccount, caller: Editor) -> Response:
        """Changes your language or what screens remember; the last write counts."""
        request = into(pb.UpdateAccountRequest(), body.model_dump(exclude_unset=True))
        return answered(await peers.accounts.UpdateAccount(request, **caller.to("access")))

    @routes.post("/users:names", response_model=Names, summary="How principals are called")
    async def get_names(body: GetNames, caller: Reader) -> Response:
        """Gives the names of those who may work in your workspace, by id."""
        request = pb.GetNamesRequest(ids=body.ids)
        return answered(await peers.accounts.GetNames(request, **caller.to("access")))

    @routes.get("/views", response_model=Listing[SavedView], summary="List saved views")
    async def list_views(
        caller: Reader, screen: Annotated[str, Query(max_length=64, description="Only of this screen.")] = ""
    ) -> Response:
        """Lists your own views and those that others share in your workspace, by name."""
        found = await peers.accounts.ListViews(pb.ListViewsRequest(screen=screen), **caller.to("access"))
        return written({"items": [to_json(each) for each in found.views], "next_page_token": ""})

    @routes.post("/views", response_model=SavedView, status_code=201, summary="Save a view")
    async def create_view(body: NewView, caller: Editor, idempotency_key: IdempotencyKey = None) -> Response:
        """Keeps a list as you like to see it."""
        request = into(pb.CreateViewRequest(request_id=idempotency_key or ""), body.model_dump(exclude_unset=True))
        view = await peers.accounts.CreateView(request, **caller.to("access"))
        return created(view, f"/v1/views/{view.id}")

    @routes.patch("/views/{view}", response_model=SavedView, summary="Change a view")
    async def update_view(view: PathId, body: PatchView, caller: Editor) -> Response:
        """Changes what is named of a view of yours."""
        request = into(pb.UpdateViewRequest(id=view), body.model_dump(exclude_unset=True))
        return answered(await peers.accounts.UpdateView(request, **caller.to("access")))

    @routes.delete("/views/{view}", status_code=204, response_class=Response, summary="Drop a view")
    async def delete_view(view: PathId, caller: Editor) -> Response:
        """Drops a view of yours; nothing happens when it is gone."""
        await peers.accounts.DeleteView(pb.DeleteViewRequest(id=view), **caller.to("access"))
        return Response(status_code=204)

    return routes
