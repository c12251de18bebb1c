"""One system of containers for all its tests, and the story's telling upon it."""

import os
from collections.abc import Iterator

import pytest

from deploy.local.demo.base import SMALLEST, write_base
from deploy.local.screen import say
from deploy.local.story.__main__ import SEED, STEPS
from deploy.local.story.telling import Telling, begin
from tests.containers.system import System


@pytest.fixture(scope="session")
def system() -> Iterator[System]:
    """Give a running system; docs/qa.md shows how to use it. Root has it without a way to the world outside."""
    with System(fenced=os.geteuid() == 0) as running:
        yield running


@pytest.fixture(scope="session")
def story(system: System) -> Telling:
    """Give the callers of the story and the smallest demo base on disk."""
    files = system.directory / "demo"
    write_base(files, SEED, SMALLEST)
    return begin(system.addresses.told(), files)


@pytest.fixture(scope="session")
def played(story: Telling) -> Telling:
    """Give the story when all its steps have held."""
    for name, step in STEPS:
        say("story", f"── {name}")
        step(story)
    return story
