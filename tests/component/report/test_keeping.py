"""The warehouse is backed up while it runs, put back, and read again from the bus when it is lost."""

from dataclasses import replace
from pathlib import Path

import pytest

from chassis.backup.sets import BackupWrong, opened
from chassis.grpc import Peer, Principal
from chassis.kernel.problem import ActionNotAllowed, Problem
from chassis.process import Running, open_engines
from gen.consilium.report.v1 import reports_pb2 as pb
from gen.consilium.report.v1 import reports_pb2_grpc
from services.report import keeping
from services.report.adapters.warehouse.address import address_of
from services.report.adapters.warehouse.engine import open_engine
from services.report.adapters.warehouse.keeping import blocks, counted
from services.report.bootstrap import build
from tests.component.report.conftest import Report
from tests.component.report.neighbours import person
from tests.component.report.test_report import Story


async def told(report: Report) -> tuple[Story, dict[str, int]]:
    story = Story(report)
    await story.tell()
    figures = await report.until(
        story.figures, lambda got: got["converted"] == 1 and got["unfinished"] == 0 and got["clicked"] == 1
    )
    return story, figures


async def test_a_fact_that_comes_while_its_table_is_read_is_counted_with_it(
    report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = address_of(None, report.settings.data_directory)
    engine = await open_engine(address, report.settings.warehouse_database)
    native = engine.native

    async def late(sql: str) -> bytes:
        if "`subjects`" in sql:
            await engine.command("INSERT INTO subjects VALUES ('late', 'late', true, 1)")
        return await native(sql)

    monkeypatch.setattr(engine, "native", late)
    try:
        taken = {block.table: block.rows async for block in blocks(engine)}
        assert taken["subjects"] == (await counted(engine))["subjects"] == 1
    finally:
        await engine.close()


async def test_a_backup_of_a_running_report_is_the_same_warehouse(report: Report, tmp_path: Path) -> None:
    await told(report)
    peer = Peer(f"127.0.0.1:{report.running.port}", "report", tokens=report.signer)  # type: ignore[arg-type]  # tokens as access would make them
    try:
        place = await keeping.taken(report.settings, peer, tmp_path)
    finally:
        await peer.close()
    manifest = opened(place)
    elsewhere = replace(report.settings, namespace=f"{report.settings.namespace}r")

    await keeping.restore(elsewhere, place)

    address = address_of(None, report.settings.data_directory)
    first = await open_engine(address, report.settings.warehouse_database)
    second = await open_engine(address, elsewhere.warehouse_database)
    try:
        assert await counted(second) == manifest.documents
        assert manifest.documents["deliveries"] >= 5
        for one, other in zip([b async for b in blocks(first)], [b async for b in blocks(second)], strict=True):
            if one.table != "migrations":
                assert (one.table, one.rows) == (other.table, other.rows)
        with pytest.raises(BackupWrong, match="the warehouse holds"):
            await keeping.put_back(second, manifest, place)
        await second.command(f"DROP DATABASE `{elsewhere.warehouse_database}`")
    finally:
        await first.close()
        await second.close()


async def test_only_services_may_take_the_warehouse(report: Report) -> None:
    peer = Peer(f"127.0.0.1:{report.running.port}", "report")
    stub = reports_pb2_grpc.ReportsStub(peer.channel)
    administrator: Principal = person()
    try:
        token = report.signer.made_for("report", administrator)
        pieces = peer.stream(stub.DumpWarehouse, pb.DumpWarehouseRequest(), timeout=10, token=token)
        with pytest.raises(Problem) as refused:
            await anext(pieces)
    finally:
        await peer.close()
    assert refused.value.reason == ActionNotAllowed.reason


async def test_a_lost_warehouse_is_read_again_from_the_bus(report: Report, capsys: pytest.CaptureFixture[str]) -> None:
    story, figures = await told(report)
    await report.running.stop()
    address = address_of(None, report.settings.data_directory)
    engine = await open_engine(address, report.settings.warehouse_database)
    await engine.command(f"DROP DATABASE `{report.settings.warehouse_database}`")
    await engine.close()

    assert await keeping.replay(report.settings) > 0
    engines = await open_engines(report.settings, "report")
    await engines.tokens.close()
    engines.tokens = report.signer  # type: ignore[assignment]  # tokens as access would make them
    report.running = Running(report.settings, engines, await build(report.settings, engines), "run")
    await report.running.start()
    try:
        assert await report.until(story.figures, lambda got: got == figures) == figures
        await keeping.follow(report.settings, every=0.2)
        assert "0 left" in capsys.readouterr().out
    finally:
        await report.running.stop()
