"""Load on a running installation: a pod that calls through the gateway's Service, and what it says at its end."""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local.screen import say
from tests.cluster.cluster import Cluster, until

NAME = "load"
PAUSE = "0.2"
_SCRIPT = Path(__file__).with_name("load.py")


@dataclass(slots=True)
class Load:
    """What was asked and answered, over all spans of load."""

    family: str
    answers: Counter[str] = field(default_factory=Counter)
    people: list[str] = field(default_factory=list)
    events: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    @contextmanager
    def on(self, cluster: Cluster, release: str) -> Iterator[None]:
        """Load the installation for the length of a block; its refusals are at hand afterwards."""
        cluster.run("delete", "pod", NAME, "--ignore-not-found", "--wait")
        cluster.run("apply", "-f", "-", given=json.dumps(self._config()))
        cluster.run("apply", "-f", "-", given=json.dumps(self._pod(cluster, release)))
        cluster.run("wait", "--for=condition=Ready", f"pod/{NAME}", "--timeout=120s")
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

    def _config(self) -> dict[str, object]:
        data = {"load.py": _SCRIPT.read_text(encoding="utf-8")}
        return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": NAME}, "data": data}

    def _pod(self, cluster: Cluster, release: str) -> dict[str, object]:
        told = {"LOAD_FAMILY": self.family, "LOAD_PAUSE": PAUSE, "LOAD_SECRET": cluster.secret()}
        container = {
            "name": NAME,
            "image": f"consilium/service:{release}",
            "command": ["python", "/load/load.py"],
            "env": [{"name": name, "value": value} for name, value in told.items()],
            "securityContext": {
                "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}
            },
            "volumeMounts": [{"name": NAME, "mountPath": "/load"}],
        }  # fmt: skip
        return {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": NAME, "labels": {"app.kubernetes.io/name": NAME}},
            "spec": {
                "restartPolicy": "Never",
                "automountServiceAccountToken": False,
                "securityContext": {
                    "runAsNonRoot": True, "runAsUser": 10001, "seccompProfile": {"type": "RuntimeDefault"}
                },
                "containers": [container],
                "volumes": [{"name": NAME, "configMap": {"name": NAME}}],
            },
        }  # fmt: skip
