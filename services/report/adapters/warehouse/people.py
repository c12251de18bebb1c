"""Whose a subject is: the table `subjects` read forwards and backwards.

A subject (record, device, profile id) points at a profile, and an absorbed profile's own id points at its survivor,
so a person is found in two steps. A merge is therefore one row for the absorbed id, even for devices and for records
that nobody has read again since; an unmerge is that row once more.
"""

from collections.abc import Mapping, Sequence

from chassis.kernel import PARTITIONS, WHOLE
from services.report.adapters.warehouse.engine import Engine
from services.report.ports import PartitionState

# The absorbed are few beside the subjects: one pass over a column of flags finds them.
_SURVIVORS = "SELECT subject, person FROM subjects FINAL WHERE profile AND subject != person"


def resolved(subjects: str = "") -> str:
    """Write the SELECT of (subject, person) for the subjects that a sub-select or a parameter names; all when empty."""
    chosen = f" WHERE subject IN {subjects}" if subjects else ""
    return f"""
        SELECT own.subject AS subject, if(survivor.person = '', own.person, survivor.person) AS person
        FROM (SELECT subject, person FROM subjects FINAL{chosen}) AS own
        LEFT JOIN ({_SURVIVORS}) AS survivor ON survivor.subject = own.person
    """  # noqa: S608 - the caller's own text


async def person_of(engine: Engine, profile: str) -> str:
    """Tell whom a profile's id means now: the survivor of an absorbed one, else itself."""
    return (await persons_of(engine, [profile])).get(profile, profile)


async def persons_of(engine: Engine, subjects: Sequence[str]) -> dict[str, str]:
    """Tell whom subjects belong to; the unknown are left out."""
    if not subjects:
        return {}
    rows = await engine.rows(resolved("{subjects:Array(String)}"), {"subjects": sorted(set(subjects))})
    return {row["subject"]: row["person"] for row in rows}


async def owned_by(engine: Engine, person: str) -> list[str]:
    """Name the subjects of a person, its own id among them, in order; found by the index, not by a pass over all."""
    direct = await _pointing_at(engine, {person})
    return sorted({person} | direct | await _pointing_at(engine, direct))


async def _pointing_at(engine: Engine, persons: set[str]) -> set[str]:
    if not persons:
        return set()
    # The index finds candidates whatever their version; FINAL then decides over them alone.
    rows = await engine.rows(
        """
        SELECT subject FROM subjects FINAL
        WHERE subject IN (SELECT subject FROM subjects WHERE person IN {persons:Array(String)})
            AND person IN {persons:Array(String)}
        """,
        {"persons": sorted(persons)},
    )
    return {row["subject"] for row in rows}


# Partitions are those of chassis.kernel.partition_of: CRC-32 of the id, as zlib has it.
_LIVING = f"""
    SELECT person, revision, CRC32(person) % {PARTITIONS} AS partition FROM profiles FINAL
    WHERE base = '{WHOLE}' AND state IN ('active', 'archived')
        AND person NOT IN (SELECT subject FROM ({_SURVIVORS}))
"""  # noqa: S608 - this file's own text


async def partitions_of(engine: Engine) -> Mapping[int, PartitionState]:
    """Count living people and add up their revisions, by partition."""
    rows = await engine.rows(
        f"SELECT partition, count() AS n, sum(revision) AS revisions FROM ({_LIVING}) GROUP BY partition",  # noqa: S608 - this file's own text
        {},
    )
    return {int(row["partition"]): PartitionState(int(row["n"]), int(row["revisions"])) for row in rows}


async def revisions_of(engine: Engine, partition: int) -> Mapping[str, int]:
    """Give the living people of a partition with their revisions."""
    rows = await engine.rows(
        f"SELECT person, revision FROM ({_LIVING}) WHERE partition = {{partition:UInt32}}",  # noqa: S608 - this file's own text
        {"partition": partition},
    )
    return {row["person"]: int(row["revision"]) for row in rows}
