"""/v1/bases, /v1/sources, /v1/attributes: what the installation knows of itself."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from gateway.bodies import JsonRoute
from gateway.convert import into
from gateway.door import Caller, needs
from gateway.manner import created, whole
from gateway.models.catalogue import Attribute, Base, Source
from gateway.models.manner import CountedListing
from gateway.peers import Peers
from gen.consilium.profile.v1 import catalogue_pb2 as pb

Reader = Annotated[Caller, needs("catalogue.read")]
Keeper = Annotated[Caller, needs("catalogue.manage")]


def router(peers: Peers) -> APIRouter:
    """Build the routes over profile."""
    routes = APIRouter(route_class=JsonRoute, prefix="/v1", tags=["catalogue"])

    @routes.get("/bases", response_model=CountedListing[Base], summary="List bases")
    async def list_bases(
        caller: Reader,
        mine: Annotated[
            bool, Query(description="Those of every workspace that you may choose, instead of what this one sees.")
        ] = False,
    ) -> Response:
        """Lists the data owners that you may see."""
        found = await peers.catalogue.ListBases(pb.ListBasesRequest(mine=mine), **caller.to("profile"))
        return whole(found.bases)

    @routes.post("/bases", response_model=Base, status_code=201, summary="Create a base")
    async def create_base(body: Base, caller: Keeper) -> Response:
        """Creates a data owner, the controller in law; the same again answers the same."""
        request = pb.CreateBaseRequest()
        into(request.base, body.model_dump(exclude_unset=True))
        base = await peers.catalogue.CreateBase(request, **caller.to("profile"))
        return created(base, f"/v1/bases/{base.key}")

    @routes.get("/sources", response_model=CountedListing[Source], summary="List sources")
    async def list_sources(caller: Reader) -> Response:
        """Lists where records come from, in your workspace."""
        found = await peers.catalogue.ListSources(pb.ListSourcesRequest(), **caller.to("profile"))
        return whole(found.sources)

    @routes.post("/sources", response_model=Source, status_code=201, summary="Create a source")
    async def create_source(body: Source, caller: Keeper) -> Response:
        """Creates a source: its base, what it confirms, how it weighs."""
        request = pb.CreateSourceRequest()
        into(request.source, body.model_dump(exclude_unset=True))
        source = await peers.catalogue.CreateSource(request, **caller.to("profile"))
        return created(source, f"/v1/sources/{source.key}")

    @routes.get("/attributes", response_model=CountedListing[Attribute], summary="List attributes")
    async def list_attributes(caller: Reader) -> Response:
        """Lists what can be known of a person."""
        found = await peers.catalogue.ListAttributes(pb.ListAttributesRequest(), **caller.to("profile"))
        return whole(found.attributes)

    @routes.post("/attributes", response_model=Attribute, status_code=201, summary="Create an attribute")
    async def create_attribute(body: Attribute, caller: Keeper) -> Response:
        """Creates an attribute; it can be used at once."""
        request = pb.CreateAttributeRequest()
        into(request.attribute, body.model_dump(exclude_unset=True))
        attribute = await peers.catalogue.CreateAttribute(request, **caller.to("profile"))
        return created(attribute, f"/v1/attributes/{attribute.key}")

    return routes
