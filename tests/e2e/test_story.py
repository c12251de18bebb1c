"""The system's main job from messy files to the campaign's report, through the public API alone."""

import json
import time

import pytest

from deploy.local.addresses import write_addresses
from deploy.local.story.__main__ import SEED, play
from deploy.local.story.api import Api, system_grant
from deploy.local.system import System
from deploy.local.table import SERVICES
from tests.e2e.numbers import check_business, check_series

ROWS = 2_000


@pytest.mark.timeout(900)
def test_the_story_holds_from_messy_files_to_the_report(system: System) -> None:
    held = play(system.directory, seed=SEED, rows=ROWS)

    assert held, "the story says above at which step it failed and why"
    told = json.loads((system.directory / "story.json").read_text(encoding="utf-8"))
    assert told["precision"] == 1.0
    assert told["recall"] >= 0.95
    assert told["letters"] > 0


@pytest.mark.timeout(900)
def test_the_story_is_told_in_numbers(system: System) -> None:
    if not (system.directory / "story.json").exists():
        play(system.directory, seed=SEED, rows=ROWS)

    for process in (*SERVICES, "gateway"):
        check_series(system, process)
    check_business(system)


@pytest.mark.timeout(120)
def test_a_process_that_dies_is_started_again(system: System) -> None:
    system.part("campaign").process.kill()
    system.part("campaign").process.wait(10)
    deadline = time.monotonic() + 60
    while system.part("campaign").process.poll() is not None:
        assert time.monotonic() < deadline, "it is started again after its pause"
        system.watch()
        time.sleep(0.2)

    system.part("campaign").wait(60)

    assert _people(system) > 0


@pytest.mark.timeout(300)
def test_a_second_start_finds_all_people(system: System) -> None:
    before = _people(system)

    system.stop()
    system.start()
    write_addresses(system)

    assert _people(system) == before


def _people(system: System) -> int:
    addresses = json.loads(system.told.read_text(encoding="utf-8"))
    caller = Api(addresses["gateway"], addresses["issuer"], system_grant(addresses), "*")
    return int(caller.get("/v1/profiles", page_size=1)["total"])
