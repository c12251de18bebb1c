"""An XLSX to staged rows with their verdicts, beside calamine and insert_many.

Ours: from the file in the object store to an import that is ready: fetched, opened, read in a process of its own,
every cell judged, every row encrypted and stored. The ceiling reads the same file by calamine, then writes the very
documents that our run left, into a collection with the same indexes and with the same write concern.
"""

import asyncio
import io
import random
import time
from collections.abc import AsyncIterator
from typing import Any

import python_calamine
import xlsxwriter
from pymongo.write_concern import WriteConcern

from benchmarks.figures import Figure, rate
from benchmarks.ground import Ground, ground
from chassis.files import SealedFiles
from chassis.kernel import new_id
from chassis.operations import Operations
from chassis.process import Engines, open_engines
from deploy.local.demo import mess, words
from services.profile.adapters.intake import UPLOADS, wire_intake
from services.profile.adapters.sheets.child import BATCH
from services.profile.adapters.staging import ensure_staging_indexes
from services.profile.bootstrap import migrate, wire
from services.profile.config import Settings
from services.profile.domain.sources import Base, Source
from services.profile.imports.intake import Intake
from services.profile.imports.reading import BeginImport, begin_import

SOURCE = Source("sheet", "main", "hcp", "Sheet", frozenset(), 10, ("external_id",), "tab-no")
HEADERS = ("Таб. №", "Фамилия", "Имя", "Отчество", "Дата рождения", "Пол", "Телефон", "E-mail", "Организация", "Город",
           "Специальность", "Должность")  # fmt: skip


def _workbook(rows: int) -> bytes:
    dice, out = random.Random(5), io.BytesIO()
    specialties = [spelling for spellings in words.SPECIALTIES.values() for spelling in spellings]
    cities = [spelling for spellings in words.CITIES.values() for spelling in spellings]
    with xlsxwriter.Workbook(out, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADERS)
        for at in range(rows):
            father = dice.choice(sorted(words.FATHERS.values()))
            sheet.write_row(
                at + 1, 0,
                [at + 1, dice.choice(words.FAMILIES), dice.choice(words.MEN), father,
                 f"{dice.randrange(1, 28):02d}.{dice.randrange(1, 12):02d}.{dice.randrange(1955, 1999)}", "м",
                 mess.phone_cell(dice, f"+7916{at % 10_000_000:07d}"), f"doctor{at}@clinic.example",
                 f"Городская клиническая больница № {dice.randrange(1, 300)}", dice.choice(cities),
                 dice.choice(specialties), dice.choice(words.POSITIONS)],
            )  # fmt: skip
    return out.getvalue()


async def measure(scale: float) -> list[Figure]:
    """Read a sheet of 20,000 rows (100,000 at scale 5)."""
    rows = max(int(20_000 * scale), 1_000)
    content = _workbook(rows)
    with ground() as place:
        settings = Settings(**place.settings())
        engines = await open_engines(settings, "profile")
        try:
            return [await _measured(place, settings, engines, content, rows)]
        finally:
            await engines.mongo.client.drop_database(engines.database.name)
            await engines.close()


async def _measured(place: Ground, settings: Settings, engines: Engines, content: bytes, rows: int) -> Figure:
    await migrate(settings, engines)
    app = wire(settings, engines)
    await app.settings.add_base(Base("main", "Main"))
    await app.settings.add_source(SOURCE)
    operations = Operations(engines.database, "profile", engines.clock)
    intake = wire_intake(app, engines, settings.installation_key, operations)
    ours = await _ours(intake, SealedFiles(engines.bus, place.installation_key, UPLOADS), operations, content)
    ceiling = await _ceiling(engines, content)
    return rate(
        f"XLSX of {rows:,} rows to verdicts",
        rows / ours,
        rows / ceiling,
        "rows/s",
        0.35,
        "ceiling: calamine + insert_many of the same documents",
    )


async def _ours(intake: Intake, files: SealedFiles, operations: Operations, content: bytes) -> float:
    name = new_id()

    async def pieces() -> AsyncIterator[bytes]:
        for at in range(0, len(content), 1 << 20):
            yield content[at : at + (1 << 20)]

    await files.put(name, pieces())
    worker = asyncio.create_task(operations.run())
    try:
        began = time.perf_counter()
        begun = await begin_import(BeginImport(name, "sheet.xlsx", "sheet", None, {}, "*", "bench", new_id()), intake)
        async for document in operations.watch(begun.operation, "*", every=0.01):
            if document["state"] == "done" and document["error"]:
                raise RuntimeError(document["error"]["reason"])
        return time.perf_counter() - began
    finally:
        worker.cancel()
        await asyncio.gather(worker, return_exceptions=True)


async def _ceiling(engines: Engines, content: bytes) -> float:
    documents: list[dict[str, Any]] = await engines.database["staged_rows"].find({}).to_list()
    await engines.database["staged_rows"].drop()
    await ensure_staging_indexes(engines.database)
    collection = engines.database["staged_rows"].with_options(write_concern=WriteConcern(1))
    began = time.perf_counter()
    sheet = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
    for _ in sheet.iter_rows():
        pass
    for at in range(0, len(documents), BATCH):
        await collection.insert_many(documents[at : at + BATCH], ordered=False)
    return time.perf_counter() - began
