"""Users, roles, API keys and the trail on the wire."""

from typing import Literal

from pydantic import Field

from gateway.models.freezes import Freeze
from gateway.models.manner import Body, Name, Time, View


class Principal(View):
    """Who you are here."""

    id: str = Field(description="Its id: UUID for people and keys, 'service:<name>' for services.")
    kind: Literal["person", "system", "service"] | None = Field(description="What it is.")
    roles: list[str] = Field(description="Roles, such as 'data-steward'.")
    workspace: str = Field(description="The workspace of this session: a base's key or '*'.")
    workspaces: list[str] = Field(description="All workspaces that it may choose from.")
    actions: list[str] = Field(description="Actions that the roles allow, such as 'profiles.read'.")
    freezes: list[Freeze] = Field(description="Freezes that stand now, or begin within the minute.")
    calls_per_minute: int = Field(description="Calls that it may make in a minute of the clock; 0 is no quota.")


class ChooseWorkspace(Body):
    """Where to work from now on."""

    workspace: str = Field(
        pattern=r"^(\*|[a-z][a-z0-9_-]{0,63})$", description="A base's key, or '*' for the whole installation."
    )


class User(View):
    """A person of the console."""

    id: str = Field(description="UUID; the provider's subject is not shown.")
    roles: list[str] = Field(description="Roles as of the last sign-in.")
    workspaces: list[str] = Field(description="Workspaces as of the last sign-in.")
    last_seen_time: Time | None = Field(default=None, description="When it was last seen.")
    name: str = Field(description="How the provider names the person, empty when it tells no name.")


class Role(View):
    """A role: a name and what it allows."""

    key: str = Field(description="Its code, such as 'marketing-manager'.")
    actions: list[str] = Field(description="Actions that it allows.")


class ApiKey(View):
    """A key of an outside system."""

    id: str = Field(description="UUID.")
    title: str = Field(description="What it is for, in the administrator's words.")
    roles: list[str] = Field(description="Roles that it acts with.")
    workspaces: list[str] = Field(description="Workspaces that it may act in.")
    expire_time: Time | None = Field(default=None, description="When it ends.")
    revoke_time: Time | None = Field(default=None, description="When it was ended by hand, if it was.")
    create_time: Time | None = Field(default=None, description="When it was made.")
    calls_per_minute: int = Field(description="Calls that it may make in a minute of the clock; 0 is no quota.")


class NewApiKey(Body):
    """A key to make, within what its maker holds."""

    title: Name = Field(min_length=1, max_length=100, description="What it is for.")
    roles: list[str] = Field(min_length=1, max_length=16, description="Roles; none beyond the caller's own.")
    workspaces: list[str] = Field(min_length=1, max_length=64, description="Workspaces; none beyond the caller's own.")
    expire_time: Time = Field(description="When it ends, at most two years ahead.")
    calls_per_minute: int | None = Field(
        default=None,
        ge=0,
        le=1_000_000,
        description="Calls that it may make in a minute of the clock; absent or 0 is no quota.",
    )


class MadeApiKey(View):
    """A new key with its secret, shown once."""

    key: ApiKey | None = Field(default=None, description="The key without its secret.")
    secret: str = Field(description="The secret, shown once.")


class AuditEntry(View):
    """One line of the trail."""

    id: str = Field(description="UUID.")
    principal: str = Field(description="The principal who did it.")
    action: str = Field(description="What was done, an action such as 'profiles.read'.")
    subjects: list[str] = Field(description="What it was done to, ids only.")
    workspace: str = Field(description="The workspace.")
    time: Time | None = Field(default=None, description="When.")
    outcome: str = Field(description="How it ended: 'allowed', 'refused'.")
