"""What arrives on the bus, parsed: batches of collected events, and marks of letters."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from chassis.bus import Consumer, Delivery
from chassis.kernel import derived_id
from gen.consilium.channel.v1 import events_pb2 as channel_pb
from gen.consilium.profile.v1 import events_pb2 as pb
from services.profile.adapters.contact_reading import read_contact
from services.profile.app import App
from services.profile.commands.consents import AddressWord
from services.profile.domain.activity import Admitted, admitted
from services.profile.domain.events import ContactMark
from services.profile.domain.identity import IdentityKey
from services.profile.domain.sources import Source, Sources
from services.profile.ports import Claim, Collected
from services.profile.reactions import on_addresses_marked, on_events_collected

_JSON = msgspec.json.Decoder(dict[str, Any])
MARKS = frozenset({"message-unsubscribed", "message-complained", "message-bounced-later", "message-bounced"})
_MARK: dict[str, ContactMark] = {"message-complained": "complained", "message-bounced-later": "bounced"}


def consumers(app: App) -> list[Consumer]:
    """Give what profile takes from the bus."""

    async def collected(batch: Sequence[Delivery]) -> None:
        sources = await app.settings.sources()
        events = [event for each in batch for event in _collected(each, app.digest, sources)]
        await on_events_collected(events, app)

    async def marked(batch: Sequence[Delivery]) -> None:
        await on_addresses_marked([word for each in batch if (word := _word(each)) is not None], app)

    return [
        Consumer("inbox", "resolver", collected, batch=64),
        Consumer("delivery", "marks", marked, events=MARKS),
    ]


def _collected(delivery: Delivery, digest: Callable[[str, str], str], sources: Sources) -> list[Collected]:
    batch = pb.EventsCollected.FromString(delivery.body)
    source = sources.get(batch.source)
    # Whoever works in the whole installation names no base: the source's owner is the events' owner.
    base = batch.base or (source.base if source else "")
    owned = source if source is not None and source.base == base else None
    received = _moment(batch.receive_time) if batch.HasField("receive_time") else delivery.time
    return [
        Collected(
            event_id=event.event_id,
            source=batch.source,
            base=base,
            name=event.name,
            time=_moment(event.time) if event.HasField("time") else received,
            received=received,
            trusted=batch.trusted,
            device=derived_id("device", base, event.anonymous_id) if event.anonymous_id else "",
            claims=tuple(claim for each in event.identities if (claim := _claim(each, owned, digest)) is not None),
            properties=_properties(event.properties),
        )
        for event in batch.events
    ]


def _claim(said: pb.Identity, source: Source | None, digest: Callable[[str, str], str]) -> Claim | None:
    if said.kind == "profile":
        return Claim(profile=said.value)
    if said.kind == "external-id":
        if source is None:
            return None  # nobody's numbers, or another owner's
        kind = f"external:{source.external_id_kind or source.key}"
        return Claim(key=IdentityKey(kind, digest(kind, said.value)))
    point = read_contact(said.kind, said.value)
    return Claim(key=IdentityKey(point.kind, digest(point.kind, point.value))) if point else None


def _properties(raw: bytes) -> Admitted:
    if not raw:
        return Admitted({}, 0)
    try:
        return admitted(_JSON.decode(raw))
    except msgspec.DecodeError:
        return Admitted({}, 1)


def _word(delivery: Delivery) -> AddressWord | None:
    """Read what was learnt of an address; None for a full mailbox and the like, which says nothing that lasts."""
    if delivery.event == "message-bounced":
        end = channel_pb.MessageFinished.FromString(delivery.body)
        if end.bounce_class != "hard":
            return None
        return AddressWord(end.contact_kind, end.contact_hmac.hex(), delivery.time, end.message, "bounced")
    said = channel_pb.MessageMarked.FromString(delivery.body)
    if delivery.event == "message-bounced-later" and said.mark.bounce_class != "hard":
        return None
    mark: ContactMark | None = _MARK.get(delivery.event)
    # Who complains has withdrawn as well; a bounce says nothing about consent.
    withdrawn = mark != "bounced"
    return AddressWord(
        kind=said.contact_kind,
        digest=said.contact_hmac.hex(),
        time=delivery.time,
        reference=said.message,
        mark=mark,
        withdrawn_from=said.controller if withdrawn else "",
        channel=said.channel if withdrawn else "",
        purpose=said.purpose if withdrawn else "",
    )


def _moment(value: Any) -> datetime:
    moment: datetime = value.ToDatetime(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
