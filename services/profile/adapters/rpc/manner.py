"""What every servicer of people asks first: who calls, by what rules people are shown."""

from collections.abc import Iterable

from google.protobuf.message import Message

from chassis.grpc import Principal
from services.profile.adapters.presenting import Manner
from services.profile.app import App
from services.profile.commands.change import Request
from services.profile.domain.identity import IdentityKey
from services.profile.domain.people import Person
from services.profile.domain.placement import Holding


async def manner_of(app: App, principal: Principal, home_zone: str, *, health: bool = False) -> Manner:
    """Give the manner in which this caller is shown people."""
    return Manner(
        sources=await app.settings.sources(),
        catalogue=await app.settings.catalogue(),
        zones=await app.zones(),
        home_zone=home_zone,
        digest=app.digest,
        now=app.clock.now(),
        service=principal.is_service,
        health=health,
    )


def request_of(principal: Principal, message: Message, key: str) -> Request:
    """Give who asks for what, with the body that a repeat of the same key must equal."""
    return Request(principal.id, principal.workspace, key, message.SerializeToString(deterministic=True))


async def standings_of(people: Iterable[Person], app: App) -> dict[str, Holding]:
    """Tell of each contact of people whether it is one person's, by the contact's keyed hash; one look for all."""
    points = {contact.point for person in people for record in person.records for contact in record.contacts}
    keys = [IdentityKey(point.kind, app.digest(point.kind, point.value)) for point in points]
    return {key.digest: holding for key, holding in (await app.identities.load(keys)).items()} if keys else {}
