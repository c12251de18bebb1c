"""The commits of people in MongoDB, written in one transaction with the identity keys that they stand on.

The first commit of a write carries `open`, the profiles and streams whose views wait; it is unset once they are
written, and the projector finishes what a kill left open.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import datetime

from chassis.events import Commit as StoredCommit
from chassis.events import CommitExists, EventStore, VersionTaken
from chassis.kernel import Clock, lane_of, partition_of
from chassis.kernel.problem import Conflict
from chassis.mongo.session import Session
from services.profile.adapters import figures
from services.profile.adapters.encoding import RecordLost, event_from, event_to
from services.profile.adapters.identities import MongoIdentities
from services.profile.adapters.keyring import MongoKeyring
from services.profile.domain.people import Commit
from services.profile.ports import KeyChanges, Meta, Raced, Stored, Unfinished

MOST_OPENED = 100
"""Unfinished writes that one round of the projector takes."""


def look_at_open(store: EventStore, clock: Clock) -> Callable[[], Awaitable[None]]:
    """Make the look at how old the oldest write is whose views are not finished."""

    async def look() -> None:
        oldest = await store.scan({"open_lane": {"$exists": True}}, 1)
        figures.OPEN.set((clock.now() - oldest[0].recorded_at).total_seconds() if oldest else 0.0)

    return look


class MongoLedger:
    """The event store of people."""

    def __init__(self, session: Session, store: EventStore, identities: MongoIdentities, keyring: MongoKeyring) -> None:
        self._session, self._store = session, store
        self._identities, self._keyring = identities, keyring

    async def claim(self, changes: KeyChanges) -> str:
        """Claim the keys that nobody holds."""
        return await self._identities.claim(changes)

    async def release(self, changes: KeyChanges, claim: str) -> None:
        """Give up claims of a write that did not happen."""
        await self._identities.release(changes, claim)

    async def append(
        self, commits: Sequence[Commit], changes: KeyChanges, claim: str, meta: Meta, opened: Sequence[str]
    ) -> None:
        """Write commits and keys as one.

        Raises:
            Raced: a stream, a key or a commit id was taken by somebody else; nothing was written.
        """
        await self._keyring.fetch(_owner(commit.stream) for commit in commits)
        stored = [self._to_stored(commit, meta) for commit in commits]
        if stored:
            streams = sorted({commit.stream for commit in commits})
            lane = lane_of(partition_of(opened[0]))
            stored[0].extra.update(open={"profiles": list(opened), "streams": streams}, open_lane=lane)
        try:
            async with self._session.transaction() as session:
                await self._store.append(stored, session)
                await self._identities.settle(changes, claim, session)
        except (Conflict, VersionTaken, CommitExists) as error:
            raise Raced from error

    async def closed(self, commit: str) -> None:
        """Note that the views of the write that began with this commit are written."""
        await self._store.update({"_id": commit}, {"$unset": {"open": "", "open_lane": ""}})

    async def opened(self, before: datetime, lane: int | None = None) -> list[Unfinished]:
        """Give the writes whose views were not finished by then."""
        where = {"open_lane": {"$exists": True} if lane is None else lane, "recorded_at": {"$lt": before}}
        found = await self._store.scan(where, MOST_OPENED)
        return [left for each in found if (left := _unfinished(each)) is not None]

    async def read(
        self, streams: Iterable[str], after: Mapping[str, int] | None = None, until: datetime | None = None
    ) -> list[Stored]:
        """Give commits in order of their recording; those whose record's key is destroyed are left out."""
        wanted = list(streams)
        if not wanted:
            return []
        by_stream = await self._store.read(wanted, until=until, after=dict(after) if after else None)
        return await self._from_stored([commit for commits in by_stream.values() for commit in commits])

    async def begun(self, owners: Sequence[str]) -> set[str]:
        """Tell which of these records and profiles have a stream; answered from the index alone."""
        streams = [f"{kind}:{owner}" for owner in owners for kind in ("record", "profile")]
        commits = self._session.database("profile")["commits"]
        found = commits.find({"stream": {"$in": streams}, "version": 1}, {"_id": 0, "stream": 1})
        return {_owner(document["stream"]) async for document in found}

    async def existing(self, commits: Sequence[str]) -> set[str]:
        """Tell which of these commits were ever written, those of erased records included."""
        if not commits:
            return set()
        return {each.id for each in await self._store.scan({"_id": {"$in": list(commits)}}, len(commits))}

    async def homes_of(self, records: Iterable[str]) -> Mapping[str, str]:
        """Give the home that each of these records lives in now."""
        streams = [f"record:{record}" for record in records]
        if not streams:
            return {}
        return {
            stream.removeprefix("record:"): [
                event["home"] for commit in commits for event in commit.events if "home" in event
            ][-1]
            for stream, commits in (await self._store.read(streams)).items()
        }

    async def find(self, commits: Sequence[str]) -> dict[str, Stored]:
        """Give the commits of these ids that exist."""
        if not commits:
            return {}
        found = await self._store.scan({"_id": {"$in": list(commits)}}, len(commits))
        return {each.commit.id: each for each in await self._from_stored(found)}

    def _to_stored(self, commit: Commit, meta: Meta) -> StoredCommit:
        owner = _owner(commit.stream)
        key = self._keyring.get(owner)
        who = {"actor": meta.actor}
        if meta.operation:
            who["operation"] = meta.operation
        events = [event_to(event, key, owner, commit.id, index) for index, event in enumerate(commit.events)]
        return StoredCommit(
            commit.id,
            commit.stream,
            commit.version,
            events,
            commit.recorded_at,
            {**who, "request": meta.request} if meta.request else dict(who),
        )

    async def _from_stored(self, commits: Sequence[StoredCommit]) -> list[Stored]:
        await self._keyring.fetch(_owner(commit.stream) for commit in commits)
        found: list[Stored] = []
        for commit in _in_order(commits):
            owner = _owner(commit.stream)
            key = self._keyring.get(owner)
            try:
                events = tuple(
                    event_from(event, key, owner, commit.id, index) for index, event in enumerate(commit.events)
                )
            except RecordLost:
                continue
            meta = Meta(
                commit.meta.get("actor", ""), commit.meta.get("operation", ""), bytes(commit.meta.get("request", b""))
            )
            told = Commit(commit.id, commit.stream, commit.version, events, commit.recorded_at, meta.actor)
            found.append(Stored(told, meta, _unfinished(commit)))
        return found


def _unfinished(commit: StoredCommit) -> Unfinished | None:
    left = commit.extra.get("open")
    return Unfinished(commit.id, left["profiles"], left["streams"]) if left else None


def _owner(stream: str) -> str:
    return stream.partition(":")[2]


def _in_order(commits: Sequence[StoredCommit]) -> list[StoredCommit]:
    """Sort by time of recording, but never against a stream's versions: clocks of two processes may disagree.

    Within one millisecond records come before profiles, which stand on them.
    """
    latest: dict[str, datetime] = {}
    ranked: list[tuple[datetime, bool, str, int, StoredCommit]] = []
    for commit in sorted(commits, key=lambda each: (each.stream, each.version)):
        time = max(commit.recorded_at, latest.get(commit.stream, commit.recorded_at))
        latest[commit.stream] = time
        ranked.append((time, commit.stream.startswith("profile:"), commit.stream, commit.version, commit))
    return [commit for *_, commit in sorted(ranked, key=lambda each: each[:4])]
