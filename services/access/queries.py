"""Questions that screens ask of access."""

from dataclasses import replace

from chassis.kernel import WHOLE
from services.access.commands import App
from services.access.domain import audit
from services.access.domain.api_keys import ApiKey
from services.access.domain.audit import Head, Line
from services.access.domain.roles import Role, may_see
from services.access.ports import AuditQuery, Page, User

STRETCH = 1000
"""Lines that are verified at a time."""


async def list_users(workspace: str, size: int, after: str, app: App) -> Page[User]:
    """List the people who ever signed in and may work in a workspace, last seen first; of others it hears nothing."""
    found = await app.users.page(workspace, size, after)
    users = [replace(user, workspaces=may_see(user.workspaces, workspace)) for user in found.items]
    return replace(found, items=users)


async def list_api_keys(workspace: str, size: int, after: str, app: App) -> Page[ApiKey]:
    """List a workspace's API keys, newest first."""
    return await app.keys.page(workspace, size, after)


def list_roles(app: App) -> list[Role]:
    """List the roles by key."""
    return [app.table.roles[key] for key in sorted(app.table.roles)]


async def list_audit(query: AuditQuery, size: int, after: str, app: App) -> Page[Line]:
    """List what was done in a workspace, newest first; the whole installation sees everything.

    What was done to somebody who was absorbed since was done to the survivor.
    """
    if query.subjects:
        subjects = [each for subject in query.subjects for each in await app.merges.ids_of(subject)]
        query = replace(query, subjects=tuple(subjects))
    if query.workspace == WHOLE:
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
