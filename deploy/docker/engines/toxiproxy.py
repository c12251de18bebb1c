"""Toxiproxy 2.5: built once from its Go module, in the cache of engines."""

import os
import shutil
import subprocess
from pathlib import Path

from deploy.local.engines.cache import built, cached
from deploy.local.engines.packages import need

VERSION = "2.5.0"
_MODULE = f"github.com/Shopify/toxiproxy/v2/cmd/server@v{VERSION}"


def obtain() -> Path:
    """Return the server's binary, built the first time."""
    name = f"toxiproxy-{VERSION}"
    if not cached(name):
        need("go")
    return built(name, _build) / "toxiproxy"


def _build(folder: Path) -> None:
    go = shutil.which("go") or "go"
    # A static binary: what runs it needs no C library of this machine.
    environment = {**os.environ, "CGO_ENABLED": "0", "GOBIN": str(folder), "GOFLAGS": "-trimpath"}
    done = subprocess.run([go, "install", _MODULE], env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"Toxiproxy was not built:\n{done.stderr[-2000:]}")
    (folder / "server").rename(folder / "toxiproxy")
