"""One installation for all faults, with engines of its own: they are killed here."""

import json
from collections.abc import Iterator

import pytest

from deploy.local.demo.base import write_base
from deploy.local.story.load import declare_sources
from deploy.local.story.telling import Telling, begin
from tests.faults.house import House
from tests.installation import installed
from tests.outages import FULL

ROWS = 2_000 if FULL else 600
SEED = 20250901


@pytest.fixture(scope="session")
def house() -> Iterator[House]:
    """Give the running installation; of engines that the environment names it takes the sign-in provider alone."""
    with pytest.MonkeyPatch.context() as environment:
        for engine in ("MONGODB", "NATS", "OPENSEARCH", "SMTP"):
            environment.delenv(f"CONSILIUM_{engine}", raising=False)
        with installed() as system:
            yield House(system)


@pytest.fixture(scope="session")
def story(house: House) -> Telling:
    """Give the callers of the story and a demo base on disk, whose sources are declared."""
    files = house.system.directory / "demo"
    write_base(files, SEED, ROWS)
    story = begin(json.loads(house.system.told.read_text(encoding="utf-8")), files)
    declare_sources(story)
    return story
