"""The trail of who did what and who saw whom, told on AUDIT before the answer goes out.

Ids only: a call's subjects are what its request and answer name by `id`, `profile`, `other`, `ids` and `profiles`.
A service's own calls on nobody's behalf are not told; a refusal for a role is.
"""

from collections.abc import Iterable
from typing import Any

from chassis.bus import Publisher
from chassis.grpc.principal import Principal
from chassis.kernel import Clock, new_id, partition_of
from chassis.outbox import Fact
from gen.consilium.access.v1 import events_pb2

AT_MOST = 500  # subjects of one act


class Trail:
    """Tells the acts of one service's callers.

    Args:
        publisher: brings them to the bus.
        clock: tells when.
        actions: the actions that are told; the others are too cheap to know.
    """

    def __init__(self, publisher: Publisher, clock: Clock, actions: frozenset[str]) -> None:
        self._publisher, self._clock, self._actions = publisher, clock, actions

    async def tell(self, principal: Principal | None, action: str, outcome: str, *messages: Any) -> None:
        """Tell an act and wait until the bus has it.

        Raises:
            BusUnavailable: it cannot be told, so what was seen must not be answered.
        """
        if principal is None or principal.is_service or action not in self._actions:
            return
        now = self._clock.now()
        acted = events_pb2.Acted(
            principal=principal.id,
            action=action,
            subjects=list(dict.fromkeys(subject for message in messages for subject in subjects_of(message)))[:AT_MOST],
            workspace=principal.workspace,
            outcome=outcome,
        )
        acted.time.FromDatetime(now)
        partition = partition_of(principal.id)
        await self._publisher.publish([Fact(new_id(), "audit", "acted", partition, acted.SerializeToString(), now)])


def subjects_of(message: Any) -> Iterable[str]:
    """Name the ids that a request or an answer is about."""
    for name in ("id", "profile", "other"):
        value = getattr(message, name, None)
        if isinstance(value, str) and value:
            yield value
    yield from getattr(message, "ids", ())
    for each in getattr(message, "profiles", ()):
        value = getattr(each, "id", None)
        if isinstance(value, str) and value:
            yield value
