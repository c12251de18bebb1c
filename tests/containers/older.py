"""The services' image as it was before the contracts last changed, built from the history.

Which state that is: the last closed version where its contracts differ from today's, else the commit before the last
change under `proto/`. Its contracts are always older than today's.
"""

import io
import subprocess
import tarfile
import tempfile
from pathlib import Path

from deploy.docker.engine import docker
from tests.architecture.tree import ROOT
from tests.integration.upgrade.history import last_version, taken_out

_TREES = ("chassis", "services", "gen", "telemetry")
# A folder of its own: modules of the image below are compiled and never looked at again.
_DOCKERFILE = """\
ARG BASE
FROM ${BASE}
COPY older /older
WORKDIR /older
ENV PYTHONPATH=/older
"""


def has_history() -> bool:
    """Tell whether the clone knows more than its newest commit."""
    return _git("rev-parse", "--is-shallow-repository") == "false"


def older_commit() -> str:
    """Return the newest closed state whose contracts differ from today's."""
    closed = last_version()[1]
    if _git("diff", "--name-only", closed, "HEAD", "--", "proto/consilium"):
        return closed
    return _git("log", "-1", "--format=%H^", "--", "proto/consilium")


def older_image(tag: str) -> str:
    """Build `consilium/service:<tag>-older` upon the present image and return its name."""
    name = f"consilium/service:{tag}-older"
    with tempfile.TemporaryDirectory(prefix="consilium-older-") as scratch, tempfile.TemporaryFile() as context:
        tree = taken_out(older_commit(), Path(scratch))
        with tarfile.open(fileobj=context, mode="w", format=tarfile.GNU_FORMAT) as archive:
            entry = tarfile.TarInfo("Dockerfile")
            entry.size = len(_DOCKERFILE)
            archive.addfile(entry, io.BytesIO(_DOCKERFILE.encode()))
            for folder in _TREES:
                archive.add(tree / folder, f"older/{folder}", filter=_readable)
        context.seek(0)
        docker("build", "--tag", name, "--build-arg", f"BASE=consilium/service:{tag}", "-", stdin=context)
    return name


def _readable(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.mode |= 0o555 if entry.isdir() else 0o444
    entry.mtime = int(entry.mtime)
    return entry


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True, text=True)
    return done.stdout.strip()
