"""Erasure: which subjects are gone for good, and seeing that nothing of theirs stays or comes back.

Promise: what belongs to an erased person is deleted, whichever comes first, the fact, the link or the erasure. A writer
looks before it writes and again after, an eraser sweeps after it has told: one of the two sees the other.
Limits: a sweep rewrites whole parts and is meant for single people, not for thousands.
"""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime

from services.report.adapters.warehouse.engine import Engine, Purpose
from services.report.adapters.warehouse.people import owned_by

# Tables that hold rows of people, and the columns by which a row is somebody's.
_OWNERS = {
    "activities": ("subject", "profile"),
    "deliveries": ("subject", "profile"),
    "memberships": ("profile",),
    "profiles": ("person",),
    "subjects": ("subject", "person"),
}

_ERASED = "SELECT subject FROM erasures"

# A record or a device that was linked while its person was being erased is erased with it.
_FOLLOWING = """
    SELECT DISTINCT subject FROM subjects FINAL
    WHERE person IN (SELECT subject FROM erasures) AND subject NOT IN (SELECT subject FROM erasures)
"""


class Erasures:
    """The erased subjects of one warehouse."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def among(self, subjects: Iterable[str]) -> set[str]:
        """Tell which of some subjects or people are erased."""
        wanted = sorted({subject for subject in subjects if subject})
        if not wanted:
            return set()
        rows = await self._engine.rows(
            "SELECT subject FROM erasures WHERE subject IN {subjects:Array(String)}",
            {"subjects": wanted},
            Purpose.LOOKUPS,
        )
        return {row["subject"] for row in rows}

    async def erase(self, person: str, time: datetime) -> int:
        """Delete every row of every subject of a person, and refuse such rows from now on; answers the subjects."""
        subjects = await owned_by(self._engine, person)
        await self._tell(subjects, time)
        await self.sweep()
        return len(subjects)

    async def sweep(self) -> None:
        """Delete whatever belongs to an erased subject; nothing happens when nothing does."""
        while following := await self._engine.rows(_FOLLOWING, {}, Purpose.LOOKUPS):
            await self._tell([row["subject"] for row in following], datetime.now(UTC))
        for table, columns in _OWNERS.items():
            whose = " OR ".join(f"{column} IN ({_ERASED})" for column in columns)
            left = await self._engine.rows(f"SELECT 1 AS n FROM {table} WHERE {whose} LIMIT 1", {}, Purpose.LOOKUPS)  # noqa: S608 - names are ours
            if left:
                await self._engine.command(f"ALTER TABLE {table} DELETE WHERE {whose} SETTINGS mutations_sync = 2")

    async def _tell(self, subjects: list[str], time: datetime) -> None:
        digest = hashlib.sha256("\n".join(sorted(subjects)).encode()).hexdigest()
        rows = [(subject, time) for subject in subjects]
        await self._engine.insert("erasures", ("subject", "time"), rows, f"erasure:{digest}")
