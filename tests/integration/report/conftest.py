"""A real warehouse for each test: chDB in this process, one data folder for the session, a database per test."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from services.report.adapters.warehouse.engine import Embedded, Engine, create_database, open_engine
from services.report.adapters.warehouse.schema import migrate


@pytest.fixture(scope="session")
def warehouse_address() -> Iterator[Embedded]:
    """The one data folder that this process may open."""
    path = Path(tempfile.mkdtemp(prefix="consilium-warehouse-"))
    yield Embedded(path)
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
async def engine(warehouse_address: Embedded) -> AsyncIterator[Engine]:
    """An empty, migrated warehouse."""
    database = f"t{uuid4().hex}_report"
    await create_database(warehouse_address, database)
    opened = await open_engine(warehouse_address, database)
    await migrate(opened)
    yield opened
    await opened.close()
