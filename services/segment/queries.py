"""Questions about segments and people: one function each, over the index and the stored membership."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations, islice

from chassis.kernel import Etag
from services.segment.app import App
from services.segment.audiences import read_rule
from services.segment.domain.catalogue import Catalogue
from services.segment.domain.errors import ProfileUnknown, RuleInvalid, SnapshotElsewhere
from services.segment.domain.membership import View, high_of
from services.segment.domain.predicate import compile_rule
from services.segment.domain.rule import (
    SELECTABLE_STATUSES,
    Group,
    Node,
    Quantifier,
    StatusLeaf,
    asks_status,
    segments_of,
)
from services.segment.domain.rule_parsing import parse_rule
from services.segment.domain.segment import RuleTree, Segment
from services.segment.domain.sentence import LANGUAGES, Titles, sentence
from services.segment.ports import Member, Page, Preview, Search, Size, SizeAt, Snapshot, Standing, Terms

_WAIT = 5.0  # seconds that a reader may wait for a write
_STREAMED = 1_000  # people of one message
EVERYBODY = Group(Quantifier.ALL, ())


async def wait_for(etag: Etag | None, app: App) -> None:
    """Wait until searches see the write that an etag came from.

    Raises:
        IndexBehind: they did not within five seconds.
    """
    if etag is not None and etag.subject:
        await app.people.wait(etag.subject, etag.revision, _WAIT)


async def sentences(rule: RuleTree | None, catalogue: Catalogue, app: App) -> Mapping[str, str]:
    """Return a rule as a sentence by language; none for one that names what the catalogue does not have any more."""
    if rule is None:
        return {}
    try:
        read = parse_rule(rule, catalogue)
    except RuleInvalid:
        return {}
    return await _said(read, catalogue, app)


async def _said(rule: Node, catalogue: Catalogue, app: App) -> dict[str, str]:
    named = sorted(segments_of(rule))
    others = await app.segments.get(named) if named else {}
    said = {}
    for language in LANGUAGES:
        titles = await app.catalogues.titles(rule, language)

        def called(kind: str, code: str, titles: Titles = titles) -> str:
            return others[code].name if kind == "segment" and code in others else titles(kind, code)

        said[language] = sentence(rule, language, catalogue, called)
    return said


@dataclass(frozen=True, slots=True)
class Previewed:
    """What is said of a rule before it is saved."""

    preview: Preview
    sentences: Mapping[str, str]
    lag_ms: int


async def preview_segment(tree: RuleTree, workspace: str, terms: Terms | None, sample: int, app: App) -> Previewed:
    """Count a rule, its reach and its losses; and say it."""
    rule, catalogue = await read_rule(tree, app.catalogues)
    audience = await app.audiences.of_rule(rule, segments_of(rule), workspace)
    lag = await app.freshness.lag_ms()
    preview = await app.people.preview(audience, terms, sample, app.clock.now())
    return Previewed(preview, await _said(rule, catalogue, app), lag)


async def sizes(segments: Sequence[Segment], app: App) -> Mapping[str, Size]:
    """Return how many people are in segments."""
    counted = await app.memberships.counts([segment.id for segment in segments])
    return {
        segment.id: counted.get(segment.id) or Size(0, segment.refreshed or segment.created) for segment in segments
    }


async def list_members(segment: str, workspace: str, size: int, after: Sequence[object] | None, app: App) -> Page:
    """List the people of a segment by number; how many is exact and of the same query."""
    found = await app.audiences.one(segment, workspace)
    audience = await app.audiences.of_segment(found, await app.catalogues.attributes())
    return await app.people.page(Search(audience, order="no"), size, after, app.clock.now())


@dataclass(frozen=True, slots=True)
class Reason:
    """One node of a rule, and whether it holds for somebody."""

    pointer: str
    sentences: Mapping[str, str]
    holds: bool


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why somebody is in or out."""

    member: bool
    by_hand: str
    reasons: Sequence[Reason]


async def explain_membership(segment: str, workspace: str, profile: str, app: App) -> Explanation:
    """Say node by node why a person is in a segment or not.

    Raises:
        ProfileUnknown: the workspace does not have such a person.
    """
    found = await app.audiences.one(segment, workspace)
    face = await app.profiles.face(profile, found.workspace)
    if face is None:
        raise ProfileUnknown(profile)
    catalogue = await app.catalogues.attributes()
    audience = await app.audiences.of_segment(found, catalogue)
    containers = await app.memberships.containers([found.id], [high_of(face.no)])
    view = View(found.id, containers, {})
    removed = face.no in (audience.removed or ())
    added = face.no in (audience.added or ()) and not view.holds(face.no, "ruled")
    reasons: list[Reason] = []
    ruled = view.holds(face.no, "ruled")
    if found.rule is not None:
        rule = parse_rule(found.rule, catalogue)
        members = audience.members or await app.audiences.members(found.uses)
        now = app.clock.now()
        for pointer, node in _nodes(rule, found.rule, ""):
            # Each node alone is asked without the unsaid status, which is told once, by the whole.
            asked = Group(Quantifier.ALL, (StatusLeaf(SELECTABLE_STATUSES), node)) if pointer else node
            reasons.append(Reason(pointer, await _said(node, catalogue, app), compile_rule(asked, members)(face, now)))
        if found.follows:
            ruled = reasons[0].holds
    takes_part = face.status in audience.statuses
    member = (ruled or face.no in (audience.added or ())) and takes_part and not removed
    return Explanation(member, "removed" if removed else "added" if added else "", reasons)


def _nodes(node: Node, tree: object, pointer: str) -> list[tuple[str, Node]]:
    found = [(pointer, node)]
    if isinstance(node, Group) and isinstance(tree, Mapping):
        members = tree[node.quantifier.value]
        for index, (member, part) in enumerate(zip(node.members, members, strict=True)):
            found += _nodes(member, part, f"{pointer}/{node.quantifier.value}/{index}")
    return found


async def list_history(segment: str, workspace: str, before: datetime | None, limit: int, app: App) -> Sequence[SizeAt]:
    """List the sizes that a segment had at the end of each hour in which it changed, newest first."""
    found = await app.audiences.one(segment, workspace)
    return await app.memberships.history(found.id, before, limit)


@dataclass(frozen=True, slots=True)
class Overlap:
    """How many people segments share."""

    any: int
    all: int
    pairs: Sequence[tuple[str, str, int]]


async def overlap_segments(segments: Sequence[str], workspace: str, app: App) -> Overlap:
    """Count what segments share, by their membership as it is stored."""
    for segment in segments:
        await app.audiences.one(segment, workspace)
    members = await app.audiences.members(frozenset(segments))
    everybody = app.sets.union(members.values())
    shared = members[segments[0]]
    for segment in segments[1:]:
        shared = shared & members[segment]
    pairs = [(first, second, len(members[first] & members[second])) for first, second in combinations(segments, 2)]
    return Overlap(len(everybody), len(shared), pairs)


async def freeze_segment(segment: str, workspace: str, snapshot: str, app: App) -> Snapshot:
    """Freeze who is in a segment now; the same snapshot again is the same people.

    Raises:
        SnapshotElsewhere: the id was used for another segment.
    """
    kept = await app.snapshots.get(snapshot)
    if kept is None:
        found = await app.audiences.one(segment, workspace)
        audience = await app.audiences.of_segment(found, await app.catalogues.attributes())
        await app.people.settle()
        now = app.clock.now()
        numbers = await app.people.numbers(audience, now)
        kept = await app.snapshots.keep(Snapshot(snapshot, segment, workspace, numbers, now))
    if kept.segment != segment or kept.workspace != workspace:
        raise SnapshotElsewhere(snapshot)
    return kept


async def stream_snapshot(snapshot: Snapshot, after: int, app: App) -> AsyncIterator[Sequence[Member]]:
    """Yield the people of a snapshot by number, from behind one; absorbed ones as their survivors, once."""
    rest = (number for number in await app.absorptions.canonical(snapshot.numbers) if number > after)
    while part := list(islice(rest, _STREAMED)):
        yield await app.people.ids(snapshot.workspace, app.sets.of(part))


_LOOKED = 500  # segments of a workspace that a card looks through at a time


async def list_memberships(profile: str, workspace: str, app: App) -> Sequence[Segment]:
    """List the workspace's segments in use that a person is in, as membership was last worked out.

    Raises:
        ProfileUnknown: the workspace does not have such a person.
    """
    face = await app.profiles.face(profile, workspace)
    if face is None:
        raise ProfileUnknown(profile)
    inside: list[Segment] = []
    after: Sequence[object] | None = None
    while True:
        found, _ = await app.segments.page(workspace, archived=False, text="", after=after, size=_LOOKED)
        stored = await app.memberships.containers([segment.id for segment in found], [high_of(face.no)])
        holding = {key for (key, _), container in stored.items() if face.no in container.members}
        inside += [segment for segment in found if segment.id in holding]
        if len(found) < _LOOKED:
            return inside
        after = (found[-1].updated, found[-1].id)


async def count_values(
    field: str, tree: RuleTree | None, size: int, workspace: str, app: App
) -> Sequence[tuple[str, int]]:
    """Count a workspace's people by the values of a field, of those for whom a rule holds.

    Raises:
        FieldUncounted: there is no such field to count by.
        RuleInvalid: the rule cannot be read.
    """
    rule: Node = EVERYBODY
    if tree is not None:
        rule, _ = await read_rule(tree, app.catalogues, "filter")
    audience = await app.audiences.of_rule(rule, segments_of(rule), workspace)
    return await app.people.values(audience, field, size, await app.catalogues.attributes(), app.clock.now())


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody looks for among people."""

    workspace: str
    text: str = ""
    filter: RuleTree | None = None
    order: str = ""
    archived: bool = False
    standing: Standing | None = None


async def search_people(wanted: Wanted, size: int, after: Sequence[object] | None, app: App) -> Page:
    """Find people of a workspace by text, rule and how they stand to a channel."""
    rule: Node = EVERYBODY
    if wanted.filter is not None:
        rule, _ = await read_rule(wanted.filter, app.catalogues, "filter")
    if wanted.archived and not asks_status(rule):
        rule = Group(Quantifier.ALL, (StatusLeaf(SELECTABLE_STATUSES), rule))
    audience = await app.audiences.of_rule(rule, segments_of(rule), wanted.workspace)
    search = Search(audience, wanted.text, wanted.order, wanted.standing)
    return await app.people.page(search, size, after, app.clock.now())
