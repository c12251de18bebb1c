"""What segment does when people change: the index first, then everybody's standing to every segment.

Promise: idempotent; it replaces state by the owner's present one rather than apply what a fact says, so order and
repeats do not matter.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from chassis.kernel.problem import Conflict
from services.segment.app import App
from services.segment.domain.catalogue import Catalogue
from services.segment.domain.errors import FaceRefused, RuleInvalid
from services.segment.domain.face import Face, face_of
from services.segment.domain.following import Followed, followed
from services.segment.domain.membership import (
    Container,
    Standing,
    View,
    belongs,
    empty,
    high_of,
    moved,
)
from services.segment.domain.predicate import Predicate, compile_rule
from services.segment.domain.rule import Node, statuses_of
from services.segment.domain.rule_parsing import parse_rule
from services.segment.domain.segment import Segment, in_order

_TRIES = 5  # lanes meet on a container for milliseconds; more tries than that means something else is wrong


class Named(Protocol):
    """Somebody whom a fact names."""

    @property
    def profile(self) -> str:
        """The person's id."""
        ...

    @property
    def no(self) -> int:
        """The person's number."""
        ...

    @property
    def revision(self) -> int:
        """The view's revision, 0 where the fact does not tell it."""
        ...


async def on_people_changed(named: Sequence[Named], app: App) -> None:
    """Bring the index and every membership to what the owner of these people says now.

    Raises:
        FaceRefused: the index refuses a face for good.
        Conflict: other workers kept writing the same containers.
    """
    for _ in range(_TRIES):
        if await _follow(named, app):
            return
    raise Conflict


async def _follow(named: Sequence[Named], app: App) -> bool:
    segments = await app.segments.active()
    highs = sorted({high_of(each.no) for each in named})
    # Read before the people are: a container that changes meanwhile refuses the write, so an older state never wins.
    containers = dict(await app.memberships.containers(list(segments), highs)) if segments else {}
    people = await app.profiles.people({each.profile: each.revision for each in named})
    known = await app.index.known([each.profile for each in named])
    follow = [
        found
        for each in named
        if (found := followed(each.profile, each.no, each.revision, people.get(each.profile), known.get(each.profile)))
    ]
    catalogue = await app.catalogues.attributes()
    now = app.clock.now()
    refused = await app.index.write([write for each in follow for write in each.writes], catalogue, now)
    if refused:
        raise FaceRefused(sorted(refused)[0], len(refused))
    await app.absorptions.note({each.no: each.into for each in follow})
    if not segments:
        return True
    aliases = {each.no: each.absorbed for each in follow if each.absorbed}
    elsewhere = sorted({high_of(no) for numbers in aliases.values() for no in numbers} - set(highs))
    if elsewhere:
        containers |= await app.memberships.containers(list(segments), elsewhere)
    return await _stand(follow, segments, containers, aliases=aliases, catalogue=catalogue, app=app)


async def _stand(
    follow: Sequence[Followed],
    segments: Mapping[str, Segment],
    containers: dict[tuple[str, int], Container],
    *,
    aliases: Mapping[int, tuple[int, ...]],
    catalogue: Catalogue,
    app: App,
) -> bool:
    now = app.clock.now()
    by_high: dict[int, list[Followed]] = {}
    for each in follow:
        by_high.setdefault(high_of(each.no), []).append(each)
    one = {each.no: app.sets.of([each.no]) for each in follow}
    nobody = app.sets.of(())
    views = {segment: View(segment, containers, aliases) for segment in segments}
    # A segment comes after those that its rule refers to, so that one change of a person runs through all of them.
    for segment in in_order(segments):
        asked = _asked(segment, catalogue, views)
        for high, those in by_high.items():
            container = containers.get((segment.id, high)) or empty(segment.id, high, nobody)
            standings = [_standing(each, segment, asked, views[segment.id], now) for each in those]
            after, changes = moved(container, standings, one, now)
            if after is container:
                continue
            if not await app.memberships.save(after, changes, now):
                return False
            containers[segment.id, high] = after
    return True


def _asked(segment: Segment, catalogue: Catalogue, views: Mapping[str, View]) -> tuple[Node | None, Predicate | None]:
    if segment.rule is None:
        return None, None
    try:
        rule = parse_rule(segment.rule, catalogue)
    except RuleInvalid:
        # An attribute was taken out of the catalogue: the segment stays as it is until its rule is mended.
        return None, None
    if not segment.follows or not segment.uses <= views.keys():
        return rule, None
    return rule, compile_rule(rule, views)


def _standing(
    each: Followed, segment: Segment, asked: tuple[Node | None, Predicate | None], view: View, now: datetime
) -> Standing:
    rule, predicate = asked
    face = _face(each, segment.workspace)
    ruled = (face is not None and predicate(face, now)) if predicate is not None else None
    inside = belongs(
        ruled=view.holds(each.no, "ruled") if ruled is None else ruled,
        added=view.holds(each.no, "added"),
        removed=view.holds(each.no, "removed"),
        takes_part=face is not None and face.status in statuses_of(rule),
    )
    return Standing(each.profile, each.no, each.revision, ruled, inside)


def _face(each: Followed, workspace: str) -> Face | None:
    wanted = face_of(workspace)
    return next((face for face in each.faces if face.face == wanted), None)
