"""One installation in the cluster for all its tests, in the order of the file: the story first, then faults upon it.

CLUSTER_HOME names a folder that is kept: the installation that it knows is gone on with, so that one test can be run
alone (`pytest tests/cluster -k …`) while something is mended. Without it everything is made anew.
"""

import os
import random
from pathlib import Path

import pytest

from deploy.local.screen import say
from tests.cluster.cluster import ENGINES, TAG, Cluster
from tests.cluster.loading import Load

FIRST, SECOND, BROKEN = "1.0.0", "1.1.0", "1.2.0"


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Cluster:
    """Give an installation of the first release, rolled out; it stays for a look when the tests have ended."""
    kept = os.environ.get("CLUSTER_HOME")
    home = Path(kept) if kept else tmp_path_factory.mktemp("cluster")
    made = Cluster(home)
    if made.stands():
        say("cluster", f"going on with what {home} knows")
        return made
    say("cluster", "giving images to the nodes")
    made.load(*(f"{image}:{TAG}" for image in (*ENGINES.values(), "consilium/mailbox")))
    made.load_releases(FIRST, SECOND)
    say("cluster", "installing the evaluation overlay")
    made.install(FIRST)
    return made


@pytest.fixture(scope="session")
def load() -> Load:
    """Give the load of this session, whose people and events bear a name of their own."""
    family = "Кластеров" + "".join(random.choices("бвгдклмнпрст", k=8))
    return Load(family, "page_viewed_" + "".join(random.choices("bcdfghkl", k=8)))
