"""The services' image as it was before the contracts last changed, built from the history.

Which state that is: the last release, of which `proto/released.binpb` keeps the contracts, once they have changed
since; until then the commit before the last change under `proto/`. Its contracts are always older than today's.
"""

import io
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from deploy.docker.engine import docker

ROOT = Path(__file__).resolve().parents[2]
_RELEASED = "proto/released.binpb"
_TREES = ("chassis", "services", "proto", "tools")
# A folder of its own: modules of the image below are compiled and never looked at again.
_DOCKERFILE = """\
ARG BASE
FROM ${BASE}
COPY older /older
WORKDIR /older
ENV PYTHONPATH=/older
"""


def older_commit() -> str:
    """Return the commit whose contracts are the newest ones that differ from today's.

    Raises:
        AssertionError: the clone holds no history to take it from.
    """
    changed = _git("log", "-1", "--format=%H", "--", "proto/consilium").strip()
    released = _git("log", "-1", "--format=%H", "--", _RELEASED).strip()
    before = _git("rev-parse", f"{changed}^").strip()
    if released and _git("diff", "--name-only", released, "HEAD", "--", "proto/consilium"):
        return released
    assert _git("diff", "--name-only", before, "HEAD", "--", "proto/consilium"), "the contracts differ"
    return before


def older_image(tag: str) -> str:
    """Build `consilium/service:<tag>-older` upon the present image and return its name."""
    commit = older_commit()
    name = f"consilium/service:{tag}-older"
    with tempfile.TemporaryDirectory(prefix="consilium-older-") as scratch, tempfile.TemporaryFile() as context:
        tree = Path(scratch)
        there = _git("ls-tree", "--name-only", commit).split()
        packed = subprocess.run(
            ["git", "archive", commit, *(name for name in (*_TREES, "telemetry") if name in there)],
            cwd=ROOT,
            check=True,
            capture_output=True,
        )
        with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as archive:
            archive.extractall(tree, filter="data")
        subprocess.run([sys.executable, "-m", "tools.proto", "build"], cwd=tree, check=True)
        with tarfile.open(fileobj=context, mode="w", format=tarfile.GNU_FORMAT) as archive:
            entry = tarfile.TarInfo("Dockerfile")
            entry.size = len(_DOCKERFILE)
            archive.addfile(entry, io.BytesIO(_DOCKERFILE.encode()))
            archive.add(tree, "older", filter=_readable)
        context.seek(0)
        docker("build", "--tag", name, "--build-arg", f"BASE=consilium/service:{tag}", "-", stdin=context)
    return name


def _readable(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.mode |= 0o555 if entry.isdir() else 0o444
    entry.mtime = int(entry.mtime)
    return entry


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=ROOT, check=False, capture_output=True, text=True)
    assert done.returncode == 0, f"the older state comes from the whole history: {done.stderr.strip()}"
    return done.stdout
