"""What channel asks of campaign and profile: template versions, people, readers' preferences.

Promise: one call to profile per batch of up to 500 people, as the campaign's workspace sees them; a template version
is asked for once, because it never changes.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from google.protobuf.field_mask_pb2 import FieldMask

from chassis.grpc import Peer
from chassis.kernel import Code, Problem
from gen.consilium.campaign.v1 import templates_pb2, templates_pb2_grpc
from gen.consilium.profile.v1 import consents_pb2, consents_pb2_grpc, profiles_pb2, profiles_pb2_grpc
from services.channel.adapters.letters.press import Press, PressedLetter, press_letter
from services.channel.domain.gates import EVERYWHERE, ConsentView, Contact, Person
from services.channel.domain.letter import LetterContent
from services.channel.domain.preferences import Choices, Preference
from services.channel.domain.tracking import UnsubscribeWish

_FIELDS = FieldMask(paths=["state", "attributes", "contacts", "consents", "affiliations"])
LETTERS_KEPT = 200


class CampaignLetters:
    """Template versions on the press; implements the port Letters."""

    def __init__(self, peer: Peer, press: Press) -> None:
        self._peer = peer
        self._stub: Any = templates_pb2_grpc.TemplatesStub(peer.channel)
        self._press = press
        self._asking = asyncio.Lock()
        self._kept: dict[tuple[str, int], PressedLetter | None] = {}

    async def get(self, template: str, version: int) -> PressedLetter | None:
        """Give a version; see the port."""
        key = (template, version)
        if key in self._kept:
            return self._kept[key]
        async with self._asking:
            return self._kept[key] if key in self._kept else await self._ask(key)

    async def _ask(self, key: tuple[str, int]) -> PressedLetter | None:
        template, version = key
        request = templates_pb2.GetTemplateVersionRequest(template=template, version=version)
        try:
            answer = await self._peer.call(self._stub.GetTemplateVersion, request)
        except Problem as error:
            if error.code is not Code.NOT_FOUND:
                raise
            return None
        if len(self._kept) >= LETTERS_KEPT:
            del self._kept[next(iter(self._kept))]
        self._kept[key] = press_letter(content_from(answer.content), self._press)
        return self._kept[key]


class ProfilePeople:
    """People from profile; implements the port People."""

    def __init__(self, peer: Peer) -> None:
        self._peer = peer
        self._stub: Any = profiles_pb2_grpc.ProfilesStub(peer.channel)

    async def get(self, workspace: str, profiles: Sequence[str]) -> Mapping[str, Person]:
        """Give people by the ids asked for; see the port."""
        if not profiles:
            return {}
        request = profiles_pb2.BatchGetProfilesRequest(ids=profiles, workspace=workspace, read_mask=_FIELDS)
        answer = await self._peer.call(self._stub.BatchGetProfiles, request, timeout=15.0)
        asked = answer.requested_ids or [profile.id for profile in answer.profiles]
        return {key: person_from(profile) for key, profile in zip(asked, answer.profiles, strict=True)}

    async def ids_of(self, profile: str) -> tuple[str, ...]:
        """Give every id that means the same person; see the port."""
        request = profiles_pb2.BatchGetProfilesRequest(
            ids=[profile], workspace=EVERYWHERE, read_mask=FieldMask(paths=["absorbed"])
        )
        found = (await self._peer.call(self._stub.BatchGetProfiles, request)).profiles
        return (found[0].id, *found[0].absorbed) if found else (profile,)


class ProfilePreferences:
    """Readers' choices at profile; implements the port PreferenceDesk."""

    def __init__(self, peer: Peer) -> None:
        self._peer = peer
        self._stub: Any = consents_pb2_grpc.ConsentsStub(peer.channel)

    async def look(self, wish: UnsubscribeWish, person: str) -> Choices:
        """Give what a reader may choose; see the port."""
        request = consents_pb2.GetPreferencesRequest(chooser=_chooser(wish, person))
        return _choices(await self._peer.call(self._stub.GetPreferences, request))

    async def choose(
        self, wish: UnsubscribeWish, person: str, *, granted: Sequence[str], withdrawn: Sequence[str]
    ) -> Choices:
        """Write what a reader chose; see the port."""
        request = consents_pb2.SetPreferencesRequest(
            chooser=_chooser(wish, person), granted=granted, withdrawn=withdrawn, reference=wish.message
        )
        return _choices(await self._peer.call(self._stub.SetPreferences, request))


def _chooser(wish: UnsubscribeWish, person: str) -> consents_pb2.Chooser:
    return consents_pb2.Chooser(
        controller=wish.controller, contact_kind="email", contact_hmac=wish.contact_hmac, profile=person
    )


def _choices(said: consents_pb2.Preferences) -> Choices:
    return Choices(
        said.controller_title,
        tuple(
            Preference(
                id=each.id,
                channel=each.key.channel,
                purpose=each.key.purpose,
                topic=each.key.topic,
                contact_kind=each.key.contact_kind,
                contact=each.key.contact_value,
                contact_hmac=each.contact_hmac,
                granted=each.status == consents_pb2.CONSENT_STATUS_GRANTED,
            )
            for each in said.preferences
        ),
    )


def content_from(content: templates_pb2.LetterContent) -> LetterContent:
    """Read what a letter says."""
    return LetterContent(
        subject=content.subject,
        body=content.body,
        preheader=content.preheader,
        from_name=content.from_name,
        fallbacks=dict(content.fallbacks),
        language=content.language or "ru",
    )


def person_from(profile: profiles_pb2.Profile) -> Person:
    """Read a person."""
    return Person(
        id=profile.id,
        active=profile.state == profiles_pb2.PROFILE_STATE_ACTIVE,
        contacts=tuple(
            Contact(
                contact.kind, contact.value, contact.hmac, contact.record, contact.standing or "sole",
                contact.HasField("bounce_time"),
            )
            for contact in profile.contacts
        ),
        consents=tuple(_consent_from(consent) for consent in profile.consents),
        values=_values_from(profile),
    )  # fmt: skip


def _consent_from(consent: consents_pb2.Consent) -> ConsentView:
    expires: datetime | None = None
    if consent.HasField("expire_time"):
        expires = consent.expire_time.ToDatetime(UTC)
    return ConsentView(
        controller=consent.key.controller,
        purpose=consent.key.purpose,
        channel=consent.key.channel,
        topic=consent.key.topic,
        contact_hmac=consent.contact_hmac,
        granted=consent.status == consents_pb2.CONSENT_STATUS_GRANTED,
        expires=expires,
    )


def _values_from(profile: profiles_pb2.Profile) -> dict[str, object]:
    """Give what a letter may say: attributes, and the workplace that lasts, the first one told."""
    values: dict[str, object] = {}
    for key, held in profile.attributes.items():
        case = held.value.WhichOneof("value")
        if case is not None:
            values[key] = getattr(held.value, case)
    lasting = next((place for place in profile.affiliations if not place.end_date), None)
    if lasting is not None:
        workplace = {
            "organisation": lasting.organisation_name, "specialty": lasting.specialty, "position": lasting.position,
        }  # fmt: skip
        values |= {key: value for key, value in workplace.items() if value}
    return values
