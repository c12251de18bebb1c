"""Feature freezes at the door: declared periods in which some calls are refused, whoever makes them.

The periods come in the caller's token, so no service keeps or asks for any; what a call is held back by stands beside
its action in proto (`consilium.shared.v1.frozen`). Who holds the right to override names the freeze in the call's
metadata, and the trail has it before the call is made. Services' own calls are never held back: what was begun goes on.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from google.protobuf import descriptor_pool

from chassis.grpc.principal import Freeze, Metadata, Principal
from chassis.kernel.problem import Frozen
from gen.consilium.shared.v1 import options_pb2

OVERRIDE = "freezes.override"
"""The action that lets a call through a freeze, and what the trail calls it."""

HEADER = "consilium-freeze-override"
"""Metadata that names the freeze which the caller means to override."""


def frozen_of(services: Sequence[str]) -> dict[str, str]:
    """Give what holds back each method of some proto services, for those that a freeze concerns."""
    pool = descriptor_pool.Default()
    return {
        f"/{name}/{method.name}": scope
        for name in services
        for method in pool.FindServiceByName(name).methods
        if (scope := method.GetOptions().Extensions[options_pb2.frozen])
    }


def standing(principal: Principal, scope: str, now: float) -> Freeze | None:
    """Give the freeze that holds a scope back for this caller now, if one does."""
    if not scope or principal.is_service:
        return None
    return next((each for each in principal.freezes if each.holds(scope, now)), None)


def named(metadata: Metadata) -> str:
    """Read the freeze that a call's metadata means to override, "" for none."""
    return next((str(value) for name, value in metadata if name == HEADER), "")


def refusal(freeze: Freeze) -> Frozen:
    """Make the refusal that names the period."""
    return Frozen(freeze.id, freeze.title, *(_moment(each) for each in (freeze.begin, freeze.end)))


def _moment(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
