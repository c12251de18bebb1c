"""What access tells and hears on the bus."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from chassis.bus import Delivery
from chassis.kernel import derived_id, partition_of
from chassis.outbox import Fact
from gen.consilium.access.v1 import events_pb2 as pb
from services.access.ports import AuditFact


def role_changed(principal: str, revision: int, now: datetime) -> Fact:
    """Tell everybody that tokens cached for a principal are no longer good."""
    return Fact(
        id=derived_id("role-changed", principal, str(revision)),
        topic="control",
        event="role-changed",
        partition=partition_of(principal),
        body=pb.RoleChanged(principal=principal).SerializeToString(),
        time=now,
    )


def audit_facts(deliveries: Sequence[Delivery]) -> list[AuditFact]:
    """Read acts as they came."""
    return [AuditFact(each.id, each.partition, _content(pb.Acted.FromString(each.body), each)) for each in deliveries]


def _content(acted: pb.Acted, delivery: Delivery) -> Mapping[str, object]:
    time = acted.time.ToDatetime() if acted.HasField("time") else delivery.time
    return {
        "principal": acted.principal,
        "action": acted.action,
        "subjects": list(acted.subjects),
        "workspace": acted.workspace,
        "outcome": acted.outcome,
        "query": list(acted.query),
        "time": time.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
    }
