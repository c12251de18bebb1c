"""What access needs from outside, in its own words."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from services.access.domain.accounts import Account, View
from services.access.domain.api_keys import ApiKey
from services.access.domain.audit import Line
from services.access.domain.claims import Claims
from services.access.domain.freezes import Freeze
from services.access.domain.principal import Principal

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class User:
    """A person of the console, as the last sign-in stated it."""

    id: str
    roles: tuple[str, ...]
    workspaces: tuple[str, ...]
    last_seen_at: datetime
    name: str = ""


@dataclass(frozen=True, slots=True)
class AuditFact:
    """One act as it came by the bus. `content` holds ids and codes only."""

    id: str
    partition: int
    content: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class AuditQuery:
    """Which lines of the trail; empty means any."""

    subjects: tuple[str, ...] = ()
    principal: str = ""
    workspace: str = ""


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page and the key to go on from; `next_key` is empty on the last."""

    items: Sequence[T]
    next_key: str = ""
    total: int = 0


class IdentityProvider(Protocol):
    """The sign-in provider, which vouches for bearers."""

    async def identify(self, bearer: str) -> Claims:
        """Return the verified claims of a bearer, or refuse it."""

    async def ready(self) -> bool:
        """Tell whether bearers can be checked now."""


class Signer(Protocol):
    """Makes principal tokens."""

    def sign(self, principal: Principal, audience: str, actions: Iterable[str], now: datetime, until: datetime) -> str:
        """Return a compact JWS for one audience."""


class Users(Protocol):
    """The people who ever signed in."""

    async def seen(self, user: User, since: datetime) -> bool:
        """Remember a sign-in; nothing is written when all is the same and it was seen after `since`.

        A change of roles or workspaces is told on the bus by the same write. Returns whether there was one.
        """

    async def roles(self, user: str) -> tuple[str, ...] | None:
        """Return the roles that somebody was last seen with; None for a stranger."""

    async def page(self, workspace: str, size: int, after: str) -> Page[User]:
        """List those who may work in a workspace, last seen first."""


class Accounts(Protocol):
    """What the console keeps for people."""

    async def get(self, user: str) -> Account:
        """Find a person's account. Raises AccountUnknown."""

    async def keep(self, account: Account) -> None:
        """Write language and preferences."""

    async def names(self, ids: Sequence[str], workspace: str) -> Mapping[str, str]:
        """Give the names of people and keys that a workspace may know of; others are left out."""

    async def add_view(self, view: View, request: str) -> View:
        """Keep a new view, or answer what the same request made. Raises ViewsTooMany, IdempotencyKeyReused."""

    async def view(self, view: str, owner: str, workspace: str) -> View:
        """Find an own view. Raises ViewUnknown."""

    async def keep_view(self, view: View) -> None:
        """Write an own view's next state."""

    async def drop_view(self, view: str, owner: str, workspace: str) -> None:
        """Drop an own view; nothing happens when it is gone."""

    async def views(self, owner: str, workspace: str, screen: str) -> Sequence[View]:
        """List own views and those that others share in the workspace, by name; of one screen when it is named."""


class ApiKeys(Protocol):
    """The keys of outside systems."""

    async def add(self, key: ApiKey) -> bool:
        """Insert a new key; False when its id exists already."""

    async def get(self, key_id: str) -> ApiKey | None:
        """Return one key."""

    async def revoke(self, key_id: str, workspace: str, now: datetime) -> ApiKey | None:
        """End a key of a workspace and tell it on the bus by the same write; a revoked one stays as it is."""

    async def page(self, workspace: str, size: int, after: str) -> Page[ApiKey]:
        """List a workspace's keys, newest first; a key that opens more than one is the whole installation's."""


class Freezes(Protocol):
    """The declared periods, all in one place, so that no two are declared for the same days."""

    async def all(self) -> Sequence[Freeze]:
        """Return those that are remembered, by their begin."""

    async def change(self, decide: Callable[[Sequence[Freeze]], Sequence[Freeze]], now: datetime) -> Sequence[Freeze]:
        """Write what is decided over the present ones and tell everybody by the same write; again after a conflict."""


class Merges(Protocol):
    """Asks profile who is whom."""

    async def ids_of(self, subject: str) -> tuple[str, ...]:
        """Name every id that means the same as a subject: of a person those that it absorbed, too."""
        ...


class Trail(Protocol):
    """The audit trail, chained per partition."""

    async def append(self, facts: Sequence[AuditFact]) -> int:
        """Append what is not there yet, in order; returns how many lines were new."""

    async def page(self, query: AuditQuery, size: int, after: str) -> Page[Line]:
        """List lines, newest first."""

    async def lines(self, partition: int, after: int, limit: int) -> Sequence[Line]:
        """Return a stretch of one partition's chain, in order, to verify it."""
