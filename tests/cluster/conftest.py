"""One installation in the cluster for all its tests, in the order of the file: the story first, then faults upon it."""

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
    home: Path = tmp_path_factory.mktemp("cluster")
    made = Cluster(home)
    say("cluster", "giving images to the nodes")
    made.load(*(f"{image}:{TAG}" for image in ENGINES.values()))
    made.load_release(FIRST)
    made.load_release(SECOND)
    say("cluster", "installing the evaluation overlay")
    made.install(FIRST)
    return made


@pytest.fixture(scope="session")
def load() -> Load:
    """Give the load of this session, whose people bear a name of their own."""
    return Load("Кластеров" + "".join(random.choices("бвгдклмнпрст", k=8)))
