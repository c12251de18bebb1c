"""The firewall as a process on this machine: built once from its Go modules, in the cache of engines."""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import httpx

from deploy.local.children import HOST, Running, spawn
from deploy.local.engines.cache import built, cached
from deploy.local.engines.packages import need

NAME = "waf"
HERE = Path(__file__).parent
RULES = HERE / "before.conf"
_SOURCES = ("main.go", "go.mod", "go.sum")


def obtain() -> Path:
    """Return the program, built the first time.

    Raises:
        PackageError: Go, 1.25 or newer, is not on this machine.
        RuntimeError: a registry does not give the modules, or they cannot be built; the message says why.
    """
    digest = hashlib.sha256(b"".join((HERE / name).read_bytes() for name in _SOURCES)).hexdigest()[:12]
    name = f"{NAME}-{digest}"
    if not cached(name):
        need("go")
    return built(name, _build) / NAME


def start(directory: Path, port: int, upstream: str, rules: Path = RULES) -> Running:
    """Start it before `upstream`; what it refuses is in `waf.log` of the directory, by the numbers of rules."""
    log = directory / "waf.log"
    command = [str(obtain()), "-listen", f"{HOST}:{port}", "-upstream", upstream, "-rules", str(rules)]
    # By name: an address in figures is what scanners use, and counts against a request.
    address = f"http://localhost:{port}"
    process = spawn(command, log, directory=directory)
    return Running(NAME, process, log, {"http": address}, lambda: httpx.get(f"{address}/healthz", timeout=2).is_success)


def _build(folder: Path) -> None:
    go = shutil.which("go") or "go"
    # Sums of the modules are committed; a static binary needs no C library of this machine.
    environment = {**os.environ, "CGO_ENABLED": "0", "GOFLAGS": "-mod=readonly -trimpath"}
    command = [go, "build", "-C", str(HERE), "-ldflags", "-s -w", "-o", str(folder / NAME), "."]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"the firewall was not built:\n{done.stderr[-2000:]}")
