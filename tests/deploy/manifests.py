"""What the overlays of deploy/k8s say, as documents to ask."""

import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from deploy.k8s.tools import ROOT, Tools, obtain

Document = dict[str, Any]
FOLDER = ROOT / "deploy" / "k8s" / "overlays"
INSTALLATIONS = ("evaluation", "production", "cell/ru", "cell/kz", "cell/uz")
OVERLAYS = (*INSTALLATIONS, "directory")
WORKLOADS = {"Deployment", "StatefulSet", "Job", "CronJob"}
NAME = "app.kubernetes.io/name"


@dataclass(frozen=True, slots=True)
class Pod:
    """A workload's pod: who made it, its labels and its specification."""

    kind: str
    name: str
    labels: dict[str, str]
    spec: Document

    @property
    def container(self) -> Document:
        """Give its only container."""
        (container,) = self.spec["containers"]
        return dict(container)

    @property
    def ours(self) -> bool:
        """Tell whether a process of Consilium runs in it."""
        return "consilium/" in self.container["image"] and "command" not in self.container

    @property
    def service(self) -> str:
        """Name the service whose process it is: `profile`, `gateway`, or the module that runs."""
        module = str(self.container["args"][0])
        return module.removeprefix("services.")


@cache
def tools() -> Tools:
    """Obtain the tools, once."""
    return obtain()


@cache
def built() -> dict[str, list[Document]]:
    """Build all overlays, side by side."""

    def build(overlay: str) -> list[Document]:
        told = subprocess.run(
            [tools().kubectl, "kustomize", FOLDER / overlay], capture_output=True, text=True, check=False
        )
        assert told.returncode == 0, f"{overlay}: {told.stderr}"
        return list(yaml.load_all(told.stdout, yaml.CSafeLoader))

    with ThreadPoolExecutor(3) as pool:
        return dict(zip(OVERLAYS, pool.map(build, OVERLAYS), strict=True))


def of_kind(overlay: str, *kinds: str) -> list[Document]:
    """Give an overlay's documents of some kinds."""
    return [document for document in built()[overlay] if document["kind"] in kinds]


def pods(overlay: str) -> Iterator[Pod]:
    """Give the pods of an overlay's own workloads; those of operators are theirs."""
    for document in of_kind(overlay, *WORKLOADS):
        spec = document["spec"]
        if document["kind"] == "CronJob":
            spec = spec["jobTemplate"]["spec"]
        template = spec["template"]
        yield Pod(document["kind"], document["metadata"]["name"], template["metadata"]["labels"], template["spec"])


def environment(overlay: str, pod: Pod) -> dict[str, str]:
    """Give the variables of a pod's process by name; a value that the cluster fills in is told as such."""
    maps = {document["metadata"]["name"]: document for document in of_kind(overlay, "ConfigMap")}
    told: dict[str, str] = {}
    for source in pod.container.get("envFrom", []):
        told |= maps[source["configMapRef"]["name"]]["data"]
    for variable in pod.container.get("env", []):
        told[variable["name"]] = variable.get("value", "(from the cluster)")
    return told


def config(path: str) -> Path:
    """Give a file of the manifests."""
    return ROOT / "deploy" / "k8s" / path
