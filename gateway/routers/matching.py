"""/v1/match-candidates: people who may be one person, for a steward to decide."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from starlette.responses import Response

from gateway.bodies import JsonRoute
from gateway.convert import into
from gateway.door import Caller, needs
from gateway.manner import PageToken, PathId, answered, listed
from gateway.models.manner import CountedListing
from gateway.models.matching import AcceptMatchCandidate, MatchCandidate
from gateway.peers import Peers
from gen.consilium.profile.v1 import match_candidates_pb2 as pb

Reader = Annotated[Caller, needs("profiles.read")]
Merger = Annotated[Caller, needs("profiles.merge")]


def router(peers: Peers) -> APIRouter:
    """Build the routes over profile."""
    routes = APIRouter(route_class=JsonRoute, prefix="/v1/match-candidates", tags=["profiles"])

    @routes.get("", response_model=CountedListing[MatchCandidate], summary="List who may be one person")
    async def list_match_candidates(
        caller: Reader,
        page_size: Annotated[int, Query(ge=1, le=100, description="At most this many items.")] = 20,
        page_token: PageToken = "",
        state: Annotated[
            Literal["open", "accepted", "rejected", "settled"], Query(description="What became of them.")
        ] = "open",
    ) -> Response:
        """Lists cases, newest first, with what the people have in common; empty outside the workspace '*'."""
        request = pb.ListMatchCandidatesRequest(page_size=page_size, page_token=page_token)
        into(request, {"state": state})
        return listed(await peers.matching.ListMatchCandidates(request, **caller.to("profile")), "candidates")

    @routes.get("/{candidate}", response_model=MatchCandidate, summary="Get a case")
    async def get_match_candidate(candidate: PathId, caller: Reader) -> Response:
        """Gives one case with its people as they are now."""
        request = pb.GetMatchCandidateRequest(id=candidate)
        return answered(await peers.matching.GetMatchCandidate(request, **caller.to("profile")))

    @routes.post("/{candidate}:accept", response_model=MatchCandidate, summary="They are one person")
    async def accept_match_candidate(candidate: PathId, body: AcceptMatchCandidate, caller: Merger) -> Response:
        """Makes the people of a case one; `:unmerge` of the survivor takes it back."""
        request = pb.AcceptMatchCandidateRequest(id=candidate, survivor=body.survivor or "")
        return answered(await peers.matching.AcceptMatchCandidate(request, **caller.to("profile", 30)))

    @routes.post("/{candidate}:reject", response_model=MatchCandidate, summary="They are different people")
    async def reject_match_candidate(candidate: PathId, caller: Merger) -> Response:
        """Keeps the people of a case apart for good; it does not come back."""
        request = pb.RejectMatchCandidateRequest(id=candidate)
        return answered(await peers.matching.RejectMatchCandidate(request, **caller.to("profile")))

    return routes
