"""The main job through the gateway's container: import, segment, launch, letters in the mailbox, report."""

import pytest

from deploy.local.story.telling import Telling
from tests.containers.system import System

_WANTING_OUT = """
import socket
try:
    socket.create_connection(("192.0.2.1", 443), 2)
    print("out")
except TimeoutError:
    print("kept-in")
"""

pytestmark = [pytest.mark.containers, pytest.mark.timeout(1200)]


def test_the_main_job_is_done_through_the_gateways_container(played: Telling) -> None:
    assert played.told["precision"] == 1.0
    assert played.told["recall"] >= 0.95
    assert played.told["letters"] > 0
    assert played.told["report"]["delivered"]["value"] > 0


def test_the_main_job_needs_no_way_to_the_world_outside(played: Telling, system: System) -> None:
    assert played.told["letters"] > 0
    assert system.fence is not None, "only root can close the way out"

    # The fence stood meanwhile, and stands: whoever tries is kept in, and counted.
    before = system.fence.tries()
    assert system.gateway.run("python", "-c", _WANTING_OUT).split() == ["kept-in"]
    assert system.fence.tries() > before
