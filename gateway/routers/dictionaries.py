"""/v1/dictionaries and /v1/organisations: versioned data with synonyms."""

from typing import Annotated

from fastapi import APIRouter
from google.protobuf.message import Message
from starlette.responses import Response

from gateway.bodies import JsonRoute
from gateway.convert import into
from gateway.door import Caller, needs
from gateway.manner import IdempotencyKey, IfMatch, PathId, PathKey, answered, created, etag_of, listed, whole
from gateway.models.dictionaries import (
    Dictionary,
    Organisation,
    OrganisationInput,
    OrganisationPatch,
    SearchOrganisations,
    SearchTerms,
    Term,
)
from gateway.models.manner import CountedListing
from gateway.peers import Peers
from gen.consilium.profile.v1 import dictionaries_pb2 as pb

Reader = Annotated[Caller, needs("dictionaries.read")]
Editor = Annotated[Caller, needs("dictionaries.edit")]


def router(peers: Peers) -> APIRouter:
    """Build the routes over profile."""
    routes = APIRouter(route_class=JsonRoute, prefix="/v1", tags=["dictionaries"])

    @routes.get("/dictionaries", response_model=CountedListing[Dictionary], summary="List dictionaries")
    async def list_dictionaries(caller: Reader) -> Response:
        """Lists the dictionaries and their versions."""
        found = await peers.dictionaries.ListDictionaries(pb.ListDictionariesRequest(), **caller.to("profile"))
        return whole(found.dictionaries)

    @routes.post("/dictionaries/{dictionary}:search", response_model=CountedListing[Term], summary="Find terms")
    async def search_terms(dictionary: PathKey, body: SearchTerms, caller: Reader) -> Response:
        """Finds terms by any piece of their names or synonyms; all when the text is empty."""
        request = into(pb.SearchTermsRequest(dictionary=dictionary), body.model_dump(exclude_unset=True))
        return listed(await peers.dictionaries.SearchTerms(request, **caller.to("profile")), "terms")

    @routes.post("/dictionaries/{dictionary}:put", response_model=Term, summary="Add or replace a term")
    async def put_term(dictionary: PathKey, body: Term, caller: Editor) -> Response:
        """Adds or replaces a term; the dictionary's version rises."""
        request = pb.PutTermRequest(dictionary=dictionary)
        into(request.term, body.model_dump(exclude_unset=True))
        return answered(await peers.dictionaries.PutTerm(request, **caller.to("profile")))

    @routes.post("/organisations:search", response_model=CountedListing[Organisation], summary="Find organisations")
    async def search_organisations(body: SearchOrganisations, caller: Reader) -> Response:
        """Finds organisations by any piece of their names or synonyms; all when the text is empty."""
        request = into(pb.SearchOrganisationsRequest(), body.model_dump(exclude_unset=True))
        return listed(await peers.dictionaries.SearchOrganisations(request, **caller.to("profile")), "organisations")

    @routes.post("/organisations", response_model=Organisation, status_code=201, summary="Create an organisation")
    async def create_organisation(
        body: OrganisationInput, caller: Editor, idempotency_key: IdempotencyKey = None
    ) -> Response:
        """Creates a clinic, a hospital, a company, or a part of one."""
        request = pb.CreateOrganisationRequest(request_id=idempotency_key or "")
        into(request.organisation, body.model_dump(exclude_unset=True))
        organisation = await peers.dictionaries.CreateOrganisation(request, **caller.to("profile"))
        return created(organisation, f"/v1/organisations/{organisation.id}")

    @routes.get("/organisations/{organisation}", response_model=Organisation, summary="Get an organisation")
    async def get_organisation(organisation: PathId, caller: Reader) -> Response:
        """Gives an organisation with its other spellings."""
        request = pb.GetOrganisationRequest(id=organisation)
        return answered(await peers.dictionaries.GetOrganisation(request, **caller.to("profile")))

    @routes.patch("/organisations/{organisation}", response_model=Organisation, summary="Change an organisation")
    async def update_organisation(
        organisation: PathId, body: OrganisationPatch, caller: Editor, if_match: IfMatch = None
    ) -> Response:
        """Changes what is named."""
        wanted = pb.GetOrganisationRequest(id=organisation)
        before = await peers.dictionaries.GetOrganisation(wanted, **caller.to("profile"))
        request = pb.UpdateOrganisationRequest(organisation=before)
        request.organisation.etag = etag_of(if_match) or before.etag
        fields = body.model_dump(exclude_unset=True)
        cleared: Message = request.organisation
        for name in fields:
            cleared.ClearField(name)
        into(request.organisation, fields)
        return answered(await peers.dictionaries.UpdateOrganisation(request, **caller.to("profile")))

    return routes
