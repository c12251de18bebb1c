"""The servicer of the steward's queue."""

from datetime import datetime
from typing import Any

from chassis.grpc import principal_of
from chassis.paging import Pages
from gen.consilium.profile.v1 import match_candidates_pb2 as pb
from gen.consilium.profile.v1 import match_candidates_pb2_grpc
from services.profile.adapters.presenting import Manner, profile_to
from services.profile.adapters.rpc.manner import manner_of, request_of
from services.profile.app import App
from services.profile.commands import matching
from services.profile.commands.matching import MatchShown
from services.profile.domain.matching import MatchState, compared
from services.profile.domain.sources import EVERYWHERE
from services.profile.domain.survivorship import golden_values

SERVICE = "consilium.profile.v1.MatchCandidates"
PAGE = 20
_STATES = {state: pb.MatchState.Value(f"MATCH_STATE_{state.name}") for state in MatchState}
_FROM = {number: state for state, number in _STATES.items()}


class MatchCandidatesServicer(match_candidates_pb2_grpc.MatchCandidatesServicer):
    """Answers `consilium.profile.v1.MatchCandidates`."""

    def __init__(self, app: App, pages: Pages, home_zone: str) -> None:
        self.app, self._pages, self._home_zone = app, pages, home_zone

    async def ListMatchCandidates(
        self, request: pb.ListMatchCandidatesRequest, context: Any
    ) -> pb.ListMatchCandidatesResponse:
        """List cases."""
        workspace, state = principal_of(context).workspace, _FROM.get(request.state, MatchState.OPEN)
        query = {"list": "match-candidates", "workspace": workspace, "state": state.value}
        place = self._pages.position(query, request.page_token)
        after = None if place is None else (datetime.fromisoformat(place[0]), place[1])
        shown, going_on, total = await matching.list_matches(
            state, workspace, after, request.page_size or PAGE, self.app
        )
        manner = await manner_of(self.app, principal_of(context), self._home_zone)
        return pb.ListMatchCandidatesResponse(
            candidates=[candidate_to(each, manner) for each in shown],
            next_page_token=self._pages.token(query, going_on and [going_on[0].isoformat(), going_on[1]]),
            total=total,
        )

    async def GetMatchCandidate(self, request: pb.GetMatchCandidateRequest, context: Any) -> pb.MatchCandidate:
        """Get one case."""
        return await self._told(
            await matching.get_match(request.id, principal_of(context).workspace, self.app), context
        )

    async def AcceptMatchCandidate(self, request: pb.AcceptMatchCandidateRequest, context: Any) -> pb.MatchCandidate:
        """Make them one."""
        asked = request_of(principal_of(context), request, "")
        return await self._told(await matching.accept_match(request.id, request.survivor, asked, self.app), context)

    async def RejectMatchCandidate(self, request: pb.RejectMatchCandidateRequest, context: Any) -> pb.MatchCandidate:
        """Keep them apart."""
        asked = request_of(principal_of(context), request, "")
        return await self._told(await matching.reject_match(request.id, asked, self.app), context)

    async def _told(self, shown: MatchShown, context: Any) -> pb.MatchCandidate:
        return candidate_to(shown, await manner_of(self.app, principal_of(context), self._home_zone))


def candidate_to(shown: MatchShown, manner: Manner) -> pb.MatchCandidate:
    """Show a case with its people and what they have in common."""
    case = shown.case
    values = [
        {
            key: golden.best.value
            for key, golden in golden_values(each.seen.person.records, manner.catalogue, manner.sources).items()
        }
        for each in shown.people
    ]
    profiles = [profile_to(each, manner, workspace=EVERYWHERE) for each in shown.people]
    shown_keys = {key for profile in profiles for key in profile.attributes}
    equal, differing = compared(values)
    told = pb.MatchCandidate(
        id=case.id,
        reason=case.reason,
        key_kind=case.key_kind,
        state=_STATES[case.state],
        profiles=profiles,
        equal=[key for key in equal if key in shown_keys],
        differing=[key for key in differing if key in shown_keys],
        principal=case.decided_by,
    )
    told.find_time.FromDatetime(case.found_at)
    if case.decided_at is not None:
        told.decide_time.FromDatetime(case.decided_at)
    return told
