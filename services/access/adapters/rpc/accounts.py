"""Accounts over gRPC: proto to command or query and back."""

import hashlib
from typing import Any

from google.protobuf.json_format import MessageToDict

from chassis.grpc import principal_of
from gen.consilium.access.v1 import accounts_pb2 as pb
from gen.consilium.access.v1 import accounts_pb2_grpc
from services.access import accounts
from services.access.commands import App
from services.access.domain.accounts import Account, View

Context = Any


class AccountsServicer(accounts_pb2_grpc.AccountsServicer):
    """What the console keeps for one person."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def GetAccount(self, _: pb.GetAccountRequest, context: Context) -> pb.Account:
        """Give the caller's own."""
        return _account_to(await self._app.accounts.get(principal_of(context).id))

    async def UpdateAccount(self, request: pb.UpdateAccountRequest, context: Context) -> pb.Account:
        """Change language and preferences."""
        changed = await accounts.update_account(
            principal_of(context).id,
            request.language if request.HasField("language") else None,
            MessageToDict(request.preferences) if request.HasField("preferences") else None,
            self._app,
        )
        return _account_to(changed)

    async def GetNames(self, request: pb.GetNamesRequest, context: Context) -> pb.GetNamesResponse:
        """Give names by id."""
        names = await self._app.accounts.names(list(request.ids), principal_of(context).workspace)
        return pb.GetNamesResponse(names=names)

    async def ListViews(self, request: pb.ListViewsRequest, context: Context) -> pb.ListViewsResponse:
        """List own and shared views."""
        caller = principal_of(context)
        found = await self._app.accounts.views(caller.id, caller.workspace, request.screen)
        return pb.ListViewsResponse(views=[_view_to(view, caller.id) for view in found])

    async def CreateView(self, request: pb.CreateViewRequest, context: Context) -> pb.SavedView:
        """Keep a view."""
        caller = principal_of(context)
        command = accounts.CreateView(
            owner=caller.id,
            workspace=caller.workspace,
            screen=request.screen,
            name=request.name,
            state=MessageToDict(request.state),
            shared=request.shared,
            key=request.request_id,
            digest=hashlib.sha256(request.SerializeToString(deterministic=True)).hexdigest(),
        )
        return _view_to(await accounts.create_view(command, self._app), caller.id)

    async def UpdateView(self, request: pb.UpdateViewRequest, context: Context) -> pb.SavedView:
        """Change an own view."""
        caller = principal_of(context)
        command = accounts.UpdateView(
            view=request.id,
            owner=caller.id,
            workspace=caller.workspace,
            name=request.name if request.HasField("name") else None,
            state=MessageToDict(request.state) if request.HasField("state") else None,
            shared=request.shared if request.HasField("shared") else None,
        )
        return _view_to(await accounts.update_view(command, self._app), caller.id)

    async def DeleteView(self, request: pb.DeleteViewRequest, context: Context) -> pb.DeleteViewResponse:
        """Drop an own view."""
        caller = principal_of(context)
        await self._app.accounts.drop_view(request.id, caller.id, caller.workspace)
        return pb.DeleteViewResponse()


def _account_to(account: Account) -> pb.Account:
    told = pb.Account(id=account.id, name=account.name, language=account.language)
    told.preferences.update(account.preferences)
    return told


def _view_to(view: View, caller: str) -> pb.SavedView:
    told = pb.SavedView(id=view.id, screen=view.screen, name=view.name, shared=view.shared, own=view.owner == caller)
    told.state.update(view.state)
    told.update_time.FromDatetime(view.updated_at)
    return told
