"""System packages that engines need: installed when we may, otherwise named with the command to type."""

import os
import shutil
import subprocess
from collections.abc import Sequence

from deploy.local.engines.java import NEWEST, OLDEST, PACKAGE, found


class PackageError(RuntimeError):
    """A program is missing and this process may not install it; the message says what to type."""


# program -> Debian package
_JAVA = f"Java {OLDEST} to {NEWEST}"
_PACKAGES = {
    _JAVA: PACKAGE,
    "mvn": "maven",
    "setpriv": "util-linux",
    "useradd": "passwd",
    "go": "golang-go",
}


def need(*programs: str, java: bool = False) -> None:
    """Make sure that the programs, and a Java that fits, can be run; what is missing is installed or told all at once.

    Raises:
        PackageError: they are missing and cannot be installed by this process.
    """
    missing = [_JAVA] if java and found() is None else []
    missing += [program for program in programs if shutil.which(program) is None]
    if missing:
        install(sorted({_PACKAGES[program] for program in missing}), ", ".join(missing))


def java() -> str:
    """Return the path of a fitting Java, installing one when none is there and we may.

    Raises:
        PackageError: there is none, and this process may not install it.
    """
    need(java=True)
    runtime = found()
    if runtime is None:
        raise PackageError(f"no {_JAVA} is found even with {PACKAGE}")
    return runtime


def install(packages: Sequence[str], what: str) -> None:
    """Install Debian packages because `what` is missing.

    Raises:
        PackageError: this process may not, or it fails; the message names the command to type.
    """
    by_hand = f"apt-get install --yes {' '.join(packages)}"
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        verb = "are" if "," in what else "is"
        raise PackageError(f"{what} {verb} missing; type as root: {by_hand}")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    print(f"  installing {' '.join(packages)}", flush=True)
    for command in (["apt-get", "update"], ["apt-get", "install", "--yes", "--no-install-recommends", *packages]):
        done = subprocess.run(command, env=quiet, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise PackageError(f"{' '.join(command)} failed, please type: {by_hand}\n{done.stderr.strip()}")
