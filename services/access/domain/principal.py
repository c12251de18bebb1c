"""Principals: who acts, in what roles, where; the content of a principal token.

Promise: a token states everything a service needs to decide, and lives a minute at most.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from services.access.domain.freezes import Freeze

LIFETIME = timedelta(seconds=60)
"""How long a principal token is good for: a lost right acts on for this long at worst."""


class Kind(StrEnum):
    """What stands behind a principal."""

    PERSON = "person"
    SYSTEM = "system"
    SERVICE = "service"


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody who acts. `id` is opaque; names and addresses never travel in it."""

    id: str
    kind: Kind
    roles: tuple[str, ...]
    workspace: str
    workspaces: tuple[str, ...]
    actions: frozenset[str]
    freezes: tuple[Freeze, ...] = ()
    calls_per_minute: int = 0
    """The quota that the door counts; 0 is none."""
