"""A service with older contracts beside newer ones, as in the middle of an upgrade or after a rollback."""

import pytest

from deploy.local.screen import say
from deploy.local.story.telling import Telling
from tests.containers.older import has_history, older_commit, older_image
from tests.containers.part import until
from tests.containers.system import System
from tests.containers.work import work

pytestmark = [pytest.mark.containers, pytest.mark.timeout(1200)]


def test_services_with_older_contracts_work_beside_newer_ones(system: System, played: Telling) -> None:
    if not has_history():
        pytest.skip("a shallow clone holds no older contracts: git fetch --unshallow")
    picture = older_image(system.place.tag)
    say("containers", f"profile and channel as they were at {older_commit()[:8]}")

    # Asked by newer ones and asking them, publishing facts to them and taking theirs.
    with (
        system.replaced("profile", picture),
        system.replaced("channel", picture),
        work(system, played, "старое рядом с новым") as visitors,
    ):
        until(lambda: len(visitors.made) >= 5, 120, "people are made by the older profile")
