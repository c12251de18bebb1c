"""The main job through the gateway's container: import, segment, launch, letters in the mailbox, report."""

import pytest

from deploy.local.story.telling import Telling

pytestmark = [pytest.mark.containers, pytest.mark.timeout(1200)]


def test_the_main_job_is_done_through_the_gateways_container(played: Telling) -> None:
    assert played.told["precision"] == 1.0
    assert played.told["recall"] >= 0.95
    assert played.told["letters"] > 0
    assert played.told["report"]["delivered"]["value"] > 0
