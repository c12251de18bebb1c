"""An import whose worker dies between any two steps ends as if nothing had happened."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from pymongo import DESCENDING

from chassis.kernel import new_id
from chassis.operations import TRIES
from services.profile.domain.imports.errors import ImportNotReady
from services.profile.domain.imports.life import Import, ImportState
from services.profile.imports import correcting, writing
from services.profile.imports.correcting import CORRECT, CorrectRow, CorrectRows, begin_correcting, correct_row
from services.profile.imports.ports import RowState, StagingRow
from services.profile.imports.queries import RowQuery, rows_page
from services.profile.imports.reading import BeginImport, RemapImport, begin_import, cancel_import, remap_import
from services.profile.imports.writing import begin_commit, begin_dry_run
from tests.integration.profile.conftest import Ground
from tests.integration.profile.intake_ground import Desk, working
from tests.integration.profile.test_imports import LETTERS, STAFF
from tests.logged import logged
from tests.polling import until

pytestmark = pytest.mark.faults


class Killed(BaseException):
    """What a kill looks like from inside: nothing that follows is run."""


def a_file(people: int) -> bytes:
    lines = ["Таб. №;Фамилия;Имя;Телефон;Организация;Город"]
    for number in range(people):
        for clinic in range(1 + number % 2):
            name = "АБВГДЕЖЗИК"[number % 10]
            lines.append(f"{number + 1};Тестов{name.lower()};Имя{name.lower()};+7916{number:07d};ГКБ № {clinic};Москва")
    return "\r\n".join(lines).encode()


async def broken(desk: Desk, operation: str) -> None:
    """Let the dead worker's lease run out at once."""
    documents = desk.intake.operations._documents
    now = desk.intake.now()
    await documents.update_one({"_id": operation}, {"$set": {"until": now - timedelta(seconds=1)}})


@pytest.fixture
async def sources(ground: Ground) -> None:
    for source in (STAFF, LETTERS):
        await ground.app.settings.add_source(source)


@pytest.mark.parametrize("point", ["import-added", "rows-added", "rows-staged"])
async def test_a_reading_that_dies_begins_anew(ground: Ground, sources: None, point: str) -> None:
    died = asyncio.Event()

    def fault(reached: str) -> None:
        if reached == point and not died.is_set():
            died.set()
            raise Killed

    async with working(ground) as desk:
        ground.app.fault = fault
        request = {"content": a_file(30), "name": "a.csv", "source": "staff"}
        try:
            begun = await desk.begin(**request)  # type: ignore[arg-type]  # three plain fields
            await until(died.is_set)
        except Killed:
            # The caller never heard an answer; it asks again.
            begun = await desk.begin(**request)  # type: ignore[arg-type]  # three plain fields
        await broken(desk, begun.operation)
        await desk.ended(begun.operation)
        read = await desk.intake.known(begun.id, "*")
        assert (read.state, read.counts.rows) == (ImportState.READY, 45)
        assert len({row.number for row in await desk.rows(read)}) == 45


@pytest.mark.parametrize("point", ["organisations-resolved", "records-put", "outcomes-noted", "rows-written"])
@pytest.mark.parametrize("time", [1, 2])
async def test_a_commit_that_dies_is_finished_by_the_next_worker(
    ground: Ground, sources: None, point: str, time: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "BULK_ROWS", 12)
    if point == "rows-written" and time == 2:
        time = 1
    died, reached_times = asyncio.Event(), 0

    def fault(reached: str) -> None:
        nonlocal reached_times
        if reached == point:
            reached_times += 1
            if reached_times == time:
                died.set()
                raise Killed

    async with working(ground) as desk:
        one = await desk.read(a_file(30), "a.csv", "staff")
        ground.app.fault = fault
        operation = (await begin_commit(one.id, None, "*", "tester", desk.intake))["_id"]
        await until(died.is_set)
        await broken(desk, operation)
        document = await desk.ended(operation)

        assert document["error"] is None
        result = document["result"]
        assert (result["created"], result["updated"], result["merged"], result["unchanged"], result["refused"]) == (
            30, 0, 0, 0, 0,
        )  # fmt: skip
        rows = await desk.rows(one)
        assert all(row.done and row.profile and row.commit for row in rows)
        assert len({row.profile for row in rows}) == 30
        commits = ground.engines.database["commits"]
        assert await commits.count_documents({"stream": {"$regex": "^record:"}}) == 30
        assert await ground.engines.database["organisations"].count_documents({}) == 2

        again = await desk.read(a_file(30), "a.csv", "staff")
        assert (await desk.commit(again))["result"]["unchanged"] == 30


async def test_rows_that_lie_there_already_are_taken_as_they_are(ground: Ground, sources: None) -> None:
    async with working(ground) as desk:
        one = await desk.read(a_file(5), "a.csv", "staff")
        rows = [StagingRow(row.number, row.verdict, ("external_id", "1"), b"the same") for row in await desk.rows(one)]
        await desk.intake.rows.add(one, rows)
        assert [row.values["external_id"] for row in await desk.rows(one)] == ["1", "2", "2", "3", "4", "4", "5"]


async def test_two_workers_write_every_row_once(ground: Ground, sources: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "BULK_ROWS", 10)
    async with working(ground) as desk, working(ground) as other:
        one = await desk.read(a_file(40), "a.csv", "staff")
        operation = (await begin_commit(one.id, None, "*", "tester", desk.intake))["_id"]
        # A frozen worker's lease has run out while it still works: both write the same rows.
        await broken(desk, operation)
        other.intake.operations._wake.set()
        assert (await desk.ended(operation))["error"] is None
        await until(lambda: _all_done(desk, one.id), seconds=30)
        commits = ground.engines.database["commits"]
        assert await commits.count_documents({"stream": {"$regex": "^record:"}}) == 40


async def _all_done(desk: Desk, import_id: str) -> bool:
    return await desk.intake.rows.pending(import_id) == 0


async def test_a_cancelled_commit_keeps_what_is_written_and_can_go_on(
    ground: Ground, sources: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "BULK_ROWS", 5)
    started = asyncio.Event()

    async with working(ground) as desk:
        one = await desk.read(a_file(200), "a.csv", "staff")
        # What a dry run expects of rows that nobody has written yet is no figure of what was written.
        await desk.dry_run(one)
        ground.app.fault = lambda reached: started.set() if reached == "outcomes-noted" else None
        operation = (await begin_commit(one.id, None, "*", "tester", desk.intake))["_id"]
        await started.wait()
        await desk.operations.cancel(operation, "*")
        document = await desk.ended(operation)

        assert document["error"]["reason"] == "CANCELLED"
        stopped = await desk.intake.known(one.id, "*")
        assert stopped.state is ImportState.CANCELLED
        assert 0 < stopped.counts.created < 200
        # The figures of a stopped commit open their rows, whatever the dry run expected of the others.
        assert await _people_by_state(desk, stopped) == [stopped.counts.created, 200 - stopped.counts.created, 0]
        ground.app.fault = lambda _reached: None
        finished = await desk.commit(stopped)
        assert finished["_id"] != operation
        assert finished["result"]["created"] == 200
        assert await _people_by_state(desk, stopped) == [200, 0, 0]


async def _people_by_state(desk: Desk, of: Import) -> list[int]:
    """Count whom the written, the pending and the refused rows are about; every row is in one page, as totals say."""
    people, counted = [], 0
    for state in RowState:
        query = RowQuery(of.id, None, "created" if state is RowState.WRITTEN else "", state=state)
        _, rows, total = await rows_page(query, 0, 500, "*", desk.intake)
        assert len(rows) == total
        people.append(len({row.record for row in rows}))
        counted += total
    assert counted == of.counts.rows
    return people


async def test_a_request_repeated_answers_the_same_import(ground: Ground, sources: None) -> None:
    async with working(ground) as desk:
        name = await desk.upload(a_file(3))
        command = BeginImport(name, "a.csv", "staff", None, {}, "*", "tester", new_id())
        one, two = await begin_import(command, desk.intake), await begin_import(command, desk.intake)
        assert one.id == two.id
        assert one.operation == two.operation


async def test_a_commit_that_fails_for_good_leaves_an_import_that_can_be_committed_again(
    ground: Ground, sources: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "BULK_ROWS", 12)
    faults = ["records-put"] * TRIES

    def fault(reached: str) -> None:
        if reached in faults:
            faults.remove(reached)
            raise RuntimeError(reached)

    async with working(ground) as desk:
        one = await desk.read(a_file(30), "a.csv", "staff")
        ground.app.fault = fault
        first = await desk.ended((await begin_commit(one.id, None, "*", "tester", desk.intake))["_id"])
        assert first["error"]["reason"] == "INTERNAL"
        assert (await desk.intake.known(one.id, "*")).state is ImportState.CANCELLED

        second = await desk.ended((await begin_commit(one.id, None, "*", "tester", desk.intake))["_id"])

        assert second["error"] is None
        assert (await desk.intake.known(one.id, "*")).state is ImportState.COMMITTED


async def dying_correction(desk: Desk, ground: Ground, one: Import) -> str:
    """Begin to correct every row, and have the worker die when the first page is written."""
    died = asyncio.Event()

    def fault(reached: str) -> None:
        if reached == "rows-corrected" and not died.is_set():
            died.set()
            raise Killed

    ground.app.fault = fault
    operation = (await begin_correcting(all_of(one), desk.intake))["_id"]
    await until(died.is_set)
    return str(operation)


def all_of(one: Import) -> CorrectRows:
    return CorrectRows(one.id, "Город", "Москва", "Казань", "*", "tester")


async def test_while_rows_are_corrected_nothing_else_is_done_to_their_import(
    ground: Ground, sources: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(correcting, "_PAGE", 10)
    async with working(ground) as desk:
        one = await desk.read(a_file(30), "a.csv", "staff")
        await desk.dry_run(one)
        operation = await dying_correction(desk, ground, one)

        half = {row.cells[5] for row in await desk.rows(one)}
        again = await begin_correcting(all_of(one), desk.intake)
        for refused in (
            begin_commit(one.id, None, "*", "tester", desk.intake),
            begin_dry_run(one.id, "*", "tester", desk.intake),
            begin_correcting(replace(all_of(one), value="Тверь"), desk.intake),
            correct_row(CorrectRow(one.id, 2, {"Город": "Тверь"}, "*"), desk.intake),
            remap_import(RemapImport(one.id, {}, "*", "tester"), desk.intake),
        ):
            with pytest.raises(ImportNotReady) as caught:
                await refused
            assert caught.value.fields["state"] == "correcting"

        await broken(desk, operation)
        assert (await desk.ended(operation))["error"] is None
        corrected = await desk.intake.known(one.id, "*")
        assert (half, again["_id"]) == ({"Москва", "Казань"}, operation)
        assert {row.cells[5] for row in await desk.rows(one)} == {"Казань"}
        assert (corrected.correcting, corrected.dry_run, corrected.counts.rows) == ("", None, 45)
        assert (await desk.commit(corrected))["result"]["created"] == 30


async def test_corrections_that_are_stopped_or_fail_let_their_import_go(
    ground: Ground, sources: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(correcting, "_PAGE", 10)
    async with working(ground) as desk:
        one = await desk.read(a_file(30), "a.csv", "staff")
        operation = await dying_correction(desk, ground, one)

        await cancel_import(one.id, "*", desk.intake)
        await broken(desk, operation)
        assert (await desk.ended(operation))["error"]["reason"] == "CANCELLED"

        def fault(reached: str) -> None:
            if reached == "rows-corrected":
                raise RuntimeError(reached)

        ground.app.fault = fault
        failed = await desk.ended((await begin_correcting(all_of(one), desk.intake))["_id"])
        assert (failed["_id"] != operation, failed["error"]["reason"]) == (True, "INTERNAL")
        assert (await desk.intake.known(one.id, "*")).correcting == ""
        ground.app.fault = lambda _reached: None
        last = await desk.ended((await begin_correcting(all_of(one), desk.intake))["_id"])
        assert last["error"] is None
        assert {row.cells[5] for row in await desk.rows(one)} == {"Казань"}


async def test_while_a_commit_writes_nothing_is_corrected(
    ground: Ground, sources: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "BULK_ROWS", 12)
    died = asyncio.Event()

    def fault(reached: str) -> None:
        if reached == "outcomes-noted" and not died.is_set():
            died.set()
            raise Killed

    async with working(ground) as desk:
        one = await desk.read(a_file(30), "a.csv", "staff")
        ground.app.fault = fault
        operation = (await begin_commit(one.id, None, "*", "tester", desk.intake))["_id"]
        await until(died.is_set)

        with pytest.raises(ImportNotReady) as caught:
            await begin_correcting(all_of(one), desk.intake)
        # Asked for before the commit, taken up behind it: the worker refuses what the door could not know.
        given = {"column": 5, "texts": await desk.intake.rows.sealed(one.id, ["Москва", "Казань"]), "asked": ""}
        late = await desk.intake.begin(CORRECT, one, "tester", 45, "", given)
        refused = await desk.ended(late["_id"])
        await broken(desk, operation)
        await desk.ended(operation)

        assert caught.value.fields["state"] == "committing"
        assert refused["error"]["reason"] == "IMPORT_NOT_READY"
        assert {row.cells[5] for row in await desk.rows(one)} == {"Москва"}


async def test_a_page_of_corrections_is_one_write(ground: Ground, sources: None) -> None:
    database = ground.engines.database
    async with working(ground) as desk:
        one = await desk.read(a_file(30), "a.csv", "staff")
        await database.command("profile", 2)
        try:
            operation = (await begin_correcting(all_of(one), desk.intake))["_id"]
            await desk.ended(operation)
        finally:
            await database.command("profile", 0)
        others = {"op": "update", "ns": {"$regex": "staged_rows$"}, "command.multi": True}
        assert await database["system.profile"].count_documents(others) == 1


async def test_imports_are_listed_by_the_time_of_their_upload(ground: Ground, sources: None) -> None:
    async with working(ground) as desk:
        # Ids that belong to a request tell no time.
        uploaded = []
        for number in range(5):
            name = await desk.upload(a_file(1))
            command = BeginImport(name, "a.csv", "staff", None, {}, "*", "tester", f"request-{number}")
            uploaded.append((await begin_import(command, desk.intake)).id)
        listed: list[str] = []
        after = None
        while page := await desk.intake.imports.page("*", after, 2):
            listed += [each.id for each in page]
            after = (page[-1].created_at, page[-1].id)

        assert listed == uploaded[::-1] != sorted(uploaded, reverse=True)
        for query in ({}, {"base": "main"}):
            newest = [("created_at", DESCENDING), ("_id", DESCENDING)]
            plan = await ground.engines.database["imports"].find(query).sort(newest).explain()
            assert "SORT" not in str(plan["queryPlanner"]["winningPlan"])


async def test_a_read_that_fails_for_good_says_so_on_the_import(ground: Ground, sources: None) -> None:
    def fault(reached: str) -> None:
        if reached == "rows-added":
            raise RuntimeError(reached)

    async with working(ground) as desk:
        ground.app.fault = fault
        failed = await desk.read(a_file(3), "a.csv", "staff")

        assert (failed.state, failed.error) == (ImportState.FAILED, "INTERNAL")


@pytest.mark.parametrize("point", ["rows-added", "rows-staged"])
async def test_a_read_that_stumbles_is_begun_anew_and_told_with_its_place(
    ground: Ground, sources: None, point: str
) -> None:
    faults = [point] * (TRIES - 1)

    def fault(reached: str) -> None:
        if reached in faults:
            faults.remove(reached)
            raise OSError(reached)

    with logged() as lines:
        async with working(ground) as desk:
            ground.app.fault = fault
            read = await desk.read(a_file(30), "a.csv", "staff")

            assert (read.state, read.counts.rows, faults) == (ImportState.READY, 45, [])
            assert len({row.number for row in await desk.rows(read)}) == 45
        line = lines.of("operation.stumbled")
        assert (line["operation"], line["error"], line["level"]) == (read.operation, "OSError", "warning")
        assert line["place"][-1].endswith(" fault")
