"""What leaves campaign over the bus and what arrives: subjects' events and their bodies.

Out: MESSAGE `messages-requested`, CONTROL `campaign-launched`, `-paused`, `-resumed`, `-stopped`, `-done`, AUDIT
`acted`.
In: DELIVERY `message-<outcome>` and `message-held`.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from google.protobuf.timestamp_pb2 import Timestamp

from chassis.bus import Delivery
from chassis.grpc import trail
from chassis.kernel import derived_id, partition_of
from chassis.outbox import Fact
from gen.consilium.campaign.v1 import events_pb2 as pb
from gen.consilium.channel.v1 import events_pb2 as delivery_pb
from services.campaign.domain.campaign import Campaign
from services.campaign.domain.requests import RequestBatch
from services.campaign.domain.tally import Outcome
from services.campaign.ports import Act

DELIVERY = "delivery"
HELD_EVENT = "message-held"
OUTCOME_EVENTS = {f"message-{outcome.code}": outcome for outcome in Outcome}
HEARD = frozenset({*OUTCOME_EVENTS, HELD_EVENT})


def moment(time: datetime) -> Timestamp:
    """Give a moment as protobuf has it."""
    stamp = Timestamp()
    stamp.FromDatetime(time)
    return stamp


def state_changed(event: str, campaign: Campaign, revision: int, now: datetime) -> Fact:
    """Make the fact that whoever works for the campaign must obey."""
    body = pb.CampaignStateChanged(
        campaign=campaign.id,
        state=campaign.state.value,
        revision=revision,
        time=moment(now),
        workspace=campaign.workspace,
    )
    return Fact(
        id=derived_id(campaign.id, str(revision), event),
        topic="control",
        event=event,
        partition=partition_of(campaign.id),
        body=body.SerializeToString(),
        time=now,
    )


def acted(act: Act, subject: str, revision: int, now: datetime) -> Fact:
    """Make the fact of who did something to a thing, which moved it to a revision."""
    known = derived_id(subject, str(revision), "acted")
    return trail.acted(act.principal, act.action, [subject], act.workspace, now, fact=known)


def frozen_body(campaign: Campaign, batch: RequestBatch) -> bytes:
    """Make the body of a batch's message, complete but for the time of its release."""
    settings, run = campaign.settings, campaign.current_run
    return pb.MessagesRequested(
        batch=batch.id,
        campaign=campaign.id,
        entry=batch.entry,
        node=batch.node,
        template=settings.template,
        template_version=run.template_version,
        channels=settings.channels,
        controller=settings.controller,
        purpose=settings.purpose,
        topic=settings.topic,
        workspace=campaign.workspace,
        requests=[
            pb.MessageRequest(
                message=request.message, profile=request.profile, no=request.no, held_out=request.held_out
            )
            for request in batch.requests
        ],
        goal_event=settings.goal.event if settings.goal else "",
        goal_window_hours=settings.goal.window_hours if settings.goal else 0,
    ).SerializeToString()


def messages_requested(batch: str, partition: int, frozen: bytes, now: datetime, trace: str = "") -> Fact:
    """Make the fact that gives a batch to channel."""
    # Serialised messages join by concatenation: the frozen bytes stay as they are, the release adds its time.
    body = frozen + pb.MessagesRequested(release_time=moment(now)).SerializeToString()
    return Fact(
        id=derived_id(batch, "messages-requested"),
        topic="message",
        event="messages-requested",
        partition=partition,
        body=body,
        time=now,
        trace=trace,
    )


def outcomes_of(facts: Sequence[Delivery]) -> Mapping[str, Mapping[str, Outcome | None]]:
    """Read outcomes by batch and message, None for one that is held and has none.

    Of several for one message the first stands, save "unconfirmed".
    """
    found: dict[str, dict[str, Outcome | None]] = {}
    for fact in facts:
        read = delivery_pb.MessageHeld if fact.event == HELD_EVENT else delivery_pb.MessageFinished
        body = read.FromString(fact.body)
        if not body.batch:
            continue  # not asked for by a campaign
        _join(found.setdefault(body.batch, {}), body.message, OUTCOME_EVENTS.get(fact.event))
    return found


def _join(outcomes: dict[str, Outcome | None], message: str, outcome: Outcome | None) -> None:
    known = outcomes.get(message)
    if known is None or (known is Outcome.UNCONFIRMED and outcome is not None):
        outcomes[message] = outcome
