"""What changes under an installation at work: another release, wrong clocks, a database that moves.

They come after the faults: from the last one on, the installation lives on the database that was taken in.
"""

from pathlib import Path

import pytest

from deploy.local.children import HOST
from deploy.local.screen import say
from deploy.local.story.telling import Telling
from deploy.local.system import ROOT
from deploy.local.table import SERVICES
from tests.faults.house import House
from tests.faults.moving import members, move_database
from tests.faults.working import LETTERS_OPEN, goes_on, work
from tests.integration.upgrade.history import last_version, taken_out

pytestmark = [pytest.mark.faults, pytest.mark.timeout(900)]

# One process at a time has an embedded warehouse.
SHARED = [service for service in SERVICES if service != "report"]
# When it is told to stop 0.1.0 waits half a second for the mail server's answers, and these take one. Today's release
# waits until it has them.
LEFT_BY_OLD = LETTERS_OPEN
WRONG = {"access": 300.0, "profile": 300.0, "segment": -300.0, "campaign": 300.0, "channel": -300.0}


def test_the_last_release_works_beside_todays_and_in_its_place(house: House, story: Telling, tmp_path: Path) -> None:
    version, commit = last_version()
    old = taken_out(commit, tmp_path / "old")
    say("faults", f"the release before: {version}")

    beside = house.second_workers(dict.fromkeys(SHARED, 0.0), tree=old)
    with work(house, story, "old workers beside new ones", unconfirmed=LEFT_BY_OLD) as crowd, beside:
        goes_on(house, crowd)
    with work(house, story, "the old release in the new one's place", unconfirmed=LEFT_BY_OLD) as crowd:
        released(house, old)
        goes_on(house, crowd)
        released(house, ROOT)


def test_workers_whose_clocks_are_wrong_lose_and_double_nothing(house: House, story: Telling) -> None:
    with work(house, story, "clocks five minutes ahead and behind") as crowd, house.second_workers(WRONG):
        goes_on(house, crowd)


def test_the_database_moves_while_people_are_made(house: House, story: Telling) -> None:
    with work(house, story, "the database moves") as crowd:
        move_database(house)
        goes_on(house, crowd)
        # The processes followed the set by themselves; one that begins anew is told its new address.
        house.system.restart("profile")
        house.until(lambda: house.system.part("profile").ready(), 60, "profile finds the database anew")
    assert members(house) == {f"{HOST}:{house.system.ports.mongodb}"}


def released(house: House, tree: Path) -> None:
    """Put every service of a release in the place of the one that runs."""
    for service in SERVICES:
        house.system.restart(service, tree=tree)
    for service in SERVICES:
        house.until(lambda name=service: house.system.part(name).ready(), 90, f"{service} answers")  # type: ignore[misc]  # a default argument holds the present one
