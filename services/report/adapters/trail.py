"""The audit of reads, told on the bus before the answer goes out."""

from collections.abc import Sequence

from chassis.bus import Publisher
from chassis.kernel import Clock, new_id, partition_of
from chassis.outbox import Fact
from gen.consilium.access.v1 import events_pb2
from services.report.ports import Reader

_AT_MOST = 500  # subjects of one act


class BusTrail:
    """Tells who saw whom on AUDIT."""

    def __init__(self, publisher: Publisher, clock: Clock) -> None:
        self._publisher, self._clock = publisher, clock

    async def read(self, reader: Reader, action: str, subjects: Sequence[str]) -> None:
        """Tell it and wait until the bus has it; a service's own reading on nobody's behalf is not told."""
        if reader.is_service or not subjects:
            return
        now = self._clock.now()
        acted = events_pb2.Acted(
            principal=reader.principal,
            action=action,
            subjects=subjects[:_AT_MOST],
            workspace=reader.workspace,
            outcome="allowed",
        )
        acted.time.FromDatetime(now)
        await self._publisher.publish(
            [
                Fact(
                    id=new_id(),
                    topic="audit",
                    event="acted",
                    partition=partition_of(reader.principal),
                    body=acted.SerializeToString(),
                    time=now,
                )
            ]
        )
