"""The analytical engine behind one door: ClickHouse over HTTP, or the same engine embedded in this process (chDB).

Promise: one SQL for both; inserts, screens and long jobs wait for connections of their own, each query within its
purpose's memory, time and threads, so that no analysis can keep facts from becoming durable.
Limits: the embedded engine takes one data path per process, must not be forked after it was opened, and has no
asynchronous client, so every call runs in a thread of the purpose's pool. A cancelled caller leaves its query running
until the purpose's time limit ends it.
"""

import asyncio
import hashlib
import queue
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol, TypeVar, cast

import clickhouse_connect
from clickhouse_connect.driver.exceptions import ClickHouseError, ProgrammingError

from chassis.telemetry.tracing import doing
from services.report.adapters.warehouse.address import Address, Embedded
from services.report.adapters.warehouse.refusals import refusal_of

Row = dict[str, Any]
Parameters = Mapping[str, Any]
T = TypeVar("T")


class Purpose(StrEnum):
    """What a connection is for; a purpose never borrows another one's connections."""

    INSERTS = "inserts"
    LOOKUPS = "lookups"
    SCREENS = "screens"
    JOBS = "jobs"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one query of a purpose may take."""

    connections: int
    threads: int
    memory: int
    seconds: int


MIB = 1 << 20

LIMITS: Mapping[Purpose, Limits] = {
    # An insert of 10,000 facts takes 40 ms and 60 MiB; one writer at a time keeps the parts few.
    Purpose.INSERTS: Limits(connections=1, threads=2, memory=512 * MIB, seconds=60),
    # What a writer must know first: a few keys of a table.
    Purpose.LOOKUPS: Limits(connections=2, threads=1, memory=256 * MIB, seconds=15),
    # A screen that needs longer than its reader's patience is a job.
    Purpose.SCREENS: Limits(connections=2, threads=2, memory=768 * MIB, seconds=15),
    Purpose.JOBS: Limits(connections=1, threads=2, memory=1536 * MIB, seconds=600),
}


class _Client(Protocol):
    def query(self, query: str, *, parameters: dict[str, Any], settings: dict[str, Any]) -> Any: ...
    def command(self, cmd: str, *, parameters: dict[str, Any], settings: dict[str, Any]) -> Any: ...
    def insert(
        self,
        table: str,
        data: Sequence[Sequence[Any]],
        *,
        column_names: Sequence[str],
        column_type_names: Sequence[str],
        settings: dict[str, Any],
    ) -> Any: ...
    def raw_query(self, query: str, *, fmt: str, settings: dict[str, Any]) -> bytes: ...
    def raw_insert(self, table: str, *, insert_block: bytes, fmt: str, settings: dict[str, Any]) -> Any: ...
    def close(self) -> None: ...


class _Connections:
    """The connections of one purpose and as many threads; a thread holds a connection while it runs one call."""

    def __init__(self, purpose: Purpose, open_client: Callable[[Limits], _Client], limits: Limits) -> None:
        self._threads = ThreadPoolExecutor(limits.connections, thread_name_prefix=f"warehouse-{purpose}")
        self._idle: queue.SimpleQueue[_Client] = queue.SimpleQueue()
        for _ in range(limits.connections):
            self._idle.put(open_client(limits))

    async def run(self, call: Callable[[_Client], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._held, call)

    def _held(self, call: Callable[[_Client], T]) -> T:
        client = self._idle.get()
        try:
            return call(client)
        except ClickHouseError as error:
            raise refusal_of(error) from error
        finally:
            self._idle.put(client)

    def close(self) -> None:
        self._threads.shutdown(wait=True)
        while not self._idle.empty():
            self._idle.get().close()


@dataclass(frozen=True, slots=True)
class _Insert:
    """Rows that wait to become durable, and who waits for them."""

    rows: Sequence[Sequence[Any]]
    token: str
    written: asyncio.Future[None]


class Engine:
    """An open warehouse database. Build it with `open_engine`, close it once."""

    def __init__(self, connections: Mapping[Purpose, _Connections], types: dict[str, dict[str, str]]) -> None:
        self._connections = connections
        self._types = types
        self._waiting: dict[tuple[str, tuple[str, ...]], list[_Insert]] = {}
        self._flushes: dict[tuple[str, tuple[str, ...]], asyncio.Task[None]] = {}

    async def rows(self, sql: str, parameters: Parameters, purpose: Purpose = Purpose.SCREENS) -> list[Row]:
        """Answer one SELECT; `{name:Type}` in it is bound from `parameters`, never pasted."""

        def read(client: _Client) -> list[Row]:
            return list(client.query(sql, parameters=dict(parameters), settings={}).named_results())

        with doing(f"warehouse query {purpose}"):
            return await self._connections[purpose].run(read)

    async def command(self, sql: str, parameters: Parameters | None = None) -> None:
        """Run a statement that answers nothing, among the inserts, so that it is ordered with them."""

        def act(client: _Client) -> None:
            client.command(sql, parameters=dict(parameters or {}), settings={})

        await self._connections[Purpose.INSERTS].run(act)

    async def native(self, sql: str) -> bytes:
        """Answer one SELECT as a block in the engine's own form, for a backup."""
        return await self._connections[Purpose.JOBS].run(
            lambda client: client.raw_query(sql, fmt="Native", settings={"max_threads": 1})
        )

    async def put_native(self, table: str, block: bytes) -> None:
        """Add a block that `native` gave."""

        def act(client: _Client) -> None:
            client.raw_insert(table, insert_block=block, fmt="Native", settings={})

        await self._connections[Purpose.INSERTS].run(act)

    async def insert(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], token: str) -> None:
        """Add rows durably; the same token again, within the last 1,000 blocks, adds nothing.

        What several callers add while an insert is under way goes into the next one together: an insert costs the
        same whatever its size. The token must name exactly these rows: another content under a used token would be
        dropped in silence.
        """
        if not rows:
            return
        place = (table, tuple(columns))
        insert = _Insert(rows, token, asyncio.get_running_loop().create_future())
        self._waiting.setdefault(place, []).append(insert)
        if place not in self._flushes:
            self._flushes[place] = asyncio.create_task(self._flush(place))
        with doing(f"warehouse insert {table}", batch_size=len(rows)):
            await insert.written

    async def _flush(self, place: tuple[str, tuple[str, ...]]) -> None:
        try:
            while together := self._waiting.pop(place, []):
                if len(together) > 1 and await self._written(place, together) is None:
                    continue
                # Alone, so that rows which cannot be written take nobody else's down with them.
                for insert in together:
                    error = await self._written(place, [insert])
                    if error is not None and not insert.written.done():
                        insert.written.set_exception(error)
        finally:
            del self._flushes[place]

    async def _written(self, place: tuple[str, tuple[str, ...]], inserts: Sequence[_Insert]) -> Exception | None:
        """Write them as one block and tell those who wait; answers why it could not be."""
        table, columns = place
        rows = [row for insert in inserts for row in insert.rows]
        token = inserts[0].token if len(inserts) == 1 else _joined(inserts)
        try:
            await self._connections[Purpose.INSERTS].run(
                lambda client: self._write(client, table, columns, rows, token)
            )
        except Exception as error:  # handed to whoever waits for these rows
            return error
        for insert in inserts:
            if not insert.written.done():
                insert.written.set_result(None)
        return None

    def _write(
        self, client: _Client, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], token: str
    ) -> None:
        types = self._types.get(table)
        if types is None:
            types = self._types[table] = _column_types(client, table)
        client.insert(
            table,
            rows,
            column_names=columns,
            column_type_names=[types[column] for column in columns],
            settings={"insert_deduplication_token": token},
        )

    async def close(self) -> None:
        """Wait for running calls and let the engine go."""
        await asyncio.gather(*self._flushes.values(), return_exceptions=True)
        for connections in self._connections.values():
            await asyncio.to_thread(connections.close)


def _joined(inserts: Sequence[_Insert]) -> str:
    tokens = "\n".join(sorted(insert.token for insert in inserts))
    return hashlib.sha256(tokens.encode()).hexdigest()


def _column_types(client: _Client, table: str) -> dict[str, str]:
    described = client.query(
        "SELECT name, type FROM system.columns WHERE database = currentDatabase() AND table = {table:String}",
        parameters={"table": table},
        settings={},
    )
    return {row["name"]: row["type"] for row in described.named_results()}


async def open_engine(address: Address, database: str, limits: Mapping[Purpose, Limits] = LIMITS) -> Engine:
    """Connect to `database`, which `create_database` made."""

    def open_all() -> Engine:
        def open_one(limit: Limits) -> _Client:
            return _client(address, database, limit)

        return Engine({purpose: _Connections(purpose, open_one, limits[purpose]) for purpose in Purpose}, {})

    return await asyncio.to_thread(open_all)


async def create_database(address: Address, database: str) -> None:
    """Make the database if it is not there. The embedded engine's folder is made too."""

    def create() -> None:
        if isinstance(address, Embedded):
            address.path.mkdir(parents=True, exist_ok=True)
        client = _client(address, None, LIMITS[Purpose.INSERTS])
        try:
            client.command(f"CREATE DATABASE IF NOT EXISTS `{database}`", parameters={}, settings={})
        except ClickHouseError as error:
            raise refusal_of(error) from error
        finally:
            client.close()

    await asyncio.to_thread(create)


class FolderTaken(Exception):  # noqa: N818 - told to the operator as it is
    """Another process has the embedded warehouse's folder open."""


def _client(address: Address, database: str | None, limits: Limits) -> _Client:
    settings = {
        "max_threads": limits.threads,
        "max_memory_usage": limits.memory,
        "max_execution_time": limits.seconds,
        # Facts of many days of receipt may come at once when a backlog is worked off.
        "max_partitions_per_insert_block": 1_000,
        "join_use_nulls": 0,
    }
    try:
        if isinstance(address, Embedded):
            client = clickhouse_connect.get_client(
                interface="chdb", path=str(address.path), database=database, settings=settings, tz_mode="aware"
            )
        else:
            client = clickhouse_connect.get_client(
                host=address.host,
                port=address.port,
                username=address.username,
                password=address.password,
                secure=address.secure,
                database=database or "default",
                settings=settings,
                autogenerate_session_id=False,
                # Ids of a whole batch are bound at once, which no URL holds.
                form_encode_query_params=True,
                send_receive_timeout=limits.seconds + 5,
                tz_mode="aware",
            )
    except ProgrammingError as error:
        if isinstance(address, Embedded) and "Unable to open the chdb engine" in str(error):
            raise FolderTaken(
                f"{address.path} cannot be opened; another report process has it, or it is not ours"
            ) from None
        raise
    except ClickHouseError as error:
        raise refusal_of(error) from error
    return cast(_Client, client)
