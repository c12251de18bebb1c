"""Whose a subject is: the table `subjects` read forwards and backwards.

A subject (record, device, profile id) points at a profile, and an absorbed profile's own id points at its survivor,
so a person is found in two steps. A merge is therefore one row for the absorbed id, even for devices and for records
that nobody has read again since; an unmerge is that row once more.
"""

from collections.abc import Sequence

from services.report.adapters.warehouse.engine import Engine


def resolved(subjects: str) -> str:
    """Write the SELECT of (subject, person) for the subjects that a sub-select or a parameter names."""
    return f"""
        SELECT own.subject AS subject, if(survivor.person = '', own.person, survivor.person) AS person
        FROM (SELECT subject, person FROM subjects FINAL WHERE subject IN {subjects}) AS own
        LEFT JOIN (
            SELECT subject, person FROM subjects FINAL
            WHERE subject IN (SELECT person FROM subjects WHERE subject IN {subjects})
        ) AS survivor ON survivor.subject = own.person
    """  # noqa: S608 - the caller's own text


def subjects_of(persons: str) -> str:
    """Write the SELECT of every subject that belongs to the persons whom a sub-select or a parameter names.

    Candidates are found by the index, whatever their version; FINAL then decides over them alone.
    """
    aliases = _pointing_at(persons)
    return f"""
        SELECT subject FROM ({aliases}) UNION DISTINCT ({_pointing_at(f"({aliases})")})
    """  # noqa: S608 - the caller's own text


def _pointing_at(persons: str) -> str:
    return f"""
        SELECT subject FROM subjects FINAL
        WHERE subject IN (SELECT subject FROM subjects WHERE person IN {persons}) AND person IN {persons}
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
    """Name the subjects of a person, its own id among them, in order."""
    rows = await engine.rows(subjects_of("{persons:Array(String)}"), {"persons": [person]})
    return sorted({person, *(row["subject"] for row in rows)})
