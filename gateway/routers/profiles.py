"""/v1/profiles: people."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from google.protobuf.field_mask_pb2 import FieldMask
from starlette.responses import Response

from gateway.bodies import JsonRoute
from gateway.convert import into, to_json
from gateway.door import Caller, needs
from gateway.manner import (
    IdempotencyKey,
    IfMatch,
    PageSize,
    PageToken,
    PathId,
    answered,
    created,
    etag_of,
    listed,
    written,
)
from gateway.models.manner import CountedListing, Listing
from gateway.models.messages import Message
from gateway.models.people import AuditEntry
from gateway.models.profiles import (
    ArchiveProfile,
    BatchArchived,
    BatchArchiveProfiles,
    BatchGetProfiles,
    Erased,
    EraseProfile,
    FoundProfiles,
    LookupProfiles,
    MergeProfiles,
    NewProfile,
    PatchProfile,
    Profile,
    ProfilesById,
    ProvenanceEntry,
    UnmergeProfiles,
)
from gateway.models.reports import TimelineEntry
from gateway.models.segments import CountValues, SearchProfiles, Segment, ValueCounts
from gateway.peers import Peers
from gateway.problems import Refusal
from gateway.refusals import RequestRefused, invalid
from gen.consilium.access.v1 import people_pb2
from gen.consilium.channel.v1 import messages_pb2
from gen.consilium.profile.v1 import profiles_pb2 as pb
from gen.consilium.report.v1 import reports_pb2
from gen.consilium.segment.v1 import segments_pb2

Reader = Annotated[Caller, needs("profiles.read")]
Editor = Annotated[Caller, needs("profiles.edit")]
Archivist = Annotated[Caller, needs("profiles.archive")]
Merger = Annotated[Caller, needs("profiles.merge")]
Eraser = Annotated[Caller, needs("profiles.erase")]
Auditor = Annotated[Caller, needs("audit.read", "profiles.read")]


async def cards(peers: Peers, caller: Caller, ids: Sequence[str], fields: Iterable[str] = ()) -> list[Any]:
    """Return the people of a page as JSON, in its order: whole, or only the named parts of each."""
    if not ids:
        return []
    request = pb.BatchGetProfilesRequest(ids=ids)
    request.read_mask.paths.extend(fields)
    answer = await peers.profiles.BatchGetProfiles(request, **caller.to("profile"))
    return [to_json(profile) for profile in answer.profiles]


def router(peers: Peers) -> APIRouter:
    """Build the routes over the services that answer them."""
    routes = APIRouter(route_class=JsonRoute, prefix="/v1/profiles", tags=["profiles"])

    @routes.post(":search", response_model=CountedListing[Profile], summary="Find people")
    async def search_profiles(body: SearchProfiles, caller: Reader) -> Response:
        """Finds people by pieces of names, phone digits or e-mail, and by a rule; `total` is exact."""
        request = into(segments_pb2.SearchPeopleRequest(), body.model_dump(exclude_unset=True, exclude={"fields"}))
        found = await peers.segments.SearchPeople(request, **caller.to("segment"))
        people = await cards(peers, caller, found.profiles, body.fields or ())
        return written({"items": people, "next_page_token": found.next_page_token, "total": found.total})

    @routes.post(":batchGet", response_model=ProfilesById, summary="Get people by their ids")
    async def batch_get_profiles(body: BatchGetProfiles, caller: Reader) -> Response:
        """Gives up to 500 people of your workspace in the order asked; unknown ids are left out."""
        request = pb.BatchGetProfilesRequest(ids=body.ids)
        request.read_mask.paths.extend(body.fields or ())
        return answered(await peers.profiles.BatchGetProfiles(request, **caller.to("profile")))

    @routes.post(":countValues", response_model=ValueCounts, summary="Count people by a field's values")
    async def count_values(body: CountValues, caller: Reader) -> Response:
        """Counts people by the values of a field, most frequent first: what a picker offers."""
        request = into(segments_pb2.CountValuesRequest(), body.model_dump(exclude_unset=True))
        return answered(await peers.segments.CountValues(request, **caller.to("segment")))

    @routes.post(":lookup", response_model=FoundProfiles, summary="Find who holds an identifier")
    async def lookup_profiles(body: LookupProfiles, caller: Reader) -> Response:
        """Finds people who hold an e-mail, a phone or an external id exactly: none, one, or several."""
        request = into(pb.LookupProfilesRequest(), body.model_dump(exclude_unset=True))
        return answered(await peers.profiles.LookupProfiles(request, **caller.to("profile")))

    @routes.post(":batchArchive", response_model=BatchArchived, summary="Set people aside")
    async def batch_archive_profiles(body: BatchArchiveProfiles, caller: Archivist) -> Response:
        """Archives up to 1,000 people for one reason and says of each what became of it."""
        request = into(pb.BatchArchiveProfilesRequest(), body.model_dump(exclude_unset=True))
        return answered(await peers.profiles.BatchArchiveProfiles(request, **caller.to("profile", 30)))

    @routes.get("", response_model=CountedListing[Profile], summary="List people")
    async def list_profiles(
        caller: Reader, page_size: PageSize = 50, page_token: PageToken = "", archived: bool = False
    ) -> Response:
        """Lists people by number; to find some, search."""
        request = pb.ListProfilesRequest(page_size=page_size, page_token=page_token, archived=archived)
        return listed(await peers.profiles.ListProfiles(request, **caller.to("profile")), "profiles")

    @routes.post("", response_model=Profile, status_code=201, summary="Create a person")
    async def create_profile(body: NewProfile, caller: Editor, idempotency_key: IdempotencyKey = None) -> Response:
        """Creates a person from what you know."""
        fields = body.model_dump(exclude_unset=True)
        request = pb.CreateProfileRequest(base=fields.pop("base", None) or "", request_id=idempotency_key or "")
        into(request.profile, fields)
        request.profile.SetInParent()
        profile = await peers.profiles.CreateProfile(request, **caller.to("profile"))
        return created(profile, f"/v1/profiles/{profile.id}")

    @routes.get("/{profile}", response_model=Profile, summary="Get a person")
    async def get_profile(
        profile: PathId,
        caller: Reader,
        as_of: Annotated[datetime | None, Query(description="State as recorded up to then.")] = None,
    ) -> Response:
        """Gives a person as your workspace sees it; the id of an absorbed one answers as its survivor."""
        request = pb.GetProfileRequest(id=profile)
        if as_of is not None:
            try:
                request.as_of_time.FromDatetime(as_of)
            except (OverflowError, ValueError):
                raise invalid("?as_of", "VALUE_NOT_VALID", "No such moment can be kept.") from None
        return answered(await peers.profiles.GetProfile(request, **caller.to("profile")))

    @routes.patch("/{profile}", response_model=Profile, summary="Change a person")
    async def update_profile(
        profile: PathId,
        body: PatchProfile,
        caller: Editor,
        if_match: IfMatch = None,
        idempotency_key: IdempotencyKey = None,
    ) -> Response:
        """Changes what is named; an attribute that is null is withdrawn."""
        fields = body.model_dump(exclude_unset=True)
        request = pb.UpdateProfileRequest(
            id=profile,
            base=fields.pop("base", None) or "",
            etag=etag_of(if_match),
            request_id=idempotency_key or "",
        )
        attributes = fields.get("attributes") or {}
        request.update_mask.paths.extend(f"attributes.{key}" for key in attributes)
        request.update_mask.paths.extend(name for name in fields if name != "attributes")
        fields["attributes"] = {key: value for key, value in attributes.items() if value is not None}
        into(request.profile, fields)
        request.profile.SetInParent()
        return answered(await peers.profiles.UpdateProfile(request, **caller.to("profile")))

    @routes.post("/{profile}:archive", response_model=Profile, summary="Set a person aside")
    async def archive_profile(
        profile: PathId,
        body: ArchiveProfile,
        caller: Archivist,
        if_match: IfMatch = None,
        idempotency_key: IdempotencyKey = None,
    ) -> Response:
        """Takes a person out of counts, segments and sends."""
        request = pb.ArchiveProfileRequest(id=profile, etag=etag_of(if_match), request_id=idempotency_key or "")
        into(request, body.model_dump(exclude_unset=True))
        return answered(await peers.profiles.ArchiveProfile(request, **caller.to("profile")))

    @routes.post("/{profile}:restore", response_model=Profile, summary="Bring a person back")
    async def restore_profile(
        profile: PathId, caller: Archivist, if_match: IfMatch = None, idempotency_key: IdempotencyKey = None
    ) -> Response:
        """Brings an archived person back."""
        request = pb.RestoreProfileRequest(id=profile, etag=etag_of(if_match), request_id=idempotency_key or "")
        return answered(await peers.profiles.RestoreProfile(request, **caller.to("profile")))

    @routes.post("/{profile}:merge", response_model=Profile, summary="Make two people one")
    async def merge_profiles(
        profile: PathId,
        body: MergeProfiles,
        caller: Merger,
        if_match: IfMatch = None,
        idempotency_key: IdempotencyKey = None,
    ) -> Response:
        """Makes `other` part of this person; its id answers as this one from now on."""
        request = pb.MergeProfilesRequest(
            id=profile, other=body.other, etag=etag_of(if_match), request_id=idempotency_key or ""
        )
        return answered(await peers.profiles.MergeProfiles(request, **caller.to("profile")))

    @routes.post("/{profile}:previewMerge", response_model=Profile, summary="See whom a merge would make")
    async def preview_merge(profile: PathId, body: MergeProfiles, caller: Merger) -> Response:
        """Shows the person that a merge would make, with the values that would win and lose; nothing is written."""
        request = pb.PreviewMergeRequest(id=profile, other=body.other)
        shown = to_json(await peers.profiles.PreviewMerge(request, **caller.to("profile")))
        return written(shown)  # without the ETag of a state that does not exist

    @routes.post("/{profile}:unmerge", response_model=Profile, summary="Take a merge back")
    async def unmerge_profiles(
        profile: PathId,
        body: UnmergeProfiles,
        caller: Merger,
        if_match: IfMatch = None,
        idempotency_key: IdempotencyKey = None,
    ) -> Response:
        """Takes a merge back and marks the two as different people."""
        request = pb.UnmergeProfilesRequest(
            id=profile, other=body.other, etag=etag_of(if_match), request_id=idempotency_key or ""
        )
        return answered(await peers.profiles.UnmergeProfiles(request, **caller.to("profile")))

    @routes.post("/{profile}:erase", response_model=Erased, summary="Erase a person")
    async def erase_profile(profile: PathId, body: EraseProfile, caller: Eraser) -> Response:
        """Erases a person for good; nothing brings it back."""
        request = pb.EraseProfileRequest(id=profile, ground=body.ground)
        return answered(await peers.profiles.EraseProfile(request, **caller.to("profile")))

    @routes.get("/{profile}/provenance", response_model=Listing[ProvenanceEntry], summary="Who changed what")
    async def list_provenance(
        profile: PathId, caller: Reader, page_size: PageSize = 50, page_token: PageToken = ""
    ) -> Response:
        """Tells who changed which value when, newest first."""
        request = pb.ListProvenanceRequest(id=profile, page_size=page_size, page_token=page_token)
        return listed(await peers.profiles.ListProvenance(request, **caller.to("profile")), "entries", total=False)

    @routes.get("/{profile}/timeline", response_model=Listing[TimelineEntry], summary="What a person did")
    async def get_timeline(
        profile: PathId,
        caller: Reader,
        page_size: PageSize = 50,
        page_token: PageToken = "",
        kind: Annotated[list[str] | None, Query(max_length=3, description="activity, message, mark")] = None,
    ) -> Response:
        """Lists what a person did and was sent, newest first."""
        await require_person(profile, caller, peers)
        request = reports_pb2.GetTimelineRequest(
            profile=profile, page_size=page_size, page_token=page_token, kinds=kind or ()
        )
        return listed(await peers.reports.GetTimeline(request, **caller.to("report")), "entries", total=False)

    @routes.get("/{profile}/segments", response_model=Listing[Segment], summary="Which segments a person is in")
    async def list_memberships(profile: PathId, caller: Annotated[Caller, needs("segments.read")]) -> Response:
        """Lists the segments in use that a person is in, as membership was last worked out."""
        request = segments_pb2.ListMembershipsRequest(profile=profile)
        found = await peers.segments.ListMemberships(request, **caller.to("segment"))
        return written({"items": [to_json(each) for each in found.segments], "next_page_token": ""})

    @routes.get("/{profile}/messages", response_model=CountedListing[Message], summary="What a person was sent")
    async def list_profile_messages(
        profile: PathId,
        caller: Annotated[Caller, needs("messages.read", "profiles.read")],
        page_size: PageSize = 50,
        page_token: PageToken = "",
    ) -> Response:
        """Lists a person's messages, newest first."""
        await require_person(profile, caller, peers)
        request = messages_pb2.ListMessagesRequest(profile=profile, page_size=page_size, page_token=page_token)
        return listed(await peers.messages.ListMessages(request, **caller.to("channel")), "messages")

    @routes.get("/{profile}/audit", response_model=Listing[AuditEntry], summary="Who saw a person")
    async def list_profile_audit(
        profile: PathId, caller: Auditor, page_size: PageSize = 50, page_token: PageToken = ""
    ) -> Response:
        """Lists who saw the person and who did what to it, newest first."""
        await require_person(profile, caller, peers)
        request = people_pb2.ListAuditRequest(subject=profile, page_size=page_size, page_token=page_token)
        return listed(await peers.people.ListAudit(request, **caller.to("access")), "entries", total=False)

    return routes


async def require_person(profile: str, caller: Caller, peers: Peers) -> None:
    """Refuse whom the caller's workspace does not know, before another service is asked about him.

    Raises:
        RequestRefused: 404 PROFILE_UNKNOWN.
    """
    request = pb.BatchGetProfilesRequest(ids=[profile], read_mask=FieldMask(paths=["id"]))
    found = await peers.profiles.BatchGetProfiles(request, **caller.to("profile"))
    if not found.profiles:
        raise RequestRefused(Refusal(404, "PROFILE_UNKNOWN", f"There is no profile {profile}."))
