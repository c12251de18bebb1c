"""What the trail was told: the acts that stand on AUDIT, oldest first."""

from chassis.bus import Bus, stream_name
from gen.consilium.access.v1 import events_pb2


async def acts(bus: Bus) -> list[tuple[str, str, str, list[str]]]:
    """Give (principal, action, outcome, subjects) of every act."""
    stream = stream_name(bus.namespace, "audit")
    last = (await bus.jetstream.stream_info(stream)).state.last_seq
    told = [
        events_pb2.Acted.FromString((await bus.jetstream.get_msg(stream, number)).data or b"")
        for number in range(1, last + 1)
    ]
    return [(act.principal, act.action, act.outcome, list(act.subjects)) for act in told]
