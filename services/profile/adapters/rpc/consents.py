"""The servicer of consents."""

from datetime import UTC
from typing import Any

from chassis.grpc import principal_of
from chassis.kernel import Etag
from gen.consilium.profile.v1 import consents_pb2 as pb
from gen.consilium.profile.v1 import consents_pb2_grpc
from services.profile import queries
from services.profile.adapters.presenting import consent_key_from, consent_to, evidence_from
from services.profile.adapters.rpc.manner import manner_of, request_of
from services.profile.app import App
from services.profile.commands.change import Seen
from services.profile.commands.consents import GrantConsent, RevokeConsent, grant_consent, revoke_consent
from services.profile.commands.preferences import Chooser, SetPreferences, see_preferences, set_preferences
from services.profile.domain.consent import ConsentKey, effective
from services.profile.domain.errors import BaseUnknown
from services.profile.domain.identity import IdentityKey
from services.profile.domain.preferences import Preferences
from services.profile.domain.sources import EVERYWHERE

SERVICE = "consilium.profile.v1.Consents"


class ConsentsServicer(consents_pb2_grpc.ConsentsServicer):
    """Answers `consilium.profile.v1.Consents`."""

    def __init__(self, app: App, home_zone: str) -> None:
        self.app, self._home_zone = app, home_zone

    async def ListConsents(self, request: pb.ListConsentsRequest, context: Any) -> pb.ListConsentsResponse:
        """Give what stands and how it came to be."""
        principal = principal_of(context)
        workspace = principal.workspace
        shown = await queries.get_profile(request.profile, workspace, self.app)
        manner = await manner_of(self.app, principal, self._home_zone)
        records = shown.seen.person.records
        holders = {id(word): record.id for record in records for word in record.consents.values()}
        standing = effective((record.consents for record in records), manner.now).values()
        history = await queries.consent_history(request.profile, workspace, self.app)
        return pb.ListConsentsResponse(
            consents=[
                consent_to(word, holders[id(word)], manner)
                for word in standing
                if workspace in {EVERYWHERE, word.key.controller}
            ],
            history=[consent_to(word, record, manner) for record, word in history],
        )

    async def GrantConsent(self, request: pb.GrantConsentRequest, context: Any) -> pb.Consent:
        """Record that a consent was given."""
        principal = principal_of(context)
        command = GrantConsent(
            profile=request.profile,
            key=_own(consent_key_from(request.key), principal.workspace),
            evidence=evidence_from(request.evidence, principal.id, self.app.clock.now()),
            expires_at=request.expire_time.ToDatetime(UTC) if request.HasField("expire_time") else None,
            expected=Etag.parse(request.etag),
        )
        seen = await grant_consent(command, request_of(principal, request, request.request_id), self.app)
        return await self._standing(seen, command.key, context)

    async def RevokeConsent(self, request: pb.RevokeConsentRequest, context: Any) -> pb.Consent:
        """Withdraw a consent."""
        principal = principal_of(context)
        command = RevokeConsent(
            profile=request.profile,
            key=_own(consent_key_from(request.key), principal.workspace),
            evidence=evidence_from(request.evidence, principal.id, self.app.clock.now()),
            expected=Etag.parse(request.etag),
        )
        seen = await revoke_consent(command, request_of(principal, request, request.request_id), self.app)
        return await self._standing(seen, command.key, context)

    async def GetPreferences(self, request: pb.GetPreferencesRequest, context: Any) -> pb.Preferences:
        """Give what the reader of an address may choose about."""
        chooser = _chooser(request.chooser)
        return await self._preferences(chooser, await see_preferences(chooser, self.app), context)

    async def SetPreferences(self, request: pb.SetPreferencesRequest, context: Any) -> pb.Preferences:
        """Write what the reader chose."""
        command = SetPreferences(
            chooser=_chooser(request.chooser),
            granted=list(request.granted),
            withdrawn=list(request.withdrawn),
            reference=request.reference,
        )
        return await self._preferences(command.chooser, await set_preferences(command, self.app), context)

    async def _preferences(self, chooser: Chooser, found: Preferences, context: Any) -> pb.Preferences:
        manner = await manner_of(self.app, principal_of(context), self._home_zone)
        titles = {base.key: base.title for base in await self.app.settings.bases()}
        said = pb.Preferences(controller_title=titles.get(chooser.controller, ""))
        for choice, word in found.items():
            shown = consent_to(word, "", manner)
            said.preferences.add(id=choice, key=shown.key, status=shown.status, contact_hmac=shown.contact_hmac)
        return said

    async def _standing(self, seen: Seen, key: ConsentKey, context: Any) -> pb.Consent:
        manner = await manner_of(self.app, principal_of(context), self._home_zone)
        records = seen.person.records
        word = effective((record.consents for record in records), manner.now).get(key)
        if word is None:  # nothing was ever said about it: a withdrawal of nothing
            contact = pb.ConsentKey(
                controller=key.controller, purpose=key.purpose, channel=key.channel, topic=key.topic,
                contact_kind=key.contact.kind, contact_value=key.contact.value,
            )  # fmt: skip
            return pb.Consent(key=contact)
        record = next(each.id for each in records if each.consents.get(key) is word)
        return consent_to(word, record, manner)


def _chooser(said: pb.Chooser) -> Chooser:
    return Chooser(said.controller, IdentityKey(said.contact_kind, said.contact_hmac.hex()), said.profile)


def _own(key: ConsentKey, workspace: str) -> ConsentKey:
    """Refuse a controller that is not the caller's: a base speaks for itself only."""
    if workspace not in {EVERYWHERE, key.controller}:
        raise BaseUnknown(key.controller)
    return key
