"""Putting facts into the warehouse.

Promise: every function may be repeated with the same facts and adds nothing the second time. A batch whose token was
seen is dropped by the engine at once; a fact that comes again in another batch replaces itself, because its sorting
key is made of the fact alone. Facts of erased subjects are never written; what a race let through is swept.
Limits: `erase` rewrites whole parts and is meant for single people, not for thousands.
"""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from services.report.adapters.warehouse.engine import Engine, Purpose, Row
from services.report.adapters.warehouse.people import owned_by
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

# Tables that hold rows of a subject, and the column that names it.
_ERASABLE = {"activities": "subject", "deliveries": "subject", "memberships": "profile", "profiles": "person"}


def token_of(stream: str, sequences: Iterable[int]) -> str:
    """Name a batch by the bus sequences in it.

    The first and the last alone would not do: a range that comes again with a message more (one that had been handed
    back) would be taken for the batch before, and that message would be lost.
    """
    ordered = sorted(sequences)
    digest = hashlib.sha256(",".join(map(str, ordered)).encode()).hexdigest()[:32]
    return f"{stream}:{ordered[0]}-{ordered[-1]}:{digest}"


class FactWriter:
    """Writes facts and who they belong to."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def add_activities(self, activities: Sequence[Activity], token: str) -> None:
        """Add what people did."""
        kept = await self._not_erased(activities)
        rows = [
            (
                a.subject, day_of(a.time), a.id, a.event_id, a.profile, a.base, a.source, a.name, a.time, a.recorded,
                dict(a.numbers), dict(a.flags), dict(a.times), dict(a.codes), a.dropped,
            )
            for a in kept
        ]  # fmt: skip
        await self._engine.insert("activities", _ACTIVITY_COLUMNS, rows, token)

    async def add_deliveries(self, deliveries: Sequence[Delivery], token: str) -> None:
        """Add what became of messages."""
        kept = await self._not_erased(deliveries)
        rows = [
            (
                d.subject, day_of(d.time), d.id, d.kind.value, d.code, d.reason, d.message, d.campaign, d.entry, d.node,
                d.profile, d.channel, d.workspace, d.controller, d.template, d.template_version, d.provider_code,
                d.machine, d.time, d.recorded,
            )
            for d in kept
        ]  # fmt: skip
        await self._engine.insert("deliveries", _DELIVERY_COLUMNS, rows, token)

    async def put_runs(self, runs: Sequence[Run], token: str) -> None:
        """Keep what runs are after; the latest wins."""
        rows = [(r.campaign, r.entry, r.node, r.workspace, r.goal_event, r.goal_window_hours, r.recorded) for r in runs]
        await self._engine.insert("runs", _RUN_COLUMNS, rows, token)

    async def put_links(self, links: Sequence[Link], token: str) -> None:
        """Keep whom subjects belong to; the highest version wins, whatever the order of writing."""
        gone = await self._erased({link.subject for link in links} | {link.person for link in links})
        rows = [
            (link.subject, link.person, link.profile, link.version)
            for link in links
            if link.subject not in gone and link.person not in gone
        ]
        await self._engine.insert("subjects", _LINK_COLUMNS, rows, token)

    async def put_mentions(self, links: Sequence[Link], token: str) -> None:
        """Keep whom facts say that subjects belong to, where nothing better is known."""
        latest = {link.subject: link for link in sorted(links, key=lambda link: link.version)}
        rows = await self._lookup(
            "SELECT subject, person, version FROM subjects FINAL WHERE subject IN {subjects:Array(String)}",
            {"subjects": sorted(latest)},
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
        gone = await self._erased({face.person for face in faces})
        faces = [*faces, *await self._ended_faces(faces)]
        rows = [
            (
                f.person, f.base, f.revision, f.kind, f.state, dict(f.texts), dict(f.numbers), dict(f.flags),
                dict(f.dates), f.specialties, f.cities, f.regions, f.organisations,
            )
            for f in faces
            if f.person not in gone
        ]  # fmt: skip
        await self._engine.insert("profiles", _FACE_COLUMNS, rows, token)

    async def _ended_faces(self, faces: Sequence[Face]) -> list[Face]:
        """Give a tombstone for each stored face whose base has no record of the person any more."""
        revisions = {face.person: face.revision for face in faces}
        told = {(face.person, face.base) for face in faces}
        stored = await self._lookup(
            "SELECT person, base FROM profiles FINAL WHERE person IN {persons:Array(String)} AND state != 'gone'",
            {"persons": sorted(revisions)},
        )
        return [
            Face(row["person"], row["base"], revisions[row["person"]], "", "gone", {}, {}, {}, {}, [], [], [], [])
            for row in stored
            if (row["person"], row["base"]) not in told
        ]

    async def put_memberships(self, memberships: Sequence[Membership], token: str) -> None:
        """Keep who is in which segment; the latest word wins."""
        gone = await self._erased({membership.profile for membership in memberships})
        rows = [(m.segment, m.profile, m.member, m.time) for m in memberships if m.profile not in gone]
        await self._engine.insert("memberships", _MEMBERSHIP_COLUMNS, rows, token)

    async def erase(self, person: str, time: datetime) -> int:
        """Delete every row of every subject of a person, and refuse such rows from now on; answers the subjects."""
        subjects = await owned_by(self._engine, person)
        digest = hashlib.sha256("\n".join(subjects).encode()).hexdigest()[:32]
        await self._engine.insert(
            "erasures", ("subject", "time"), [(subject, time) for subject in subjects], f"erasure:{person}:{digest}"
        )
        await self.sweep()
        return len(subjects)

    async def sweep(self) -> None:
        """Delete whatever belongs to an erased subject; nothing happens when nothing does."""
        for table, column in {**_ERASABLE, "subjects": "subject"}.items():
            found = await self._lookup(
                f"SELECT count() AS n FROM {table} WHERE {column} IN (SELECT subject FROM erasures)",  # noqa: S608 - names are ours
                {},
            )
            if found[0]["n"]:
                await self._engine.command(
                    f"ALTER TABLE {table} DELETE WHERE {column} IN (SELECT subject FROM erasures) "  # noqa: S608 - names are ours
                    "SETTINGS mutations_sync = 2"
                )

    async def _lookup(self, sql: str, parameters: dict[str, Any]) -> list[Row]:
        """Ask beside the screens, so that no slow one holds facts up."""
        return await self._engine.rows(sql, parameters, Purpose.LOOKUPS)

    async def _not_erased(self, facts: Sequence[Any]) -> list[Any]:
        gone = await self._erased({fact.subject for fact in facts} | {fact.profile for fact in facts})
        return [fact for fact in facts if fact.subject not in gone and fact.profile not in gone]

    async def _erased(self, subjects: set[str]) -> set[str]:
        if not subjects:
            return set()
        rows = await self._lookup(
            "SELECT subject FROM erasures WHERE subject IN {subjects:Array(String)}",
            {"subjects": sorted(subjects - {""})},
        )
        return {row["subject"] for row in rows}
