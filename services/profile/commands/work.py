"""A write in progress: people as loaded, what was decided about them, and what that does to identity keys.

Every command goes through here: keys, claims, commits with keys in one transaction, views with their facts, in this
order, with a named point between every two steps at which a kill leaves something that the projector finishes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from chassis.kernel import new_id
from services.profile.app import App
from services.profile.domain.catalogue import Catalogue
from services.profile.domain.events import Event, ProfileArchived, RecordObserved
from services.profile.domain.identity import Candidate, IdentityKey
from services.profile.domain.people import Commit, People
from services.profile.domain.placement import Holding, Keys, KeyState, keys_of
from services.profile.domain.record import RecordDraft
from services.profile.domain.record_stream import Record, record_stream
from services.profile.domain.sources import Sources
from services.profile.ports import KeyChanges, Loaded, Meta, Raced


@dataclass(slots=True)
class Work:
    """One write: decide by appending events, then `write` it."""

    app: App
    meta: Meta
    now: datetime
    sources: Sources
    catalogue: Catalogue
    loaded: Loaded
    holdings: dict[IdentityKey, Holding] = field(default_factory=dict)
    changes: KeyChanges = field(default_factory=KeyChanges)
    commits: list[Commit] = field(default_factory=list)
    sealing: list[str] = field(default_factory=list)
    touched: set[str] = field(default_factory=set)
    caught_up: list[Commit] = field(default_factory=list)
    unsettled: bool = False
    _keys: dict[str, tuple[Record, Keys]] = field(default_factory=dict)

    @property
    def people(self) -> People:
        """Return the people with everything that was decided so far."""
        return self.loaded.people

    def keys(self, record: Record) -> Keys:
        """Return the identity keys of a record as it is now."""
        known = self._keys.get(record.id)
        if known is not None:
            before, keys = known
            if before is record or (before.contacts is record.contacts and before.external_ids is record.external_ids):
                return keys
        keys = keys_of(record, self.sources, self.app.digest)
        self._keys[record.id] = (record, keys)
        return keys

    def know_keys(self, record: Record, draft: RecordDraft, keys: Keys) -> None:
        """Take the keys that a draft of a record states for the record's own where both state the same."""
        if record.contacts == draft.contacts and record.external_ids == draft.external_ids:
            self._keys.setdefault(record.id, (record, keys))

    def candidate(self, record: str) -> Candidate:
        """Return what identity needs to know of a record."""
        found = self.people.records[record]
        return Candidate(record, found.name, self.keys(found).joining)

    def stated_by(self, draft: RecordDraft) -> Keys:
        """Return the identity keys that a draft states."""
        return keys_of(draft, self.sources, self.app.digest)

    async def know(self, keys: Iterable[IdentityKey]) -> None:
        """Load who holds these keys, unless that is known."""
        unknown = [key for key in keys if key not in self.holdings]
        if not unknown:
            return
        found = await self.app.identities.load(unknown)
        self.holdings.update((key, found.get(key) or Holding(key)) for key in unknown)

    async def complete(self) -> None:
        """Fold the records that hold a known key but are not in the views yet: their writer is between two steps."""
        sole = [holding for holding in self.holdings.values() if holding.state == "sole"]
        missing = {record for holding in sole for record in holding.holders} - self.people.records.keys()
        if not missing:
            return
        await self.catch_up(record_stream(record) for record in missing)
        gone = missing - self.people.records.keys()
        for holding in sole if gone else ():
            holders = {record: home for record, home in holding.holders.items() if record not in gone}
            self.holdings[holding.key] = replace(holding, holders=holders)

    async def catch_up(self, streams: Iterable[str] | None = None) -> None:
        """Fold what was committed beyond the views, of these streams or of all that are loaded.

        It is told again with what this write tells: facts of one id are one fact.
        """
        if streams is None:
            known = [record.stream for record in self.people.records.values()]
            known += [home.stream for home in self.people.homes.values()]
        else:
            known = list(streams)
        versions = {stream: self.people.version(stream) for stream in known}
        for stored in await self.app.ledger.read(known, after=versions):
            touched = self.people.apply(stored.commit)
            if touched:
                self.caught_up.append(stored.commit)
                self.touched |= touched

    async def know_changes(self, stream: str, events: Sequence[Event]) -> None:
        """Load who holds the keys that a known record would get by these events."""
        kind, _, record = stream.partition(":")
        if kind == "record" and record in self.people.records:
            before = self.people.records[record]
            stated = self.keys(before).stated
            if any(map(_changes_keys, events)):
                after = before.after(*events)  # type: ignore[arg-type]  # a record's stream has record events only
                stated |= keys_of(after, self.sources, self.app.digest).stated
            await self.know(stated)

    def append(
        self, stream: str, events: Sequence[Event], commit: str | None = None, keys: Keys | None = None
    ) -> Commit:
        """Commit events to a stream, as far as this write goes. The holdings of its keys must be known.

        `keys` are those of a new record, where the caller has them already.
        """
        kind, _, key = stream.partition(":")
        before = self.people.records.get(key) if kind == "record" else None
        old = self.keys(before) if before else None
        made = Commit(
            commit or new_id(), stream, self.people.version(stream) + 1, tuple(events), self.now, self.meta.actor
        )
        self.touched |= self.people.apply(made)
        self.commits.append(made)
        if kind == "record":
            if before is None:
                self.sealing.append(key)
            if keys is not None:
                self._keys[key] = (self.people.records[key], keys)
            self._follow_keys(self.people.records[key], before, old)
        elif any(isinstance(event, ProfileArchived) and event.comment for event in events):
            self.sealing.append(key)
        return made

    def _follow_keys(self, record: Record, before: Record | None, old: Keys | None) -> None:
        now = self.keys(record)
        if now is old and before is not None and before.home == record.home:
            return
        after = now.stated | {now.own}
        known = old.stated | {old.own} if old else frozenset()
        moved = before is not None and before.home != record.home
        for key in after if moved else after - known:
            self._hold(key, record)
        for key in known - after:
            holding = self.holdings[key]
            self.holdings[key] = replace(
                holding, holders={each: home for each, home in holding.holders.items() if each != record.id}
            )
            self.changes.leaves.setdefault(key, set()).add(record.id)
            self._saw(holding)
            self.changes.joins.get(key, {}).pop(record.id, None)
            self.changes.claims.get(key, {}).pop(record.id, None)

    def _hold(self, key: IdentityKey, record: Record) -> None:
        holding = self.holdings.get(key) or Holding(key)
        claimed = self.changes.claims.get(key)
        if claimed is not None:
            claimed[record.id] = record.home
        elif not holding.holders and key not in self.changes.leaves:
            self.changes.claims[key] = {record.id: record.home}
        else:
            self.changes.joins.setdefault(key, {})[record.id] = record.home
            self._saw(holding)
        self.holdings[key] = replace(holding, holders={**holding.holders, record.id: record.home})

    def set_state(self, key: IdentityKey, state: KeyState) -> None:
        """Change what a key may be used for."""
        holding = self.holdings[key]
        self.changes.states[key] = state
        self._saw(holding)
        self.holdings[key] = replace(holding, state=state)

    def _saw(self, holding: Holding) -> None:
        if holding.state == "sole":  # one more holder of a shared key decides nothing, so writers need not meet there
            self.changes.seen.setdefault(holding.key, holding.revision)

    async def write(self, *, unfinished: bool = False) -> None:
        """Write what was decided and bring the views up to it; an unfinished write stays open for what follows it.

        Raises:
            Raced: somebody else changed one of the streams or keys first; nothing was written.
        """
        app = self.app
        if not self.commits and not self.changes.states:
            return
        await app.keyring.ensure(self.sealing)
        app.fault("keys")
        claim = await app.ledger.claim(self.changes)
        app.fault("claim")
        try:
            await app.ledger.append(self.commits, self.changes, claim, self.meta, sorted(self.touched))
        except Raced:
            await app.ledger.release(self.changes, claim)
            raise
        if not self.commits:
            return
        app.fault("commit")
        await project(self.loaded, [*self.caught_up, *self.commits], self.touched, app)
        app.fault("view")
        if not unfinished:
            await self.close()

    async def close(self) -> None:
        """Note that nothing is left to do for this write."""
        if self.commits:
            await self.app.ledger.closed(self.commits[0].id)


def _changes_keys(event: Event) -> bool:
    return isinstance(event, RecordObserved) and (event.contacts is not None or event.external_ids is not None)


async def begin(app: App, meta: Meta, profiles: Iterable[str] = ()) -> Work:
    """Start a write with these people loaded."""
    return Work(
        app,
        meta,
        app.clock.now(),
        await app.settings.sources(),
        await app.settings.catalogue(),
        await app.views.load(profiles),
    )


async def project(loaded: Loaded, commits: Sequence[Commit], touched: Iterable[str], app: App) -> None:
    """Write the views that commits touched; where somebody else was faster, fold what is new and try again.

    Every loser of a race folds at least the winner's view, so it ends when writers do.
    """
    lost = await app.views.save(loaded, commits, touched)
    while lost:
        streams = {commit.stream for commit in commits}
        lost = await refold(lost | {home for home in touched if loaded.people.root(home) in lost}, streams, app)


async def refold(profiles: Iterable[str], streams: Iterable[str], app: App) -> set[str]:
    """Fold what the views of these profiles lack of these streams; give those that others wrote meanwhile."""
    loaded = await app.views.load(profiles)
    known = set(streams)
    for home in list(loaded.people.homes):
        known |= loaded.people.person(loaded.people.root(home)).versions.keys()
    versions = {stream: loaded.people.version(stream) for stream in known}
    fresh = [stored.commit for stored in await app.ledger.read(known, after=versions)]
    touched: set[str] = set()
    for commit in fresh:
        touched |= loaded.people.apply(commit)
    return await app.views.save(loaded, fresh, touched) if touched else set()
