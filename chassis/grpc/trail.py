"""The trail of who did what and who saw whom, told on AUDIT before the answer goes out.

Ids only: a call's subjects are what its request and answer name in the fields of `_ONE` and `_MANY`.
A service's own calls on nobody's behalf are not told; every refusal for a role is, whatever the action.
A service whose writes tell their act themselves, in the outbox of what they change, makes the same fact by `acted`.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from chassis.bus import Publisher
from chassis.grpc.principal import Principal
from chassis.kernel import Clock, new_id, partition_of
from chassis.outbox import Fact
from gen.consilium.access.v1 import events_pb2

AT_MOST = 500  # subjects of one act
ALLOWED, REFUSED = "allowed", "refused"

_ONE = ("id", "profile", "other", "campaign", "segment", "dictionary", "key", "subject")
_MANY = ("profiles", "ids", "sample", "messages", "activities")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}")  # a refused request is not checked yet, it may hold anything


def acted(
    principal: str,
    action: str,
    subjects: Sequence[str],
    workspace: str,
    now: datetime,
    *,
    outcome: str = ALLOWED,
    fact: str = "",
) -> Fact:
    """Make the fact that somebody did or saw something; `fact` is its id where a write's keys give it one."""
    body = events_pb2.Acted(
        principal=principal, action=action, subjects=subjects[:AT_MOST], workspace=workspace, outcome=outcome
    )
    body.time.FromDatetime(now)
    return Fact(fact or new_id(), "audit", "acted", partition_of(principal), body.SerializeToString(), now)


class Trail:
    """Tells the acts of one service's callers.

    Args:
        publisher: brings them to the bus.
        clock: tells when.
        actions: the actions that are told when they were allowed; the others are too cheap to know.
    """

    def __init__(self, publisher: Publisher, clock: Clock, actions: frozenset[str]) -> None:
        self._publisher, self._clock, self._actions = publisher, clock, actions

    async def tell(self, principal: Principal | None, action: str, outcome: str, *messages: Any) -> None:
        """Tell an act and wait until the bus has it.

        Raises:
            BusUnavailable: it cannot be told, so what was seen must not be answered.
        """
        if principal is None or principal.is_service or (outcome == ALLOWED and action not in self._actions):
            return
        await self._publish(principal, action, outcome, (each for message in messages for each in subjects_of(message)))

    async def overridden(self, principal: Principal, action: str, freeze: str, request: Any) -> None:
        """Tell that somebody overrode a freeze, which comes first among the subjects; wait until the bus has it."""
        await self._publish(principal, action, ALLOWED, (freeze, *subjects_of(request)))

    async def _publish(self, principal: Principal, action: str, outcome: str, subjects: Iterable[str]) -> None:
        named = list(dict.fromkeys(subjects))
        fact = acted(principal.id, action, named, principal.workspace, self._clock.now(), outcome=outcome)
        await self._publisher.publish([fact])


def subjects_of(message: Any) -> Iterable[str]:
    """Name the ids that a request or an answer is about; of a thing in a list its person, else itself."""
    yield from ids_among(getattr(message, name, "") for name in _ONE)
    for name in _MANY:
        found = getattr(message, name, ())
        yield from ids_among(found if isinstance(found, Iterable) else ())


def ids_among(things: Iterable[Any]) -> Iterable[str]:
    """Name what can be an id among values, and the ids of messages among them."""
    for thing in things:
        own = thing if isinstance(thing, str) else getattr(thing, "profile", "") or getattr(thing, "id", "")
        if isinstance(own, str) and _ID.fullmatch(own):
            yield own
