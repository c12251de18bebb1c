"""Scripts of these tests as pods of the product's own image, as restricted as every pod of the namespace."""

import json
from collections.abc import Mapping
from pathlib import Path

from tests.cluster.cluster import Cluster

_HOME = Path(__file__).parent


def run(cluster: Cluster, name: str, release: str, told: Mapping[str, str]) -> None:
    """Run `NAME.py` of this folder in a pod of that name, which is made anew, and wait until it is ready."""
    cluster.run("delete", "pod", name, "--ignore-not-found", "--wait")
    for manifest in (_config(name), _pod(name, release, told)):
        cluster.run("apply", "-f", "-", given=json.dumps(manifest))
    cluster.run("wait", "--for=condition=Ready", f"pod/{name}", "--timeout=120s")


def _config(name: str) -> dict[str, object]:
    data = {f"{name}.py": (_HOME / f"{name}.py").read_text(encoding="utf-8")}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data}


def _pod(name: str, release: str, told: Mapping[str, str]) -> dict[str, object]:
    container = {
        "name": name,
        "image": f"consilium/service:{release}",
        "command": ["python", f"/scripts/{name}.py"],
        "env": [{"name": f"{name.upper()}_{key}", "value": value} for key, value in told.items()],
        "resources": {"requests": {"cpu": "50m", "memory": "64Mi"}},
        "securityContext": {
            "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}
        },
        "volumeMounts": [{"name": "scripts", "mountPath": "/scripts"}, {"name": "tmp", "mountPath": "/tmp"}],  # noqa: S108  # inside the container
    }  # fmt: skip
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "labels": {"app.kubernetes.io/name": name}},
        "spec": {
            "restartPolicy": "Never",
            "automountServiceAccountToken": False,
            "securityContext": {
                "runAsNonRoot": True, "runAsUser": 10001, "seccompProfile": {"type": "RuntimeDefault"}
            },
            "containers": [container],
            "volumes": [{"name": "scripts", "configMap": {"name": name}}, {"name": "tmp", "emptyDir": {}}],
        },
    }  # fmt: skip
