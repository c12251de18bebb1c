"""Putting facts into the warehouse.

Promise: every function may be repeated with the same facts and adds nothing the second time. A batch whose token was
seen is dropped by the engine at once; a fact that comes again in another batch replaces itself, because its sorting
key is made of the fact alone. Nothing of the erased is kept (see `erasing`).
"""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from services.report.adapters.warehouse.engine import Engine, Purpose
from services.report.adapters.warehouse.erasing import Erasures
from services.report.domain.facts import Activity, Delivery, Face, Link, Membership, Run, day_of

_ACTIVITY_COLUMNS = (
    "subject", "day", "id", "event_id", "profile", "base", "source", "name", "time", "recorded",
    "numbers", "flags", "times", "codes", "dropped",
)  # fmt: skip
_DELIVERY_COLUMNS = (
    "subject", "day", "id", "kind", "code", "reason", "message", "campaign", "entry", "node", "profile", "channel",
    "workspace", "controller", "template", "template_version", "provider_code", "machine", "time", "recorded",
)  # fmt: skip
_RUN_COLUMNS = ("campaign", "entry", "node", "workspace", "goal_event", "goal_window_hours", "recorded")
_LINK_COLUMNS = ("subject", "person", "profile", "version")
_FACE_COLUMNS = (
    "person", "base", "revision", "kind", "state", "texts", "numbers", "flags", "dates",
    "specialties", "cities", "regions", "organisations",
)  # fmt: skip
_MEMBERSHIP_COLUMNS = ("segment", "profile", "member", "time")


def token_of(stream: str, sequences: Iterable[int]) -> str:
    """Name a batch by the bus sequences in it.

    The first and the last alone would not do: a range that comes again with a message more (one that had been handed
    back) would be taken for the batch before, and that message would be lost.
    """
    ordered = sorted(sequences)
    digest = hashlib.sha256(",".join(map(str, ordered)).encode()).hexdigest()[:32]
    return f"{stream}:{ordered[0]}-{ordered[-1]}:{digest}"


class FactWriter:
    """Writes facts, who they belong to and what people are."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._erasures = Erasures(engine)

    async def add_activities(self, activities: Sequence[Activity], token: str) -> None:
        """Add what people did."""
        rows = [
            (
                a.subject, day_of(a.time), a.id, a.event_id, a.profile, a.base, a.source, a.name, a.time, a.recorded,
                dict(a.numbers), dict(a.flags), dict(a.times), dict(a.codes), a.dropped,
            )
            for a in activities
        ]  # fmt: skip
        await self._keep("activities", _ACTIVITY_COLUMNS, rows, ("subject", "profile"), token)

    async def add_deliveries(self, deliveries: Sequence[Delivery], token: str) -> None:
        """Add what became of messages."""
        rows = [
            (
                d.subject, day_of(d.time), d.id, d.kind.value, d.code, d.reason, d.message, d.campaign, d.entry, d.node,
                d.profile, d.channel, d.workspace, d.controller, d.template, d.template_version, d.provider_code,
                d.machine, d.time, d.recorded,
            )
            for d in deliveries
        ]  # fmt: skip
        await self._keep("deliveries", _DELIVERY_COLUMNS, rows, ("subject", "profile"), token)

    async def put_runs(self, runs: Sequence[Run], token: str) -> None:
        """Keep what runs are after; the latest wins."""
        rows = [(r.campaign, r.entry, r.node, r.workspace, r.goal_event, r.goal_window_hours, r.recorded) for r in runs]
        await self._engine.insert("runs", _RUN_COLUMNS, rows, token)

    async def put_links(self, links: Sequence[Link], token: str) -> None:
        """Keep whom subjects belong to; the highest version wins, whatever the order of writing."""
        rows = [(link.subject, link.person, link.profile, link.version) for link in links]
        await self._keep("subjects", _LINK_COLUMNS, rows, ("subject", "person"), token)

    async def put_mentions(self, links: Sequence[Link], token: str) -> None:
        """Keep whom facts say that subjects belong to, where nothing better is known."""
        latest = {link.subject: link for link in sorted(links, key=lambda link: link.version)}
        if not latest:
            return
        rows = await self._engine.rows(
            "SELECT subject, person, version FROM subjects FINAL WHERE subject IN {subjects:Array(String)}",
            {"subjects": sorted(latest)},
            Purpose.LOOKUPS,
        )
        known = {row["subject"]: row for row in rows}
        fresh = [
            link
            for link in latest.values()
            if link.subject not in known
            or (known[link.subject]["person"] != link.person and known[link.subject]["version"] < link.version)
        ]
        await self.put_links(fresh, token)

    async def put_faces(self, faces: Sequence[Face], token: str) -> None:
        """Keep what people are now, all faces of each; the highest revision wins, faces that are no more end."""
        rows = [
            (
                f.person, f.base, f.revision, f.kind, f.state, dict(f.texts), dict(f.numbers), dict(f.flags),
                dict(f.dates), f.specialties, f.cities, f.regions, f.organisations,
            )
            for f in [*faces, *await self._ended_faces(faces)]
        ]  # fmt: skip
        await self._keep("profiles", _FACE_COLUMNS, rows, ("person",), token)

    async def _ended_faces(self, faces: Sequence[Face]) -> list[Face]:
        """Give a tombstone for each stored face whose base has no record of the person any more."""
        revisions = {face.person: face.revision for face in faces}
        if not revisions:
            return []
        told = {(face.person, face.base) for face in faces}
        stored = await self._engine.rows(
            "SELECT person, base FROM profiles FINAL WHERE person IN {persons:Array(String)} AND state != 'gone'",
            {"persons": sorted(revisions)},
            Purpose.LOOKUPS,
        )
        return [
            Face(row["person"], row["base"], revisions[row["person"]], "", "gone", {}, {}, {}, {}, [], [], [], [])
            for row in stored
            if (row["person"], row["base"]) not in told
        ]

    async def put_memberships(self, memberships: Sequence[Membership], token: str) -> None:
        """Keep who is in which segment; the latest word wins."""
        rows = [(m.segment, m.profile, m.member, m.time) for m in memberships]
        await self._keep("memberships", _MEMBERSHIP_COLUMNS, rows, ("profile",), token)

    async def erase(self, person: str, time: datetime) -> int:
        """Delete every row of every subject of a person, and refuse such rows from now on; answers the subjects."""
        return await self._erasures.erase(person, time)

    async def sweep(self) -> None:
        """Delete whatever belongs to an erased subject."""
        await self._erasures.sweep()

    async def _keep(
        self, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]], owners: Sequence[str], token: str
    ) -> None:
        """Write the rows whose owners are not erased, and see that none was erased meanwhile."""
        places = [columns.index(owner) for owner in owners]
        named = {row[place] for row in rows for place in places}
        gone = await self._erasures.among(named)
        await self._engine.insert(
            table, columns, [row for row in rows if gone.isdisjoint(row[place] for place in places)], token
        )
        if await self._erasures.among(named - gone):
            await self._erasures.sweep()
