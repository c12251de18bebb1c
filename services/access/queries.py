"""Questions that screens ask of access."""

from dataclasses import replace

from services.access.commands import App
from services.access.domain import audit
from services.access.domain.api_keys import ApiKey
from services.access.domain.audit import Head, Line
from services.access.domain.roles import EVERY_WORKSPACE, Role
from services.access.ports import AuditQuery, Page, User

STRETCH = 1000
"""Lines that are verified at a time."""


async def list_users(size: int, after: str, app: App) -> Page[User]:
    """List the people who ever signed in, last seen first."""
    return await app.users.page(size, after)


async def list_api_keys(size: int, after: str, app: App) -> Page[ApiKey]:
    """List API keys, newest first."""
    return await app.keys.page(size, after)


def list_roles(app: App) -> list[Role]:
    """List the roles by key."""
    return [app.table.roles[key] for key in sorted(app.table.roles)]


async def list_audit(query: AuditQuery, size: int, after: str, app: App) -> Page[Line]:
    """List what was done in a workspace, newest first; the whole installation sees everything."""
    if query.workspace == EVERY_WORKSPACE:
        query = replace(query, workspace="")
    return await app.trail.page(query, size, after)


async def first_break(partition: int, app: App) -> int | None:
    """Walk one partition's chain; return the number of the first line that does not hold, None when all do."""
    head = Head()
    while lines := await app.trail.lines(partition, head.number, STRETCH):
        broken = audit.first_break(lines, head)
        if broken is not None:
            return broken
        head = Head(lines[-1].number, lines[-1].hash)
    return None
