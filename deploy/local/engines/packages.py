"""System packages that engines need: installed when we may, otherwise named with the command to type."""

import os
import shutil
import subprocess
from collections.abc import Sequence


class PackageError(RuntimeError):
    """A program is missing and this process may not install it; the message says what to type."""


# program -> Debian package
_PACKAGES = {
    "mvn": "maven",
    "setpriv": "util-linux",
    "useradd": "passwd",
}


def need(*programs: str) -> None:
    """Make sure that the programs can be run, by apt-get when root.

    Raises:
        PackageError: they are missing and cannot be installed by this process.
    """
    missing = [program for program in programs if shutil.which(program) is None]
    if missing:
        install(sorted({_PACKAGES[program] for program in missing}), ", ".join(missing))


def install(packages: Sequence[str], what: str) -> None:
    """Install Debian packages because `what` is missing.

    Raises:
        PackageError: this process may not, or it fails; the message names the command to type.
    """
    by_hand = f"apt-get install --yes {' '.join(packages)}"
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise PackageError(f"{what} is missing; type as root: {by_hand}")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    print(f"  installing {' '.join(packages)}", flush=True)
    for command in (["apt-get", "update"], ["apt-get", "install", "--yes", "--no-install-recommends", *packages]):
        done = subprocess.run(command, env=quiet, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise PackageError(f"{' '.join(command)} failed, please type: {by_hand}\n{done.stderr.strip()}")
