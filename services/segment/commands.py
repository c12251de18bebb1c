"""What may be asked of segments: one dataclass and one function per command."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from chassis.kernel import Etag, derived_id, new_id
from chassis.kernel.problem import Conflict
from services.segment.app import App
from services.segment.audiences import read_rule
from services.segment.domain import segment as seg
from services.segment.domain.errors import ProfilesUnknown, SegmentInUse
from services.segment.domain.face import face_of
from services.segment.domain.membership import (
    Container,
    Standing,
    belongs,
    by_hand,
    empty,
    high_of,
    moved,
)
from services.segment.domain.rule import Node, segments_of, statuses_of
from services.segment.domain.rule_parsing import parse_rule
from services.segment.domain.segment import RuleTree, Segment, SegmentKind
from services.segment.ports import Found

_TRIES = 5
_SOON = 3.0  # seconds that a caller waits for the first count; a hundred thousand people take about two


@dataclass(frozen=True, slots=True)
class CreateSegment:
    """Make a segment."""

    workspace: str
    principal: str
    name: str
    kind: SegmentKind
    rule: RuleTree | None = None
    auto_update: bool | None = None
    members: Sequence[str] = ()
    request: str = ""


async def create_segment(command: CreateSegment, app: App) -> Segment:
    """Keep it, put its first people in, and work its membership out. The same request answers the same segment."""
    segment_id = derived_id("segment", command.principal, command.request) if command.request else new_id()
    uses = await _sound(segment_id, command.workspace, command.rule, app)
    segment = seg.created(
        segment_id,
        workspace=command.workspace,
        name=command.name,
        kind=command.kind,
        rule=command.rule,
        uses=uses,
        auto_update=command.auto_update,
        now=app.clock.now(),
    )
    numbers = await _numbers(command.workspace, command.members, app)
    kept = await app.segments.add(segment, _digest(command))
    if numbers:
        await _by_hand(kept, app, put_in=numbers)
    return await _counted(kept, command.principal, "created", app)


@dataclass(frozen=True, slots=True)
class UpdateSegment:
    """Change name, rule or the switch."""

    segment: str
    workspace: str
    principal: str
    expected: Etag | None = None
    name: str | None = None
    rule: RuleTree | None = None
    auto_update: bool | None = None


async def update_segment(command: UpdateSegment, app: App) -> Segment:
    """Change what is given; a new rule or switch is counted at once."""
    segment = await app.audiences.one(command.segment, command.workspace)
    uses = await _sound(segment.id, segment.workspace, command.rule, app)
    for _ in range(_TRIES):
        before = await app.audiences.one(command.segment, command.workspace)
        after = seg.changed(
            before,
            command.expected,
            app.clock.now(),
            name=command.name,
            rule=command.rule,
            uses=uses,
            auto_update=command.auto_update,
        )
        if after is before or await app.segments.replace(after):
            if (after.rule, after.auto_update) == (before.rule, before.auto_update):
                return after
            return await _counted(after, command.principal, f"updated {after.revision}", app)
    raise Conflict


@dataclass(frozen=True, slots=True)
class CopySegment:
    """Make a copy under another name."""

    segment: str
    workspace: str
    principal: str
    name: str
    request: str = ""


async def copy_segment(command: CopySegment, app: App) -> Segment:
    """Copy the rule, the switch and who stands in or out by hand."""
    original = await app.audiences.one(command.segment, command.workspace)
    copy = CreateSegment(
        original.workspace, command.principal, command.name, original.kind, original.rule, original.auto_update,
        request=command.request,
    )  # fmt: skip
    segment_id = derived_id("segment", command.principal, command.request) if command.request else new_id()
    made = seg.created(
        segment_id,
        workspace=copy.workspace,
        name=copy.name,
        kind=copy.kind,
        rule=copy.rule,
        uses=original.uses,
        auto_update=copy.auto_update,
        now=app.clock.now(),
    )
    kept = await app.segments.add(made, _digest(copy))
    for container in (await app.memberships.containers([original.id])).values():
        nobody = app.sets.of(())
        await app.memberships.save(replace(container, segment=kept.id, revision=0, members=nobody), [], app.clock.now())
    return await _counted(kept, command.principal, "created", app)


async def archive_segment(segment: str, workspace: str, app: App) -> Segment:
    """Set it aside.

    Raises:
        SegmentInUse: other segments are made of it.
    """
    for _ in range(_TRIES):
        before = await app.audiences.one(segment, workspace)
        using = await app.segments.using(segment)
        if using:
            raise SegmentInUse(segment, len(using))
        after = seg.archived(before, app.clock.now())
        if after is before or await app.segments.replace(after):
            return after
    raise Conflict


async def restore_segment(segment: str, workspace: str, principal: str, app: App) -> Segment:
    """Bring it back; what was missed meanwhile is counted at once."""
    for _ in range(_TRIES):
        before = await app.audiences.one(segment, workspace)
        seg.require_sound(segment, before.workspace, before.uses, await app.audiences.reachable(before.uses))
        after = seg.restored(before, app.clock.now())
        if after is before:
            return after
        if await app.segments.replace(after):
            return await _counted(after, principal, f"restored {after.revision}", app)
    raise Conflict


@dataclass(frozen=True, slots=True)
class ChangeMembers:
    """Put people in or take them out by hand."""

    segment: str
    workspace: str
    principal: str
    put_in: Sequence[str] = ()
    taken_out: Sequence[str] = ()


async def change_members(command: ChangeMembers, app: App) -> Segment:
    """Do it; who stands so already stays.

    Raises:
        ProfilesUnknown: some are not in the workspace; nothing was done.
    """
    segment = await app.audiences.one(command.segment, command.workspace)
    seg.require_changeable(segment)
    put_in = await _numbers(segment.workspace, command.put_in, app)
    taken_out = await _numbers(segment.workspace, command.taken_out, app)
    await _by_hand(segment, app, put_in=put_in, taken_out=taken_out)
    for dependent in (await app.segments.get(list(await app.segments.using(segment.id)))).values():
        await app.recounts.begin(dependent, command.principal, new_id())
    return segment


async def refresh_segment(segment: str, workspace: str, principal: str, app: App) -> str:
    """Ask for a recount; return the operation's id."""
    found = await app.audiences.one(segment, workspace)
    seg.require_changeable(found)
    return await app.recounts.begin(found, principal, new_id())


async def _sound(segment: str, workspace: str, rule: RuleTree | None, app: App) -> frozenset[str]:
    """Read a rule, look behind its references, and return them."""
    if rule is None:
        return frozenset()
    uses = segments_of((await read_rule(rule, app.catalogues))[0])
    seg.require_sound(segment, workspace, uses, await app.audiences.reachable(uses))
    return uses


async def _counted(segment: Segment, principal: str, cause: str, app: App) -> Segment:
    """Have a segment counted, waiting a little: most counts are done before anybody looks."""
    if segment.rule is None:
        return segment
    operation = await app.recounts.begin(segment, principal, cause)
    await app.recounts.finished(operation, _SOON)
    return (await app.segments.get([segment.id])).get(segment.id, segment)


async def _numbers(workspace: str, profiles: Sequence[str], app: App) -> dict[str, Found]:
    """Return people by id, asking the owner for those that the index does not have yet."""
    wanted = list(dict.fromkeys(profiles))
    known = dict(await app.people.found(workspace, wanted))
    missing = [profile for profile in wanted if profile not in known]
    if missing:
        wanted_face = face_of(workspace)
        for asked, person in (await app.profiles.people(dict.fromkeys(missing, 0))).items():
            face = next((face for face in person.faces if face.face == wanted_face), None)
            if face is not None:
                known[asked] = Found(person.no, face.status)
    unknown = [position for position, profile in enumerate(profiles) if profile not in known]
    if unknown:
        raise ProfilesUnknown(unknown)
    return known


async def _by_hand(
    segment: Segment, app: App, *, put_in: dict[str, Found], taken_out: dict[str, Found] | None = None
) -> None:
    taken_out = taken_out or {}
    rule = parse_rule(segment.rule, await app.catalogues.attributes()) if segment.rule is not None else None
    everybody = {**put_in, **taken_out}
    for high in sorted({high_of(found.no) for found in everybody.values()}):
        those = {profile: found for profile, found in everybody.items() if high_of(found.no) == high}
        for _ in range(_TRIES):
            stored = await app.memberships.containers([segment.id], [high])
            before = stored.get((segment.id, high)) or empty(segment.id, high, app.sets.of(()))
            noted = by_hand(
                before,
                put_in=app.sets.of(found.no for profile, found in those.items() if profile in put_in),
                taken_out=app.sets.of(found.no for profile, found in those.items() if profile in taken_out),
            )
            now = app.clock.now()
            standings = [_standing(profile, found, noted, rule) for profile, found in those.items()]
            one = {found.no: app.sets.of([found.no]) for found in those.values()}
            after, changes = moved(noted, standings, one, now)
            if (after.added, after.removed) == (before.added, before.removed) and not changes:
                break
            if await app.memberships.save(after, changes, now):
                break
        else:
            raise Conflict


def _standing(profile: str, found: Found, container: Container, rule: Node | None) -> Standing:
    inside = belongs(
        ruled=found.no in container.ruled,
        added=found.no in container.added,
        removed=found.no in container.removed,
        takes_part=found.status in statuses_of(rule),
    )
    return Standing(profile, found.no, 0, None, inside)


def _digest(command: CreateSegment) -> str:
    told: list[Any] = [
        command.workspace, command.name, command.kind.value, command.rule, command.auto_update, list(command.members)
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
