"""What is done to templates."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from chassis.kernel import Etag, EtagStale, derived_id, new_id
from services.campaign.app import App, Caller
from services.campaign.domain.checklist import require_sound
from services.campaign.domain.template import LetterContent, Template, TemplateVersion, first_draft
from services.campaign.ports import Creation, Kept

EDIT = "templates.edit"


@dataclass(frozen=True, slots=True)
class CreateTemplate:
    """Begin a template with its first draft; a repeat with the same key answers the same one."""

    name: str
    channel: str
    draft: LetterContent
    key: str
    digest: str


@dataclass(frozen=True, slots=True)
class UpdateTemplate:
    """Change name and draft; None leaves as it is."""

    template: str
    name: str | None
    draft: LetterContent | None
    expected: Etag | None


@dataclass(frozen=True, slots=True)
class ArchiveTemplate:
    """Set a template aside."""

    template: str


@dataclass(frozen=True, slots=True)
class PublishTemplate:
    """Freeze the draft as the next version."""

    template: str
    expected: Etag | None


async def create_template(command: CreateTemplate, caller: Caller, app: App) -> Kept[Template]:
    """Keep a new template in the caller's workspace."""
    template = derived_id(caller.principal, caller.workspace, "template", command.key) if command.key else new_id()
    return await app.templates.add(
        first_draft(
            template,
            workspace=caller.workspace,
            name=command.name,
            channel=command.channel,
            draft=command.draft.composed(),
            now=app.clock.now(),
        ),
        Creation(caller.act(EDIT), command.key, command.digest),
    )


async def update_template(command: UpdateTemplate, caller: Caller, app: App) -> Kept[Template]:
    """Change the draft; versions stay as they are."""
    draft = None if command.draft is None else command.draft.composed()

    async def decide(template: Template) -> tuple[Template, None]:
        return template.edit(app.clock.now(), name=command.name, draft=draft), None

    return await _change(command.template, decide, command.expected, caller, app)


async def archive_template(command: ArchiveTemplate, caller: Caller, app: App) -> Kept[Template]:
    """Set it aside; nothing happens when it is."""

    async def decide(template: Template) -> tuple[Template, None]:
        return template.archive(app.clock.now()), None

    return await _change(command.template, decide, None, caller, app)


async def publish_template(command: PublishTemplate, caller: Caller, app: App) -> TemplateVersion:
    """Freeze the draft; an unchanged one answers the last version.

    Raises:
        LetterFaulty: the draft has errors, each a violation; warnings hinder nothing.
    """

    async def decide(template: Template) -> tuple[Template, TemplateVersion | None]:
        published = template.publish(app.clock.now())
        if published[1] is not None:
            require_sound(template.id, await app.letters.problems(template.draft))
        return published

    published = await _change(command.template, decide, command.expected, caller, app)
    return await app.templates.version(command.template, published.value.version, caller.workspace)


async def _change(
    template: str,
    decide: Callable[[Template], Awaitable[tuple[Template, TemplateVersion | None]]],
    expected: Etag | None,
    caller: Caller,
    app: App,
) -> Kept[Template]:
    async def attempt() -> Kept[Template]:
        kept = await app.templates.get(template, caller.workspace)
        if expected is not None and kept.etag != expected:
            raise EtagStale
        after, version = await decide(kept.value)
        return await app.templates.save(kept, after, version, caller.act(EDIT))

    return await (attempt() if expected is not None else app.again(attempt))
