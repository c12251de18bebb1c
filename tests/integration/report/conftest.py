"""A real warehouse for each test: chDB in this process, a database of its own."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from services.report.adapters.warehouse.address import Address, address_of
from services.report.adapters.warehouse.engine import Engine, create_database, open_engine
from services.report.adapters.warehouse.schema import migrate
from tests.integration.report.folder import data_directory


@pytest.fixture
def warehouse_address() -> Address:
    """The one folder that this process may open."""
    return address_of(None, data_directory())


@pytest.fixture
async def engine(warehouse_address: Address) -> AsyncIterator[Engine]:
    """An empty, migrated warehouse."""
    database = f"t{uuid4().hex}_report"
    await create_database(warehouse_address, database)
    opened = await open_engine(warehouse_address, database)
    await migrate(opened)
    yield opened
    await opened.close()
