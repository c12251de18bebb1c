"""What a warehouse's engine must do, run on the embedded one and over ClickHouse's HTTP interface (see `endpoint`)."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from chassis.kernel.problem import DependencyUnavailable
from deploy.local.children import free_ports
from services.report.adapters.warehouse.address import Address, Embedded, Remote, address_of
from services.report.adapters.warehouse.answers import answer
from services.report.adapters.warehouse.engine import (
    LIMITS,
    Engine,
    Limits,
    Purpose,
    create_database,
    open_engine,
)
from services.report.adapters.warehouse.reading import WarehouseReader
from services.report.adapters.warehouse.schema import is_current, migrate
from services.report.adapters.warehouse.writing import FactWriter
from services.report.domain.errors import QuestionTooLarge
from services.report.domain.question import ask
from services.report.domain.registry import METRICS
from services.report.ports import Page, TimelineAsked
from tests.contract.report.endpoint import Endpoint
from tests.integration.report.folder import data_directory
from tests.integration.report.making import NOON, ZONE, did, finished, linked, marked, minutes, requested, run_with_goal


@pytest.fixture(params=["embedded", "http"])
def address(request: pytest.FixtureRequest) -> Iterator[Address]:
    """Give the address of an engine of each kind."""
    embedded = address_of(None, data_directory())
    assert isinstance(embedded, Embedded)
    if request.param == "embedded":
        yield embedded
        return
    embedded.path.mkdir(parents=True, exist_ok=True)
    endpoint = Endpoint(embedded.path)
    yield Remote("127.0.0.1", endpoint.port)
    endpoint.close()


@pytest.fixture
async def engine(address: Address) -> AsyncIterator[Engine]:
    """Give an empty, migrated warehouse."""
    database = f"t{uuid4().hex}_report"
    await create_database(address, database)
    opened = await open_engine(address, database)
    assert not await is_current(opened)
    assert await migrate(opened) == [1]
    assert await migrate(opened) == []
    assert await is_current(opened)
    yield opened
    await opened.close()


async def test_what_is_bound_is_never_read_as_sql(engine: Engine) -> None:
    texts = ["o'clock", "a\\b", "line\nend\ttab", "{x:String}", "%s %(x)s", "'; DROP TABLE activities --", "да", ""]

    for text in texts:
        rows = await engine.rows(
            "SELECT {x:String} AS text, {xs:Array(String)} AS texts", {"x": text, "xs": [text, "b"]}
        )
        assert rows == [{"text": text, "texts": [text, "b"]}]


async def test_a_thousand_ids_are_bound_at_once(engine: Engine) -> None:
    ids = [str(uuid4()) for _ in range(10_000)]

    rows = await engine.rows("SELECT length({ids:Array(String)}) AS n", {"ids": ids})

    assert rows == [{"n": len(ids)}]


async def test_facts_come_back_as_they_went_in(engine: Engine) -> None:
    facts, reader = FactWriter(engine), WarehouseReader(engine)
    told = did(
        1,
        "visited",
        at=0.00105,
        numbers={"price": -0.1},
        flags={"paid": False},
        times={"until": NOON, "since": datetime(1900, 1, 1, tzinfo=UTC), "end": datetime(2299, 12, 31, tzinfo=UTC)},
        codes={"page": "дом'"},
    )
    await facts.add_activities([told], "1")
    await facts.put_links([linked("record-1", "person-1")], "1")

    [entry] = await reader.timeline(TimelineAsked("main", "person-1"), Page(10))

    assert entry.time == NOON + minutes(0.00105)
    assert dict(entry.properties) == {
        "price": "-0.1",
        "paid": "false",
        "until": "2026-03-02T12:00:00Z",
        "since": "1900-01-01T00:00:00Z",
        "end": "2299-12-31T00:00:00Z",
        "page": "дом'",
    }


async def test_a_used_token_adds_nothing_and_another_does(engine: Engine) -> None:
    columns = ("version", "name", "applied")

    for token in ("a", "a", "b"):
        await engine.insert("migrations", columns, [(7, "x", NOON)], token)

    assert (await engine.rows("SELECT count() AS n FROM migrations WHERE version = 7", {}))[0]["n"] == 2


async def test_every_question_is_answered(engine: Engine) -> None:
    facts = FactWriter(engine)
    await facts.add_deliveries([requested(1), finished(1, "delivered"), marked(1, "clicked")], "1")
    await facts.put_runs([run_with_goal("seen", 1)], "1")
    await facts.put_links([linked("record-1", "person-1")], "1")
    await facts.add_activities([did(1, "seen")], "1")

    found = await answer(engine, ask("main", list(METRICS), ZONE, dimensions=["day", "channel"]))

    figures = found.rows[0].figures
    assert {name for name, figure in figures.items() if figure.numerator} == {
        "requested", "sent", "delivered", "reached", "clicked", "converted", "returned",
        "ctr", "cto", "ctor", "uto", "deliverability",
    }  # fmt: skip
    assert await facts.erase("person-1", NOON) == 2
    assert (await answer(engine, ask("main", ["reached"], ZONE))).rows[0].figures["reached"].numerator == 0


async def test_a_question_beyond_its_limits_is_refused_as_too_large(address: Address) -> None:
    database = f"t{uuid4().hex}_report"
    await create_database(address, database)
    tight = {**LIMITS, Purpose.SCREENS: Limits(connections=1, threads=1, memory=20 << 20, seconds=1)}
    engine = await open_engine(address, database, tight)
    try:
        with pytest.raises(QuestionTooLarge) as memory:
            await engine.rows("SELECT groupArray(number) AS n FROM numbers(100000000)", {})
        with pytest.raises(QuestionTooLarge) as time:
            await engine.rows("SELECT sum(sleepEachRow(0.5)) AS n FROM numbers(10) SETTINGS max_block_size = 1", {})
        assert (memory.value.fields["limit"], time.value.fields["limit"]) == ("memory", "time")
        assert await engine.rows("SELECT 1 AS n", {}) == [{"n": 1}]
    finally:
        await engine.close()


async def test_a_server_that_does_not_answer_is_told_as_away() -> None:
    [port] = free_ports(1)

    with pytest.raises(DependencyUnavailable):
        await open_engine(Remote("127.0.0.1", port), "nowhere")


async def test_inserts_of_many_callers_become_few_blocks_and_none_is_lost(engine: Engine) -> None:
    columns = ("version", "name", "applied")
    before = len(await parts(engine))

    await asyncio.gather(*(engine.insert("migrations", columns, [(100 + n, "x", NOON)], f"t-{n}") for n in range(40)))

    rows = await engine.rows("SELECT count() AS n FROM migrations FINAL WHERE version >= 100", {})
    assert rows == [{"n": 40}]
    assert len(await parts(engine)) - before < 10


async def parts(engine: Engine) -> list[str]:
    rows = await engine.rows(
        "SELECT name FROM system.parts WHERE database = currentDatabase() AND table = 'migrations'", {}
    )
    return [row["name"] for row in rows]


async def test_rows_that_cannot_be_written_take_nobody_else_s_down(engine: Engine) -> None:
    columns = ("version", "name", "applied")
    good = [engine.insert("migrations", columns, [(200 + n, "x", NOON)], f"g-{n}") for n in range(5)]
    bad = engine.insert("migrations", columns, [("not a number", "x", NOON)], "bad")

    ended = await asyncio.gather(*good[:3], bad, *good[3:], return_exceptions=True)

    assert [isinstance(each, Exception) for each in ended] == [False, False, False, True, False, False]
    rows = await engine.rows("SELECT count() AS n FROM migrations FINAL WHERE version >= 200", {})
    assert rows == [{"n": 5}]
