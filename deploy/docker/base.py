"""Base images for a machine that cannot pull any: Debian by debootstrap, made once, kept by tag.

Promise: the mirrors are those of this machine's apt and are in no file and no image; security updates are in; what a
running process never reads (documents, translations, package lists) is out, licences and the package list stay.
Limit: needs root, debootstrap and a running Docker. Who can pull uses the public image instead.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from deploy.docker.engine import docker, exists

SUITE = "bookworm"
BASE = f"consilium-base:{SUITE}"
BUILDER = f"consilium-build:{SUITE}"
"""The base and what builds upon it: the same with pip and strip, in no finished image."""

_PYTHON = ("python3", "ca-certificates")
_BUILDING = ("python3-venv", "binutils")
_NEEDLESS = (
    "usr/share/man", "usr/share/info", "usr/share/locale", "usr/share/lintian", "usr/share/bug", "usr/share/groff",
    "usr/share/linda", "usr/share/zsh", "usr/share/bash-completion", "usr/share/pixmaps", "usr/share/menu",
    "usr/share/doc-base", "usr/share/gdb", "usr/share/valgrind", "var/cache/debconf", "root/.cache",
    # Python's own that no program of ours asks for.
    "usr/lib/python3.11/pydoc_data", "usr/lib/python3.11/lib2to3",
)  # fmt: skip
_MACHINES = (
    "etc/apt/sources.list", "etc/resolv.conf", "etc/hostname", "etc/machine-id", "var/log/*", "var/cache/apt/*",
    "var/lib/apt/lists/*", "dev/*", "proc/*", "sys/*", "run/*", "tmp/*",
)  # fmt: skip
"""What names this machine or its mirrors, or is never the same twice: stays out of the image."""


class BaseError(RuntimeError):
    """The base cannot be made here; the message says what is missing."""


def obtain() -> None:
    """Make the base and its builder unless they are there."""
    if exists(BASE) and exists(BUILDER):
        return
    if os.geteuid() != 0 or not shutil.which("debootstrap"):
        raise BaseError(
            f"{BASE} is not here, and making it needs root and debootstrap (apt-get install debootstrap). "
            "Who can pull images says instead: python -m deploy.docker.build --public"
        )
    print(f"making {BASE} by debootstrap, once", flush=True)
    with tempfile.TemporaryDirectory(prefix="consilium-base-", dir=_quick_folder()) as scratch:
        root = Path(scratch)
        _bootstrap(root)
        _slim(root)
        _import(root, BASE)
        _apt(root, "install", "--no-install-recommends", *_BUILDING)
        _slim(root)
        _import(root, BUILDER)


def _quick_folder() -> str | None:
    """Give memory as a folder where it may hold programs: dpkg waits for the disk after every file."""
    folder = "/dev/shm"  # noqa: S108 - a folder of our own is made below it
    refused = os.ST_NODEV | os.ST_NOEXEC | os.ST_NOSUID
    return folder if os.path.ismount(folder) and not os.statvfs(folder).f_flag & refused else None


def mirrors() -> dict[str, str]:
    """Return this machine's Debian mirrors: release, such as bookworm-security, to address."""
    told = _run(["apt-get", "indextargets", "--format", "$(REPO_URI) $(RELEASE) $(COMPONENT)", "Identifier: Packages"])
    found: dict[str, str] = {}
    for line in told.splitlines():
        address, release, component = line.split()
        if component == "main" and release.startswith(SUITE):
            found.setdefault(release, address)
    if SUITE not in found:
        raise BaseError(f"apt on this machine knows no mirror of {SUITE}")
    return found


def _bootstrap(root: Path) -> None:
    known = mirrors()
    _run(["debootstrap", "--variant=minbase", f"--include={','.join(_PYTHON)}", SUITE, str(root), known[SUITE]])
    lines = "".join(f"deb {address} {release} main\n" for release, address in known.items())
    (root / "etc/apt/sources.list").write_text(lines, encoding="utf-8")
    _apt(root, "update")
    _apt(root, "upgrade")


def _apt(root: Path, *arguments: str) -> None:
    # Nothing here outlives a crash anyway, so dpkg need not wait for the disk after every file.
    options = ["--quiet", "--yes", "--option", "DPkg::Options::=--force-unsafe-io"]
    _run(["chroot", str(root), "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", *options, *arguments])


def _slim(root: Path) -> None:
    for name in _NEEDLESS:
        shutil.rmtree(root / name, ignore_errors=True)
    for folder in (root / "usr/share/doc").iterdir():
        for path in folder.iterdir() if folder.is_dir() and not folder.is_symlink() else ():
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            elif path.name != "copyright":  # the licences stay
                path.unlink()
    for cache in root.rglob("__pycache__"):
        shutil.rmtree(cache)


def _import(root: Path, tag: str) -> None:
    """Pack the tree in a fixed order and give it to Docker, without a copy on the disk between."""
    left_out = [f"--exclude=./{name}" for name in _MACHINES]
    packing = subprocess.Popen(
        ["tar", "--sort=name", "--numeric-owner", "--one-file-system", *left_out, "-C", str(root), "-c", "."],
        stdout=subprocess.PIPE,
    )
    path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    docker(
        "import", "--change", f"ENV {path} LANG=C.UTF-8", "--change", 'CMD ["python3"]', "-", tag, stdin=packing.stdout
    )
    if packing.wait() != 0:
        raise BaseError(f"packing {tag} failed")


def _run(command: Sequence[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, "LC_ALL": "C"})
    if done.returncode != 0:
        raise BaseError(f"{command[0]} failed:\n{(done.stdout + done.stderr)[-2000:]}")
    return done.stdout
