"""What people do to what the console keeps for them."""

from dataclasses import dataclass

from chassis.kernel import derived_id, new_id
from services.access.commands import App
from services.access.domain.accounts import Account, Tree, View, fitting


async def update_account(user: str, language: str | None, preferences: Tree | None, app: App) -> Account:
    """Change language and preferences; the last write counts, because one person's windows do not argue.

    Raises:
        AccountUnknown: the caller is no person of the console.
        KeepsakeTooLarge: the preferences are too large.
    """
    changed = (await app.accounts.get(user)).changed(language, preferences)
    await app.accounts.keep(changed)
    return changed


@dataclass(frozen=True, slots=True)
class CreateView:
    """Keep a list as somebody likes to see it; a repeat with the same key answers the same one."""

    owner: str
    workspace: str
    screen: str
    name: str
    state: Tree
    shared: bool
    key: str
    digest: str


async def create_view(command: CreateView, app: App) -> View:
    """Keep a view in the caller's workspace.

    Raises:
        KeepsakeTooLarge: the state is too large.
        ViewsTooMany: the person keeps as many as may be.
        IdempotencyKeyReused: the key came with another view.
    """
    view = View(
        id=derived_id(command.owner, command.workspace, "view", command.key) if command.key else new_id(),
        owner=command.owner,
        workspace=command.workspace,
        screen=command.screen,
        name=command.name,
        state=fitting(command.state, "state"),
        shared=command.shared,
        updated_at=app.clock.now(),
    )
    return await app.accounts.add_view(view, command.digest)


@dataclass(frozen=True, slots=True)
class UpdateView:
    """Change an own view; None leaves as it is."""

    view: str
    owner: str
    workspace: str
    name: str | None
    state: Tree | None
    shared: bool | None


async def update_view(command: UpdateView, app: App) -> View:
    """Change an own view.

    Raises:
        ViewUnknown: the caller has none of that id.
        KeepsakeTooLarge: the state is too large.
    """
    view = await app.accounts.view(command.view, command.owner, command.workspace)
    changed = view.changed(app.clock.now(), command.name, command.state, command.shared)
    await app.accounts.keep_view(changed)
    return changed
