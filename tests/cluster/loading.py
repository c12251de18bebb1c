"""Load on a running installation: a pod that calls through the gateway's Service, and what it says at its end."""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from deploy.local.screen import say
from tests.cluster import scripts
from tests.cluster.cluster import Cluster, until

NAME = "load"
PAUSE = "0.2"


@dataclass(slots=True)
class Load:
    """What was asked and answered, over all spans of load."""

    family: str
    event: str
    answers: Counter[str] = field(default_factory=Counter)
    people: list[str] = field(default_factory=list)
    events: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    @contextmanager
    def on(self, cluster: Cluster, release: str) -> Iterator[None]:
        """Load the installation for the length of a block; its refusals are at hand afterwards."""
        told = {"FAMILY": self.family, "EVENT": self.event, "PAUSE": PAUSE, "SECRET": cluster.secret()}
        scripts.run(cluster, NAME, release, told)
        self.refused = []
        try:
            yield
        finally:
            self._end(cluster)

    def _end(self, cluster: Cluster) -> None:
        # A signal from inside: a deleted pod takes its log along.
        cluster.run("exec", NAME, "--", "python", "-c", "import os, signal; os.kill(1, signal.SIGTERM)")
        until(lambda: cluster.get("pod", NAME)["status"]["phase"] in {"Succeeded", "Failed"}, "the load ends", 90)
        said = cluster.run("logs", NAME)
        lines = [line for line in said.splitlines() if line.startswith("LOAD ")]
        assert lines, said[-2000:]
        told = json.loads(lines[-1].removeprefix("LOAD "))
        self.answers.update(told["answers"])
        self.people += told["people"]
        self.events += told["events"]
        self.refused = told["refused"]
        say("load", f"{sum(told['answers'].values()):,} calls: {told['answers']}; longest {told['longest']}")
        for line in self.refused[:20]:
            say("load", line)
