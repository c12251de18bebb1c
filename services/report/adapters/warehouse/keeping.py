"""The warehouse's tables as blocks, for a backup: one way for the embedded engine and for a server.

Promise: a block is bounded whatever the table holds; rows that come meanwhile are in or out, none is there twice, for
a table's rows are told apart by a hash of what it is sorted by.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from services.report.adapters.warehouse.engine import Engine, Purpose

ROWS = 100_000
"""Rows of a block, about: 5 to 20 MB."""

_TABLES = """
    SELECT name, sorting_key FROM system.tables
    WHERE database = currentDatabase() AND engine LIKE '%MergeTree' ORDER BY name
"""


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a table, in the engine's Native form."""

    table: str
    number: int
    rows: int
    content: bytes


async def blocks(engine: Engine) -> AsyncIterator[Block]:
    """Give every table, block by block; a table without rows gives one empty block."""
    for table in await engine.rows(_TABLES, {}, Purpose.JOBS):
        name, key = table["name"], table["sorting_key"].partition(",")[0]
        found = await engine.rows(f"SELECT count() AS n FROM `{name}`", {}, Purpose.JOBS)  # noqa: S608 - our own tables
        parts = found[0]["n"] // ROWS + 1
        for number in range(parts):
            part = f"FROM `{name}` FINAL WHERE cityHash64({key}) % {parts} = {number}"
            rows = (await engine.rows(f"SELECT count() AS n {part}", {}, Purpose.JOBS))[0]["n"]
            content = await engine.native(f"SELECT * {part}") if rows else b""
            yield Block(name, number, rows, content)


async def counted(engine: Engine) -> dict[str, int]:
    """Count the rows of every table as a reader sees them."""
    tables = await engine.rows(_TABLES, {}, Purpose.JOBS)
    return {
        each["name"]: (await engine.rows(f"SELECT count() AS n FROM `{each['name']}` FINAL", {}, Purpose.JOBS))[0]["n"]  # noqa: S608 - as above
        for each in tables
    }
