"""/v1/me, /v1/users, /v1/roles, /v1/api-keys, /v1/audit: who may do what, and who did."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from chassis.kernel.problem import Unauthenticated
from gateway.bodies import JsonRoute
from gateway.convert import into
from gateway.door import Caller, Door, needs
from gateway.manner import IdempotencyKey, PageSize, PageToken, PathId, answered, listed, whole
from gateway.models.manner import CountedListing, Listing
from gateway.models.people import ApiKey, AuditEntry, ChooseWorkspace, MadeApiKey, NewApiKey, Principal, Role, User
from gateway.peers import Peers
from gateway.sessions import SessionStore
from gen.consilium.access.v1 import people_pb2 as pb

Me = Annotated[Caller, needs("me.read")]
KeyKeeper = Annotated[Caller, needs("api-keys.manage")]


def router(peers: Peers, sessions: SessionStore, door: Door) -> APIRouter:
    """Build the routes over access."""
    routes = APIRouter(route_class=JsonRoute, prefix="/v1", tags=["people"])

    @routes.get("/me", response_model=Principal, summary="Who am I")
    async def get_me(caller: Me) -> Response:
        """Gives your roles, your workspace and those that you may choose, and what you may do."""
        return answered(caller.principal)

    @routes.patch("/me", response_model=Principal, summary="Choose a workspace")
    async def choose_workspace(body: ChooseWorkspace, caller: Me) -> Response:
        """Keeps the workspace that your session works in; systems send X-Consilium-Workspace instead."""
        if caller.session is None:
            raise Unauthenticated
        chosen = await door.again(caller.session, body.workspace)
        await sessions.choose(caller.session.id, body.workspace)
        return answered(chosen.principal)

    @routes.get("/users", response_model=CountedListing[User], summary="List users")
    async def list_users(
        caller: Annotated[Caller, needs("users.read")], page_size: PageSize = 50, page_token: PageToken = ""
    ) -> Response:
        """Lists the people who ever signed in, last seen first."""
        request = pb.ListUsersRequest(page_size=page_size, page_token=page_token)
        return listed(await peers.people.ListUsers(request, **caller.to("access")), "users")

    @routes.get("/roles", response_model=CountedListing[Role], summary="List roles")
    async def list_roles(caller: Annotated[Caller, needs("roles.read")]) -> Response:
        """Lists the roles and what each allows."""
        found = await peers.people.ListRoles(pb.ListRolesRequest(), **caller.to("access"))
        return whole(found.roles)

    @routes.get("/api-keys", response_model=Listing[ApiKey], summary="List API keys")
    async def list_api_keys(caller: KeyKeeper, page_size: PageSize = 50, page_token: PageToken = "") -> Response:
        """Lists the keys of outside systems, without their secrets."""
        request = pb.ListApiKeysRequest(page_size=page_size, page_token=page_token)
        return listed(await peers.people.ListApiKeys(request, **caller.to("access")), "keys", total=False)

    @routes.post("/api-keys", response_model=MadeApiKey, status_code=201, summary="Make an API key")
    async def create_api_key(body: NewApiKey, caller: KeyKeeper, idempotency_key: IdempotencyKey = None) -> Response:
        """Makes a key within what you hold yourself; its secret is in this answer and nowhere else."""
        request = pb.CreateApiKeyRequest(request_id=idempotency_key or "")
        into(request, body.model_dump(exclude_unset=True))
        made = await peers.people.CreateApiKey(request, **caller.to("access"))
        return answered(made, 201, {"location": f"/v1/api-keys/{made.key.id}"})

    @routes.delete("/api-keys/{key}", response_model=ApiKey, summary="End an API key")
    async def revoke_api_key(key: PathId, caller: KeyKeeper) -> Response:
        """Ends a key at once; nothing happens when it has ended."""
        return answered(await peers.people.RevokeApiKey(pb.RevokeApiKeyRequest(id=key), **caller.to("access")))

    @routes.get("/audit", response_model=Listing[AuditEntry], summary="Who did what")
    async def list_audit(
        caller: Annotated[Caller, needs("audit.read")],
        page_size: PageSize = 50,
        page_token: PageToken = "",
        subject: Annotated[str, Query(max_length=64, description="Only what was done to this id.")] = "",
        principal: Annotated[str, Query(max_length=64, description="Only what this principal did.")] = "",
    ) -> Response:
        """Lists what was done and seen in your workspace, newest first."""
        request = pb.ListAuditRequest(page_size=page_size, page_token=page_token, subject=subject, principal=principal)
        return listed(await peers.people.ListAudit(request, **caller.to("access")), "entries", total=False)

    return routes
