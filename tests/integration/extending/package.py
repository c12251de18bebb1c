"""Acme's package, installed as its operator would: built from its sources, without a network."""

import shutil
import subprocess
import sys
from pathlib import Path

ACME = Path(__file__).parent / "acme"


def install(target: Path, working: Path) -> Path:
    """Install the package into a folder, which is returned; `working` takes what a build leaves beside the sources."""
    source = shutil.copytree(ACME, working / "acme")
    uv = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--offline", "--no-deps", "--no-build-isolation"]
    subprocess.run([*uv, "--python", sys.executable, "--target", target, source], check=True, timeout=120)
    return target
