"""/v1/profiles/{id}/consents: whom a controller may address."""

from typing import Annotated

from fastapi import APIRouter
from starlette.responses import Response

from gateway.bodies import JsonRoute
from gateway.convert import into, to_json
from gateway.door import Caller, needs
from gateway.manner import IdempotencyKey, IfMatch, PathId, answered, etag_of, whole
from gateway.models.consents import Consent, ConsentListing, GrantConsent, RevokeConsent
from gateway.peers import Peers
from gen.consilium.profile.v1 import consents_pb2 as pb

Reader = Annotated[Caller, needs("profiles.read")]
Editor = Annotated[Caller, needs("consents.edit")]


def router(peers: Peers) -> APIRouter:
    """Build the routes over profile."""
    routes = APIRouter(route_class=JsonRoute, prefix="/v1/profiles/{profile}/consents", tags=["consents"])

    @routes.get("", response_model=ConsentListing, summary="List a person's consents")
    async def list_consents(profile: PathId, caller: Reader) -> Response:
        """Lists what stands now, on one page, and how it came to be: `history`, newest first, at most 500."""
        request = pb.ListConsentsRequest(profile=profile)
        found = await peers.consents.ListConsents(request, **caller.to("profile"))
        return whole(found.consents, history=[to_json(each) for each in found.history])

    @routes.post(":grant", response_model=Consent, summary="Record a consent")
    async def grant_consent(
        profile: PathId,
        body: GrantConsent,
        caller: Editor,
        if_match: IfMatch = None,
        idempotency_key: IdempotencyKey = None,
    ) -> Response:
        """Records that a consent was given, with its proof."""
        request = pb.GrantConsentRequest(profile=profile, etag=etag_of(if_match), request_id=idempotency_key or "")
        into(request, body.model_dump(exclude_unset=True))
        return answered(await peers.consents.GrantConsent(request, **caller.to("profile")))

    @routes.post(":revoke", response_model=Consent, summary="Withdraw a consent")
    async def revoke_consent(
        profile: PathId,
        body: RevokeConsent,
        caller: Editor,
        if_match: IfMatch = None,
        idempotency_key: IdempotencyKey = None,
    ) -> Response:
        """Withdraws a consent; one that is not granted stays as it is."""
        request = pb.RevokeConsentRequest(profile=profile, etag=etag_of(if_match), request_id=idempotency_key or "")
        into(request, body.model_dump(exclude_unset=True))
        return answered(await peers.consents.RevokeConsent(request, **caller.to("profile")))

    return routes
