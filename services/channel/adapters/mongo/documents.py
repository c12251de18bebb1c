"""Messages as documents: the one place that knows their fields.

`worker` is set only while a worker holds the message and `due_at` only while it waits, so that the two sparse
indexes hold nothing but what recovery and retry look for.
"""

from datetime import datetime
from typing import Any

from chassis.kernel import lane_of, partition_of
from services.channel.domain.message import Mark, MarkKind, Message, Order

Document = dict[str, Any]
MESSAGES = "messages"


def to_document(message: Message) -> Document:
    """Write a message without its state; keys only when they are claimed."""
    order = message.order
    document: Document = {
        "_id": message.id,
        "campaign": order.campaign,
        "entry": order.entry,
        "node": order.node,
        "batch": order.batch,
        "template": order.template,
        "template_version": order.template_version,
        "channels": list(order.channels),
        "controller": order.controller,
        "purpose": order.purpose,
        "topic": order.topic,
        "workspace": order.workspace,
        "profile": message.profile,
        "no": message.no,
        "person": message.person,
        "record": message.record,
        "address_hmac": message.address_hmac,
        "channel": message.channel,
        "held_out": message.held_out,
        "attempts": message.attempts,
        "requested_at": message.requested_at,
        "trace": message.trace,
        "lane": lane_of(partition_of(message.profile)),
        "revision": 1,
    }
    if message.keyed:
        document |= {"person_key": message.person_key(), "address_key": message.address_key()}
    return document


def from_document(document: Document) -> Message:
    """Read a message."""
    return Message(
        id=document["_id"],
        order=Order(
            batch=document["batch"],
            campaign=document["campaign"],
            entry=document["entry"],
            node=document["node"],
            template=document["template"],
            template_version=document["template_version"],
            channels=tuple(document["channels"]),
            controller=document["controller"],
            purpose=document["purpose"],
            topic=document["topic"],
            workspace=document["workspace"],
        ),
        profile=document["profile"],
        no=document["no"],
        requested_at=document["requested_at"],
        held_out=document["held_out"],
        attempts=document["attempts"],
        person=document["person"],
        record=document["record"],
        address_hmac=bytes(document["address_hmac"]),
        channel=document["channel"],
        keyed="person_key" in document,
        trace=document.get("trace", ""),
    )


def mark_to_document(mark: Mark) -> Document:
    """Write a mark."""
    return {
        "kind": str(mark.kind),
        "time": mark.time,
        "machine": mark.machine,
        "link": mark.link,
        "bounce_class": mark.bounce_class,
        "code": mark.code,
    }


def mark_from_document(document: Document) -> Mark:
    """Read a mark."""
    time: datetime = document["time"]
    return Mark(
        MarkKind(document["kind"]),
        time,
        document["machine"],
        document["link"],
        document["bounce_class"],
        document["code"],
    )
