"""The code of the last closed version, out of the repository's own history."""

import io
import re
import subprocess
import sys
import tarfile
from pathlib import Path

from tests.architecture.tree import ROOT

_HEADING = re.compile(r"^## (\d+\.\d+\.\d+) - (.+)$", re.MULTILINE)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def last_version() -> tuple[str, str]:
    """Give the heading of the newest version and the commit that brought it into the changelog.

    A version is closed when its heading has a date; while none is, the newest heading that the history knows counts.

    Raises:
        LookupError: the history has no commit of any version; a shallow clone cannot prove an upgrade.
    """
    headings = _HEADING.findall(_git("show", "HEAD:CHANGELOG.md").decode())
    closed = [each for each in headings if _DATE.fullmatch(each[1])]
    for number, rest in [*closed, *headings]:
        found = (
            _git("log", "--reverse", "--format=%H", f"-S## {number} - {rest}", "--", "CHANGELOG.md").decode().split()
        )
        if found:
            return f"{number} - {rest}", found[0]
    raise LookupError("no version of CHANGELOG.md is in the history; is this a shallow clone?")


def taken_out(commit: str, place: Path) -> Path:
    """Write a commit's tree into a folder and build its contracts."""
    with tarfile.open(fileobj=io.BytesIO(_git("archive", "--format=tar", commit))) as archive:
        archive.extractall(place, filter="data")
    subprocess.run(
        [sys.executable, "-m", "tools.proto", "build"], cwd=place, check=True, capture_output=True, timeout=300
    )
    return place


def _git(*command: str) -> bytes:
    return subprocess.run(["git", *command], cwd=ROOT, check=True, capture_output=True, timeout=120).stdout
