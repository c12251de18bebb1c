"""What arrives on the bus for channel and what leaves: protobuf to domain and back.

Nothing personal passes here: ids, codes, times, keyed hashes.
"""

from collections.abc import Iterator
from datetime import datetime

from chassis.kernel import partition_of
from chassis.outbox import Fact
from gen.consilium.campaign.v1 import events_pb2 as campaign_events
from gen.consilium.channel.v1 import events_pb2 as events
from gen.consilium.channel.v1 import messages_pb2 as pb
from services.channel.domain.message import Finish, Mark, Message, Order, Outcome, is_hard_bounce

TOPIC = "delivery"
OUTCOMES = {outcome: pb.Outcome.Value(f"OUTCOME_{outcome.name}") for outcome in Outcome}


def requests_from(body: bytes, now: datetime, trace: str = "") -> Iterator[Message]:
    """Read one `messages-requested`."""
    batch = campaign_events.MessagesRequested.FromString(body)
    order = Order(
        batch=batch.batch,
        campaign=batch.campaign,
        entry=batch.entry,
        node=batch.node,
        template=batch.template,
        template_version=batch.template_version,
        channels=tuple(batch.channels) or ("email",),
        controller=batch.controller,
        purpose=batch.purpose,
        topic=batch.topic,
        workspace=batch.workspace,
    )
    for request in batch.requests:
        yield Message(request.message, order, request.profile, request.no, now, request.held_out, trace=trace)


def finished_fact(message: Message, finish: Finish, now: datetime) -> Fact:
    """Tell a message's outcome."""
    order = message.order
    body = events.MessageFinished(
        message=message.id,
        campaign=order.campaign,
        entry=order.entry,
        node=order.node,
        profile=message.person or message.profile,
        no=message.no,
        batch=order.batch,
        channel=message.channel,
        outcome=OUTCOMES[finish.outcome],
        reason=finish.reason,
        provider_code=finish.provider_code,
        subject=message.record or message.person or message.profile,
        template=order.template,
        template_version=order.template_version,
        controller=order.controller,
        workspace=order.workspace,
    )
    if finish.outcome is Outcome.BOUNCED:
        body.contact_kind, body.contact_hmac = "email", message.address_hmac
        body.bounce_class = "hard" if is_hard_bounce(finish.provider_code) else "soft"
    body.request_time.FromDatetime(message.requested_at)
    body.time.FromDatetime(now)
    return Fact(
        id=f"{message.id}:{finish.outcome}",
        topic=TOPIC,
        event=f"message-{finish.outcome}",
        partition=partition_of(message.profile),
        body=body.SerializeToString(),
        time=now,
        trace=message.trace,
        cause=order.batch,
    )


def held_fact(message: Message, reason: str, due: datetime, now: datetime, revision: int = 1) -> Fact:
    """Tell that a message waits; `revision` is the one that the write raises the message to."""
    order = message.order
    body = events.MessageHeld(
        message=message.id,
        campaign=order.campaign,
        entry=order.entry,
        node=order.node,
        profile=message.person or message.profile,
        no=message.no,
        batch=order.batch,
        channel=message.channel,
        reason=reason,
        subject=message.record or message.person or message.profile,
        controller=order.controller,
        workspace=order.workspace,
    )
    body.next_time.FromDatetime(due)
    body.time.FromDatetime(now)
    return Fact(
        id=f"{message.id}:held:{revision}",
        topic=TOPIC,
        event="message-held",
        partition=partition_of(message.profile),
        body=body.SerializeToString(),
        time=now,
        trace=message.trace,
        cause=order.batch,
    )


def marked_fact(message: Message, mark: Mark, number: int, now: datetime) -> Fact:
    """Tell a mark; `number` is its place among the message's marks, so that a repeat has the same id."""
    order = message.order
    body = events.MessageMarked(
        message=message.id,
        campaign=order.campaign,
        entry=order.entry,
        profile=message.person or message.profile,
        no=message.no,
        subject=message.record or message.person or message.profile,
        channel=message.channel,
        mark=mark_to(mark),
        controller=order.controller,
        purpose=order.purpose,
        topic=order.topic,
        contact_hmac=message.address_hmac,
        contact_kind="email",
        workspace=order.workspace,
    )
    return Fact(
        id=f"{message.id}:{mark.kind}:{number}",
        topic=TOPIC,
        event=f"message-{mark.kind}",
        partition=partition_of(message.profile),
        body=body.SerializeToString(),
        time=now,
        trace=message.trace,
        cause=message.id,
    )


def mark_to(mark: Mark) -> pb.Mark:
    """Write a mark."""
    made = pb.Mark(kind=mark.kind, machine=mark.machine, link=mark.link, bounce_class=mark.bounce_class, code=mark.code)
    made.time.FromDatetime(mark.time)
    return made
