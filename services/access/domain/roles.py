"""Roles: which actions a role allows, as data.

Promise: an action is allowed when one of the principal's roles names it, and never otherwise.
Not here: scopes (workspace, territories), which become query predicates in the services.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from chassis.kernel import WHOLE
from services.access.domain.errors import RoleBeyondOwn, RoleUnknown, WorkspaceNotAllowed


@dataclass(frozen=True, slots=True)
class Role:
    """A named set of actions."""

    key: str
    actions: frozenset[str]


@dataclass(frozen=True, slots=True)
class RoleTable:
    """Every role of the installation, by key."""

    roles: Mapping[str, Role]

    @property
    def keys(self) -> frozenset[str]:
        """Return the keys of all roles."""
        return frozenset(self.roles)

    def actions(self, roles: Iterable[str]) -> frozenset[str]:
        """Return the union of what the given roles allow; unknown roles allow nothing."""
        return frozenset[str]().union(*(self.roles[role].actions for role in roles if role in self.roles))

    def require(self, roles: Iterable[str]) -> None:
        """Refuse a role that does not exist.

        Raises:
            RoleUnknown: the first one that the table lacks.
        """
        for role in roles:
            if role not in self.roles:
                raise RoleUnknown(role)


def choose_workspace(wanted: str, allowed: tuple[str, ...]) -> str:
    """Choose the workspace of a session among the allowed.

    Nothing wanted means the whole installation where that is allowed, else the first allowed one;
    somebody who is allowed none works in none (an empty code, in which nobody is seen).

    Raises:
        WorkspaceNotAllowed: the wanted one is not among them.
    """
    if not wanted:
        return WHOLE if WHOLE in allowed else next(iter(allowed), "")
    if wanted in allowed or WHOLE in allowed:
        return wanted
    raise WorkspaceNotAllowed(wanted)


def may_see(workspaces: Iterable[str], own_workspace: str) -> tuple[str, ...]:
    """Return those of somebody's workspaces that are the viewer's to know: all, or his own and the whole."""
    if own_workspace == WHOLE:
        return tuple(workspaces)
    return tuple(each for each in workspaces if each in {WHOLE, own_workspace})


def within_own(
    roles: Iterable[str],
    workspaces: Iterable[str],
    *,
    own_actions: frozenset[str],
    own_workspace: str,
    table: RoleTable,
) -> None:
    """Refuse to hand out an action or a workspace that the giver does not hold.

    Raises:
        RoleUnknown: a role that does not exist.
        RoleBeyondOwn: names the role or the workspace that goes too far.
    """
    roles = tuple(roles)
    table.require(roles)
    for role in roles:
        if not table.roles[role].actions <= own_actions:
            raise RoleBeyondOwn(f"role {role}")
    for workspace in workspaces:
        if own_workspace not in {WHOLE, workspace}:
            raise RoleBeyondOwn(f"workspace {workspace}")
