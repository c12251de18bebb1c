"""A real cluster as tests use it: an installation of the evaluation overlay from images of this machine.

KUBECONFIG names the cluster; CLUSTER_LOAD is the command that takes a `docker save` stream and gives it to the nodes.
Promise: what a release is, is said as an operator says it, by components/release alone; the namespace is made anew.
"""

import json
import os
import shlex
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import yaml

from deploy.k8s.secrets import callers, secrets
from deploy.k8s.tools import ROOT, obtain
from deploy.local.children import HOST, free_ports
from deploy.local.keys import keys
from deploy.local.screen import say

NAMESPACE = "consilium"
TAG = os.environ.get("CONSILIUM_TAG", "dev")
OURS = ("service", "report", "gateway")
# public image: the one built here
ENGINES = {
    "mongo": "consilium-engines/mongodb",
    "nats": "consilium-engines/nats",
    "opensearchproject/opensearch": "consilium-engines/opensearch",
    "quay.io/keycloak/keycloak": "consilium-engines/keycloak",
}
_PATIENCE = 900.0


class ClusterError(AssertionError):
    """A command of the cluster failed; the message is what it said."""


def until(check: Callable[[], Any], what: str, seconds: float = _PATIENCE) -> Any:
    """Ask until the answer is true and return it; seldom, for asking by kubectl takes processor time from the cluster.

    Raises:
        ClusterError: the deadline passed.
    """
    deadline = time.monotonic() + seconds
    while not (found := check()):
        if time.monotonic() > deadline:
            raise ClusterError(f"in vain for {seconds:.0f} s: {what}")
        time.sleep(3)
    return found


class Cluster:
    """kubectl in the installation's namespace, and the installation that it holds."""

    def __init__(self, directory: Path) -> None:
        if not os.environ.get("KUBECONFIG") or not os.environ.get("CLUSTER_LOAD"):
            raise ClusterError(
                "KUBECONFIG (of a cluster for tests) and CLUSTER_LOAD (docker save … | CLUSTER_LOAD) are needed"
            )
        self.directory = directory
        directory.mkdir(parents=True, exist_ok=True)
        self._kubectl = str(obtain().kubectl)
        self._keys = keys(directory / "secrets")
        self._manifests = directory / "k8s"
        self._gateway, self._mailbox, self._issuer, self._smtp = self._ports()
        self.public_url = f"http://{HOST}:{self._gateway}"

    def _ports(self) -> list[int]:
        """Return the ports of this machine, those of before when the folder was kept: the public address is told."""
        kept = self.directory / "ports.json"
        if not kept.exists():
            kept.write_text(json.dumps(free_ports(4)), encoding="utf-8")
        ports: list[int] = json.loads(kept.read_text(encoding="utf-8"))
        return ports

    def stands(self) -> bool:
        """Tell whether the installation that the folder knows is there."""
        return (self.directory / "installed").exists() and bool(self.deployments())

    def run(self, *command: str, given: str | None = None, seconds: float = 300) -> str:
        """Run kubectl and return what it says.

        Raises:
            ClusterError: it failed.
        """
        told = subprocess.run(
            [self._kubectl, "-n", NAMESPACE, *command],
            input=given, capture_output=True, text=True, check=False, timeout=seconds,
        )  # fmt: skip
        if told.returncode != 0:
            raise ClusterError(f"kubectl {' '.join(command)}: {told.stderr.strip()[-2000:]}")
        return told.stdout

    def get(self, *what: str) -> Any:
        """Read objects."""
        return json.loads(self.run("get", *what, "-o", "json"))

    def items(self, *what: str) -> list[dict[str, Any]]:
        """Read a list of objects."""
        found: list[dict[str, Any]] = self.get(*what)["items"]
        return found

    def pods(self, deployment: str) -> list[str]:
        """Name the pods of a deployment that are not leaving, oldest first."""
        labels = self.get("deployment", deployment)["spec"]["selector"]["matchLabels"]
        chosen = ",".join(f"{key}={value}" for key, value in labels.items())
        found = [pod for pod in self.items("pods", "-l", chosen) if "deletionTimestamp" not in pod["metadata"]]
        return [pod["metadata"]["name"] for pod in sorted(found, key=lambda pod: pod["metadata"]["creationTimestamp"])]

    def deployments(self) -> list[str]:
        """Name the deployments of ours."""
        return [
            each["metadata"]["name"] for each in self.items("deployments", "-l", "app.kubernetes.io/part-of=consilium")
        ]

    # -- images and releases ----------------------------------------------------------------------------------------
    def load(self, *images: str) -> None:
        """Give images to the nodes."""
        saving = subprocess.Popen(["docker", "save", *images], stdout=subprocess.PIPE)
        subprocess.run(shlex.split(os.environ["CLUSTER_LOAD"]), stdin=saving.stdout, check=True, capture_output=True)
        if saving.wait(60) != 0:
            raise ClusterError(f"docker save {' '.join(images)} failed")

    def load_releases(self, *releases: str) -> None:
        """Give the images of this machine's TAG to the nodes as releases."""
        named = [(name, f"consilium/{name}:{release}") for name in OURS for release in releases]
        for name, image in named:
            subprocess.run(["docker", "tag", f"consilium/{name}:{TAG}", image], check=True)
        self.load(*(image for _, image in named))

    def render(self, release: str, **told: dict[str, str]) -> str:
        """Build the evaluation overlay of a release with engines built here; `told` merges into ConfigMaps by name."""
        shutil.rmtree(self._manifests, ignore_errors=True)
        shutil.copytree(ROOT / "deploy" / "k8s", self._manifests)
        component = self._manifests / "components" / "release" / "kustomization.yaml"
        known = yaml.safe_load(component.read_text(encoding="utf-8"))
        for image in known["images"]:
            image["newTag"] = release
        known["labels"][0]["pairs"]["app.kubernetes.io/version"] = release
        component.write_text(yaml.safe_dump(known), encoding="utf-8")
        overlay = self._manifests / "overlays" / "test"
        overlay.mkdir()
        url = {"CONSILIUM_PUBLIC_URL": self.public_url}
        merged: dict[str, dict[str, str]] = {"consilium-gateway": dict(url), "consilium-channel": dict(url)}
        for name, values in told.items():
            merged.setdefault(name.replace("_", "-"), {}).update(values)
        document = {
            "apiVersion": "kustomize.config.k8s.io/v1beta1",
            "kind": "Kustomization",
            "namespace": NAMESPACE,
            "resources": ["../evaluation"],
            "images": [
                *({"name": name, "newName": built, "newTag": TAG} for name, built in ENGINES.items()),
                # Letters die with the mailbox's pod, and they are the witnesses of what was sent.
                {"name": "consilium/mailbox", "newTag": TAG},
            ],
            "configMapGenerator": [
                {"name": name, "behavior": "merge", "literals": [f"{key}={value}" for key, value in values.items()]}
                for name, values in merged.items()
            ],
        }
        (overlay / "kustomization.yaml").write_text(yaml.safe_dump(document), encoding="utf-8")
        return self.run("kustomize", str(overlay))

    def install(self, release: str) -> None:
        """Make the namespace anew, give it its secrets and a release, and wait until everything is rolled out."""
        self.run("delete", "namespace", NAMESPACE, "--ignore-not-found", "--wait", seconds=_PATIENCE)
        rendered = self.render(release)
        namespace = next(each for each in yaml.safe_load_all(rendered) if each["kind"] == "Namespace")
        self.run("apply", "-f", "-", given=json.dumps(namespace))
        listed = {"apiVersion": "v1", "kind": "List", "items": secrets(self._keys, NAMESPACE, self._gateway)}
        self.run("apply", "-f", "-", given=json.dumps(listed))
        self.apply(rendered)
        for engine in self.items("statefulsets"):
            name = f"statefulset/{engine['metadata']['name']}"
            self.run("rollout", "status", name, f"--timeout={_PATIENCE:.0f}s", seconds=_PATIENCE + 30)
        self.rolled_out(self.deployments())
        (self.directory / "installed").touch()

    def apply(self, rendered: str) -> None:
        """Apply what was rendered, as deploy/k8s/README.md says; what Pod Security warns of is refused.

        Raises:
            ClusterError: an object is refused or warned of.
        """
        self.run("delete", "jobs", "-l", "app.kubernetes.io/component=migrate", "--ignore-not-found")
        told = subprocess.run(
            [self._kubectl, "-n", NAMESPACE, "apply", "-f", "-"],
            input=rendered, capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip
        if told.returncode != 0 or "PodSecurity" in told.stderr:
            raise ClusterError(told.stderr[-3000:])

    def rolled_out(self, deployments: Sequence[str], seconds: float = _PATIENCE) -> None:
        """Wait until deployments are rolled out."""
        for name in deployments:
            began = time.monotonic()
            self.run("rollout", "status", f"deployment/{name}", f"--timeout={seconds:.0f}s", seconds=seconds + 30)
            say("cluster", f"{name} is rolled out, after {time.monotonic() - began:.0f} s more")

    # -- looking in -------------------------------------------------------------------------------------------------
    def addresses(self) -> Path:
        """Write `addresses.json` of what `forwarded` opens, as scripts read it; return its folder."""
        told = {
            "gateway": self.public_url,
            "issuer": f"http://{HOST}:{self._issuer}/realms/consilium",
            "mailbox": f"http://{HOST}:{self._mailbox}",
            "smtp": f"smtp://{HOST}:{self._smtp}",
            **callers(self._keys),
        }
        (self.directory / "addresses.json").write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
        return self.directory

    @contextmanager
    def forwarded(self) -> Iterator[None]:
        """Hold gateway, mailbox and sign-in at ports of this machine; each forward ends with the pod behind it."""
        ports = {
            "service/gateway": f"{self._gateway}:8080",
            "service/mailbox": f"{self._mailbox}:8025",
            "service/keycloak": f"{self._issuer}:8090",
        }
        command = [self._kubectl, "-n", NAMESPACE, "port-forward", "--address", HOST]
        running = [
            subprocess.Popen([*command, what, pair], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            for what, pair in ports.items()
        ]
        try:
            until(lambda: _answers(f"{self.public_url}/healthz"), "the gateway answers by port-forward", 60)
            until(lambda: _answers(f"http://{HOST}:{self._mailbox}/healthz"), "the mailbox answers", 60)
            until(lambda: _answers(f"http://{HOST}:{self._issuer}/realms/consilium"), "sign-in answers", 60)
            yield
        finally:
            for each in running:
                each.terminate()
                each.wait(10)

    def secret(self) -> str:
        """Return the secret of the client for scripts."""
        return self._keys.realm.system


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=5).is_success
    except httpx.HTTPError:
        return False
