"""The servicer of people."""

from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import UTC
from typing import Any

from chassis.grpc import Principal, principal_of
from chassis.kernel import Etag, Violation
from chassis.kernel.problem import ActionNotAllowed
from chassis.paging import Pages, page_size
from gen.consilium.profile.v1 import profiles_pb2 as pb
from gen.consilium.profile.v1 import profiles_pb2_grpc
from services.profile import queries
from services.profile.adapters.contact_reading import KINDS, read_contact
from services.profile.adapters.presenting import affiliation_from, profile_to, told_to, value_from
from services.profile.adapters.rpc.manner import manner_of, request_of, standings_of
from services.profile.app import App
from services.profile.commands.change import Seen
from services.profile.commands.erasing import erase_profile
from services.profile.commands.profiles import (
    ProfileInput,
    UpdateProfile,
    archive_profile,
    create_profile,
    merge_profiles,
    preview_merge,
    restore_profile,
    unmerge_profiles,
    update_profile,
)
from services.profile.domain.errors import ProfileInvalid, ProfileUnknown
from services.profile.domain.identity import IdentityKey
from services.profile.domain.placement import Holding
from services.profile.domain.record import Contact
from services.profile.domain.sources import EVERYWHERE

SERVICE = "consilium.profile.v1.Profiles"


class ProfilesServicer(profiles_pb2_grpc.ProfilesServicer):
    """Answers `consilium.profile.v1.Profiles`."""

    def __init__(self, app: App, pages: Pages, home_zone: str) -> None:
        self.app, self._pages, self._home_zone = app, pages, home_zone

    async def GetProfile(self, request: pb.GetProfileRequest, context: Any) -> pb.Profile:
        """Show one person, now or then."""
        workspace = principal_of(context).workspace
        as_of = request.as_of_time.ToDatetime(UTC) if request.HasField("as_of_time") else None
        shown = await queries.get_profile(request.id, workspace, self.app, as_of)
        return await self._card(shown, workspace, context)

    async def BatchGetProfiles(self, request: pb.BatchGetProfilesRequest, context: Any) -> pb.BatchGetProfilesResponse:
        """Show up to 500 people."""
        principal = principal_of(context)
        if (request.all_faces or request.workspace) and not principal.is_service:
            raise ActionNotAllowed("service")
        workspace = EVERYWHERE if request.all_faces else request.workspace or principal.workspace
        found = await queries.batch_get(list(request.ids), workspace, self.app, list(request.at_least_revisions))
        manner = await manner_of(self.app, principal, self._home_zone)
        parts = frozenset(path.partition(".")[0] for path in request.read_mask.paths)
        lists_contacts = not parts or "contacts" in parts
        standings = await self._standings((shown for _, shown in found), principal) if lists_contacts else {}
        answer = pb.BatchGetProfilesResponse()
        for number, (asked, shown) in enumerate(found):
            if number % queries.BREATH == queries.BREATH - 1:
                await queries.breathe()
            profile = profile_to(
                shown, manner, workspace=workspace, faces=request.all_faces, standings=standings, parts=parts
            )
            answer.profiles.append(_masked(profile, request))
            answer.requested_ids.append(asked)
        return answer

    async def LookupProfiles(self, request: pb.LookupProfilesRequest, context: Any) -> pb.LookupProfilesResponse:
        """Find who holds an identifier."""
        workspace = principal_of(context).workspace
        found = await queries.lookup(await self._keys(request), workspace, self.app)
        return pb.LookupProfilesResponse(profiles=await self._listed(found, workspace, context))

    async def _keys(self, request: pb.LookupProfilesRequest) -> list[IdentityKey]:
        if request.kind == "external-id":
            source = (await self.app.settings.sources()).get(request.source)
            scope = source.external_id_kind if source and source.external_id_kind else request.source
            kind = f"external:{scope}"
            return [IdentityKey(kind, self.app.digest(kind, request.value.strip()))]
        point = read_contact(request.kind, request.value)
        if point is None:
            raise ProfileInvalid([_unread("", request.kind)])
        return [IdentityKey(point.kind, self.app.digest(point.kind, point.value))]

    async def CreateProfile(self, request: pb.CreateProfileRequest, context: Any) -> pb.Profile:
        """Create a person by hand."""
        asked = request_of(principal_of(context), request, request.request_id)
        seen = await create_profile(_input(request.profile), request.base, asked, self.app)
        return await self._now(seen, context)

    async def UpdateProfile(self, request: pb.UpdateProfileRequest, context: Any) -> pb.Profile:
        """Edit a person by hand."""
        command = UpdateProfile(
            profile=request.id,
            given=_input(request.profile),
            paths=tuple(request.update_mask.paths),
            base=request.base,
            expected=Etag.parse(request.etag),
        )
        asked = request_of(principal_of(context), request, request.request_id)
        return await self._now(await update_profile(command, asked, self.app), context)

    async def ArchiveProfile(self, request: pb.ArchiveProfileRequest, context: Any) -> pb.Profile:
        """Set a person aside."""
        asked = request_of(principal_of(context), request, request.request_id)
        seen = await archive_profile(
            request.id, request.reason, request.comment, asked, self.app, Etag.parse(request.etag)
        )
        return await self._now(seen, context)

    async def RestoreProfile(self, request: pb.RestoreProfileRequest, context: Any) -> pb.Profile:
        """Bring a person back."""
        asked = request_of(principal_of(context), request, request.request_id)
        return await self._now(await restore_profile(request.id, asked, self.app, Etag.parse(request.etag)), context)

    async def BatchArchiveProfiles(
        self, request: pb.BatchArchiveProfilesRequest, context: Any
    ) -> pb.BatchArchiveProfilesResponse:
        """Set many aside for one reason."""
        asked = request_of(principal_of(context), request, "")
        answer = pb.BatchArchiveProfilesResponse()
        known = dict(await queries.batch_get(list(request.ids), asked.workspace, self.app))
        for profile in dict.fromkeys(request.ids):
            shown = known.get(profile)
            if shown is None or shown.seen.person.erased:
                answer.unknown.append(profile)
            elif shown.seen.person.archived:
                answer.unchanged.append(profile)
            else:
                await archive_profile(shown.seen.person.id, request.reason, request.comment, asked, self.app)
                answer.archived.append(profile)
        return answer

    async def MergeProfiles(self, request: pb.MergeProfilesRequest, context: Any) -> pb.Profile:
        """Make two people one."""
        asked = request_of(principal_of(context), request, request.request_id)
        expected = Etag.parse(request.etag)
        return await self._now(await merge_profiles(request.id, request.other, asked, self.app, expected), context)

    async def PreviewMerge(self, request: pb.PreviewMergeRequest, context: Any) -> pb.Profile:
        """Show whom a merge would make."""
        asked = request_of(principal_of(context), request, "")
        shown = await preview_merge(request.id, request.other, asked, self.app)
        return await self._card(shown, asked.workspace, context)

    async def UnmergeProfiles(self, request: pb.UnmergeProfilesRequest, context: Any) -> pb.Profile:
        """Take a merge back."""
        asked = request_of(principal_of(context), request, request.request_id)
        expected = Etag.parse(request.etag)
        return await self._now(await unmerge_profiles(request.id, request.other, asked, self.app, expected), context)

    async def EraseProfile(self, request: pb.EraseProfileRequest, context: Any) -> pb.EraseProfileResponse:
        """Erase a person for good."""
        asked = request_of(principal_of(context), request, "")
        answer = pb.EraseProfileResponse()
        answer.erase_time.FromDatetime(await erase_profile(request.id, request.ground, asked, self.app))
        return answer

    async def ListProvenance(self, request: pb.ListProvenanceRequest, context: Any) -> pb.ListProvenanceResponse:
        """Tell who changed what."""
        workspace = principal_of(context).workspace
        query = {"list": "provenance", "profile": request.id, "workspace": workspace}
        start = self._pages.position(query, request.page_token) or 0
        told = await queries.provenance(request.id, workspace, self.app)
        end = start + page_size(request.page_size)
        catalogue = await self.app.settings.catalogue()
        return pb.ListProvenanceResponse(
            entries=[told_to(each, catalogue) for each in told[start:end]],
            next_page_token=self._pages.token(query, end if end < len(told) else None),
        )

    async def ListProfiles(self, request: pb.ListProfilesRequest, context: Any) -> pb.ListProfilesResponse:
        """List people by number."""
        principal = principal_of(context)
        query = {"list": "profiles", "workspace": principal.workspace, "archived": request.archived}
        after = self._pages.position(query, request.page_token) or 0
        shown, total, following = await queries.page(
            principal.workspace, after, page_size(request.page_size), self.app, archived=request.archived
        )
        return pb.ListProfilesResponse(
            profiles=await self._listed(shown, principal.workspace, context),
            total=total,
            next_page_token=self._pages.token(query, following),
        )

    async def ScanProfiles(
        self, request: pb.ScanProfilesRequest, context: Any
    ) -> AsyncIterator[pb.ScanProfilesResponse]:
        """Stream everybody, after the bus position from which to go on."""
        yield pb.ScanProfilesResponse(bus_sequence=await self.app.bus_position())
        async for chunk in queries.scan(list(request.partitions), request.after, self.app):
            manner = await manner_of(self.app, principal_of(context), self._home_zone)
            answer = pb.ScanProfilesResponse()
            for number, shown in enumerate(chunk):
                if number % queries.BREATH == queries.BREATH - 1:
                    await queries.breathe()
                answer.profiles.append(profile_to(shown, manner, workspace=EVERYWHERE, faces=True))
            yield answer

    async def CountProfiles(self, request: pb.CountProfilesRequest, context: Any) -> pb.CountProfilesResponse:
        """Count people by partition."""
        del request, context
        return pb.CountProfilesResponse(
            partitions=[
                pb.PartitionCount(partition=each.partition, people=each.people, revision_sum=each.revisions)
                for each in await queries.counts(self.app)
            ]
        )

    async def _now(self, seen: Seen, context: Any) -> pb.Profile:
        workspace = principal_of(context).workspace
        return await self._card(await queries.get_profile(seen.person.id, workspace, self.app), workspace, context)

    async def _listed(self, found: Sequence[queries.Shown], workspace: str, context: Any) -> list[pb.Profile]:
        manner = await manner_of(self.app, principal_of(context), self._home_zone)
        standings = await self._standings(found, principal_of(context))
        return [profile_to(each, manner, workspace=workspace, standings=standings) for each in found]

    async def _standings(self, found: Iterable[queries.Shown], principal: Principal) -> dict[str, Holding]:
        """Look up the contacts' standings for a screen; services ask for hundreds of people and use none of them."""
        if principal.is_service:
            return {}
        return await standings_of((shown.seen.person for shown in found), self.app)

    async def _card(self, shown: queries.Shown, workspace: str, context: Any) -> pb.Profile:
        if not shown.seen.person.records and not shown.seen.person.erased:
            raise ProfileUnknown(shown.seen.person.id)
        manner = await manner_of(self.app, principal_of(context), self._home_zone, health=True)
        standings = await standings_of([shown.seen.person], self.app)
        return profile_to(shown, manner, workspace=workspace, standings=standings)


def _input(said: pb.ProfileInput) -> ProfileInput:
    faults: list[Violation] = []
    attributes = {}
    for key, each in said.attributes.items():
        value = value_from(each)
        if value is None:
            faults.append(Violation(f"profile.attributes.{key}", "VALUE_INVALID"))
        else:
            attributes[key] = value
    contacts = []
    for index, contact in enumerate(said.contacts):
        point = read_contact(contact.kind, contact.value)
        if point is None:
            faults.append(_unread(f"profile.contacts[{index}].", contact.kind))
        else:
            confirmed = contact.confirm_time.ToDatetime(UTC) if contact.HasField("confirm_time") else None
            contacts.append(Contact(point, confirmed))
    if faults:
        raise ProfileInvalid(faults)
    return ProfileInput(
        kind=said.kind or None,  # type: ignore[arg-type]  # its field rule allows these kinds only
        attributes=attributes,
        contacts=tuple(dict.fromkeys(contacts)),
        affiliations=tuple(
            affiliation_from(each, f"profile.affiliations[{index}]") for index, each in enumerate(said.affiliations)
        ),
        pinned=tuple(said.pinned),
    )


def _unread(place: str, kind: str) -> Violation:
    """Name what a contact point fails by: its value, or a kind that nobody reads."""
    if kind in KINDS:
        return Violation(f"{place}value", f"INVALID_{kind.upper()}")
    return Violation(f"{place}kind", "KIND_UNKNOWN")


def _masked(profile: pb.Profile, request: pb.BatchGetProfilesRequest) -> pb.Profile:
    if not request.read_mask.paths:
        return profile
    wanted = pb.Profile(id=profile.id, no=profile.no, revision=profile.revision, state=profile.state)
    request.read_mask.MergeMessage(profile, wanted, True, True)
    return wanted
