"""The bulk door: records of one or many people, written in one go.

Promise: up to 500 drafts are one transaction, and while one waits for the store the next is prepared; a repeat of the
same rows changes nothing and answers as the first time did, because a row keeps the ids that it chose. Planning takes
the same decisions and writes nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from chassis.ahead import Piece, ahead
from chassis.kernel import Violation, new_id
from services.profile.app import App
from services.profile.commands.settling import settle
from services.profile.commands.work import Work, begin
from services.profile.domain.catalogue import Catalogue
from services.profile.domain.consent import changed_by, state
from services.profile.domain.events import RecordEvent, RecordOpened, ValuesPinned
from services.profile.domain.identity import Candidate, IdentityKey
from services.profile.domain.placement import Keys, keys_of, place, touched
from services.profile.domain.record import RecordDraft
from services.profile.domain.record_stream import Record, first_observation, name_in, observe, record_stream
from services.profile.domain.sources import CONSOLE, Sources
from services.profile.ports import Meta, Stored

BULK = 500
"""Streams in one MongoDB transaction: large enough that its round trips cost little, small enough to overlap."""

AHEAD = 2
"""Bulks under way at once. One process has one core: two keep it busy while the store works, more only wait."""

Stated = Keys | tuple[Violation, ...]
"""The identity keys that a draft states, or what is wrong with it."""

Action = Literal["created", "updated", "merged", "unchanged", "refused"]


@dataclass(frozen=True, slots=True)
class StagedDraft:
    """A draft with its row and the ids that the row chose, so that a repeat is the same write.

    `pinned` are attributes whose values win over every other record's from the first, if the record is new.
    """

    draft: RecordDraft
    row: str
    profile_id: str | None = None
    commit_id: str | None = None
    pinned: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class PutResult:
    """What became of a draft: its person's id, or what was wrong with it."""

    action: Action
    profile: str | None = None
    violations: tuple[Violation, ...] = ()


async def put_records(drafts: Sequence[StagedDraft], app: App, meta: Meta = Meta("import")) -> list[PutResult]:
    """Write drafts, in their order; results in the same order.

    A draft that does not fit the catalogue or its source is refused by itself. Of two drafts of one record the later
    one is the newer word.
    """
    sources, catalogue = await app.settings.sources(), await app.settings.catalogue()

    def piece(bulk: Sequence[StagedDraft]) -> Piece[list[PutResult]]:
        stated = _stated(bulk, sources, catalogue, app)
        # Of two rows that share a key the later one stands on what the earlier one made.
        return Piece(lambda: _put(bulk, stated, app, meta), _keys_in(stated))

    bulks = (drafts[start : start + BULK] for start in range(0, len(drafts), BULK))
    return [result for results in await ahead(map(piece, bulks), AHEAD) for result in results]


async def plan_records(drafts: Sequence[StagedDraft], app: App, meta: Meta = Meta("import")) -> list[PutResult]:
    """Say what `put_records` would do; nothing is written, new people have no id."""
    results: list[PutResult] = []
    for start in range(0, len(drafts), BULK):
        bulk = drafts[start : start + BULK]
        stated = _stated(bulk, await app.settings.sources(), await app.settings.catalogue(), app)
        work = await _begin(stated, app, meta)
        living = set(work.people.homes)
        decided = await _decide(work, bulk, stated, {}, None)
        results += [result if result.profile in living else replace(result, profile=None) for result in decided.results]
    return results


@dataclass(slots=True)
class _Decided:
    results: list[PutResult]
    records: list[str | None]
    unsettled: list[str]


async def _put(drafts: Sequence[StagedDraft], stated: Sequence[Stated], app: App, meta: Meta) -> list[PutResult]:
    tries = 0

    async def attempt() -> tuple[Work, _Decided]:
        nonlocal tries
        tries += 1
        work = await _begin(stated, app, meta)
        if tries > 1:
            await work.catch_up()
        known = any(isinstance(each, Keys) and work.holdings[each.own].holders for each in stated)
        chosen = [draft.commit_id for draft in drafts if draft.commit_id is not None]
        done = await app.ledger.find(chosen) if known else {}
        # A row that was written before and has no record now was erased since: a repeat must not bring it back.
        gone = await app.ledger.existing(chosen) if tries > 1 else set()
        decided = await _decide(work, drafts, stated, done, gone)
        await work.write(unfinished=bool(decided.unsettled))
        return work, decided

    work, decided = await app.again(attempt)
    if not decided.unsettled:
        return decided.results
    homes = {work.people.records[record].home for record in decided.unsettled}
    moved = await settle(homes, app, meta)
    app.fault("settled")
    await work.close()
    # A record that joined early in the bulk may have been taken out again by what came later in it.
    living = [
        moved.get(record) or work.people.records[record].home if record is not None else None
        for record in decided.records
    ]
    after = await app.views.load({home for home in living if home is not None})
    return [
        replace(result, profile=after.people.root(home)) if home is not None else result
        for result, home in zip(decided.results, living, strict=True)
    ]


def _stated(drafts: Sequence[StagedDraft], sources: Sources, catalogue: Catalogue, app: App) -> list[Stated]:
    return [_violations(each.draft, sources, catalogue) or keys_of(each.draft, sources, app.digest) for each in drafts]


def _keys_in(stated: Iterable[Stated]) -> frozenset[IdentityKey]:
    return frozenset(key for each in stated if isinstance(each, Keys) for key in (each.own, *each.stated))


async def _begin(stated: Sequence[Stated], app: App, meta: Meta) -> Work:
    """Load the keys of all drafts and everybody who holds one."""
    work = await begin(app, meta)
    keys = _keys_in(stated)
    await work.know(keys)
    homes = {home for key in keys for home in _reached(work, key)}
    work.loaded = await app.views.load(homes)
    await work.complete()
    return work


def _reached(work: Work, key: IdentityKey) -> Iterable[str]:
    """Name the homes that matter for a key; the holders of a shared one do not."""
    holding = work.holdings[key]
    return holding.holders.values() if holding.state == "sole" else ()


def _violations(draft: RecordDraft, sources: Sources, catalogue: Catalogue) -> tuple[Violation, ...]:
    if draft.source != CONSOLE:
        source = sources.get(draft.source)
        if source is None or source.base != draft.base:
            return (Violation("source", "SOURCE_UNKNOWN"),)
    faults = ((key, catalogue.fault(key, value)) for key, value in draft.attributes.items())
    return tuple(Violation(f"attributes.{key}", fault.fields["fault"]) for key, fault in faults if fault is not None)


async def _decide(
    work: Work,
    drafts: Sequence[StagedDraft],
    stated: Sequence[Stated],
    done: dict[str, Stored],
    gone: set[str] | None,
) -> _Decided:
    """Decide about every draft; `gone` are the commits of erased records, None when this is only a plan."""
    decided = _Decided([], [], [])
    decisions = await _decisions(work)
    newcomers = sum(1 for each in stated if isinstance(each, Keys) and not work.holdings[each.own].holders)
    numbers = iter(await work.app.numbers.take(newcomers) if gone is not None and newcomers else range(newcomers))
    for staged, keys in zip(drafts, stated, strict=True):
        if not isinstance(keys, Keys):
            decided.records.append(None)
            decided.results.append(PutResult("refused", violations=keys))
        elif work.holdings[keys.own].holders:
            decided.results.append(await _again(work, staged, keys, done, decided))
        elif gone and staged.commit_id in gone:
            decided.records.append(None)
            decided.results.append(PutResult("unchanged"))
        else:
            placed = _place(work, staged, keys, decisions, next(numbers))
            decided.results.append(_new(work, staged, keys, placed, decided))
    return decided


async def _decisions(work: Work) -> frozenset[str]:
    """Name the records about which a human has decided something."""
    if not work.people.records:
        return frozenset()
    joined, apart = await work.app.identities.decisions(work.people.records)
    found = {record for records in joined for record in records}
    return frozenset(found.union(*(each.left | each.right for each in apart)))


@dataclass(frozen=True, slots=True)
class _Placed:
    record: str
    home: str
    no: int
    joined: bool
    settle: bool


def _place(work: Work, staged: StagedDraft, keys: Keys, decisions: frozenset[str], no: int) -> _Placed:
    """Choose the home of a new record."""
    record = new_id()
    candidate = Candidate(record, name_in(staged.draft.attributes), keys.joining)
    sole = (work.holdings[key] for key in keys.joining if work.holdings[key].state == "sole")
    concerned = bool(decisions) and any(not decisions.isdisjoint(holding.holders) for holding in sole)
    placement = place(candidate, work.holdings, work.candidate, work.people, concerned)
    if placement.home is not None:
        return _Placed(record, placement.home, work.people.homes[placement.home].no, True, placement.settle)
    chosen = staged.profile_id
    home = chosen if chosen and chosen not in work.people.homes else new_id()
    return _Placed(record, home, no, False, placement.settle)


def _new(work: Work, staged: StagedDraft, keys: Keys, placed: _Placed, decided: _Decided) -> PutResult:
    draft = staged.draft
    events = list(first_observation(draft, placed.home, placed.no, work.meta.actor, work.now))
    if staged.pinned:
        events.append(ValuesPinned(tuple(sorted(staged.pinned))))
    work.append(record_stream(placed.record), events, staged.commit_id, keys)
    decided.records.append(placed.record)
    if placed.settle:
        decided.unsettled.append(placed.record)
    _spread(work, work.people.records[placed.record], draft)
    if placed.joined:
        return PutResult("merged", work.people.root(placed.home))
    return PutResult("created", placed.home)


async def _again(work: Work, staged: StagedDraft, keys: Keys, done: dict[str, Stored], decided: _Decided) -> PutResult:
    record = work.people.records[next(iter(work.holdings[keys.own].holders))]
    decided.records.append(record.id)
    profile = work.people.root(record.home)
    before = done.get(staged.commit_id) if staged.commit_id else None
    if before is not None:
        return PutResult(_action_then(before, staged), profile)
    events = observe(record, staged.draft, work.meta.actor, work.now)
    if not events:
        return PutResult("unchanged", profile)
    work.know_keys(record, staged.draft, keys)
    await work.know_changes(record.stream, events)
    old = work.keys(record)
    work.append(record.stream, events, staged.commit_id)
    changed = work.people.records[record.id]
    alone = len(work.people.person(profile).records) == 1
    if touched(old, work.keys(changed), record.name != changed.name, work.holdings, alone):
        decided.unsettled.append(record.id)
    _spread(work, changed, staged.draft)
    return PutResult("updated", profile)


def _action_then(before: Stored, staged: StagedDraft) -> Action:
    """Tell what the row's own commit did when it was written."""
    first = before.commit.events[0]
    if not isinstance(first, RecordOpened):
        return "updated"
    return "created" if first.home == staged.profile_id else "merged"


def _spread(work: Work, record: Record, draft: RecordDraft) -> None:
    """Bring a source's consent statements to every other loaded record that holds the contact point."""
    if not draft.consents:
        return
    said = [changed_by(statement, draft.base, work.meta.actor) for statement in draft.consents]
    points = {changed.key.contact for changed in said}
    others = {
        holder
        for point in points
        for holder in work.holdings[IdentityKey(point.kind, work.app.digest(point.kind, point.value))].holders
        if holder != record.id and holder in work.people.records
    }
    for other in sorted(others):
        holder = work.people.records[other]
        events: list[RecordEvent] = [
            event for changed in said if holder.holds(changed.key.contact) for event in state(holder.consents, changed)
        ]
        if events:
            work.append(holder.stream, events)
