"""The index of people on the real engine."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from opensearchpy import AsyncOpenSearch

from services.segment.adapters.engine import connect
from services.segment.adapters.people import OpenSearchPeople
from services.segment.adapters.writer import PeopleWriter


@dataclass(frozen=True, slots=True)
class Index:
    """An index of its own per test, asked and written."""

    client: AsyncOpenSearch
    alias: str
    people: OpenSearchPeople
    writer: PeopleWriter


@pytest.fixture
async def index(opensearch_url: str, namespace: str) -> AsyncIterator[Index]:
    client = connect(opensearch_url)
    alias = f"{namespace}-profiles"
    made = Index(client, alias, OpenSearchPeople(client, alias), PeopleWriter(client, alias))
    await made.writer.prepare()
    try:
        yield made
    finally:
        await client.indices.delete(index=f"{alias}-*")
        await client.close()
