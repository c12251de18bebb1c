"""The warehouse's tables as blocks, for a backup: one way for the embedded engine and for a server.

Promise: a block is bounded whatever the table holds; rows that come meanwhile are in or out, none is there twice, for
a table's rows are told apart by a hash of what it is sorted by.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import cast

from clickhouse_connect.driver.ctypes import RespBuffCls
from clickhouse_connect.driver.query import QueryResult
from clickhouse_connect.driver.transform import NativeTransform

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
            content = await engine.native(
                f"SELECT * FROM `{name}` FINAL WHERE cityHash64({key}) % {parts} = {number}"  # noqa: S608 - as above
            )
            # Not a count of its own: facts come between two questions.
            rows = await asyncio.to_thread(_rows, content)
            yield Block(name, number, rows, content if rows else b"")


def _rows(content: bytes) -> int:
    """Count the rows of a block in the engine's Native form."""
    source = RespBuffCls(_Whole(iter((content,))))  # type: ignore[no-untyped-call]  # as the client reads an answer
    with cast(QueryResult, NativeTransform.parse_response(source)).column_block_stream as pieces:
        return sum(len(columns[0]) for columns in pieces)


@dataclass(frozen=True, slots=True)
class _Whole:
    """A block that is at hand, as the client's reader takes it."""

    gen: Iterator[bytes]

    def close(self) -> None:
        """Hold nothing."""


async def counted(engine: Engine) -> dict[str, int]:
    """Count the rows of every table as a reader sees them."""
    tables = await engine.rows(_TABLES, {}, Purpose.JOBS)
    return {
        each["name"]: (await engine.rows(f"SELECT count() AS n FROM `{each['name']}` FINAL", {}, Purpose.JOBS))[0]["n"]  # noqa: S608 - as above
        for each in tables
    }
