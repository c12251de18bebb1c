"""The cache of engines outside the tree: built once per version, whole or not at all.

Promise: what `built` returns is complete; two processes that ask at once build once, and a build that was killed
leaves nothing that looks finished.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from deploy.local.screen import step


def cache_folder() -> Path:
    """Return the folder that keeps engines: `CONSILIUM_CACHE`, else the usual place of the user.

    Root's usual place is under /var, because OpenSearch runs as a user who may not enter root's home.
    """
    chosen = os.environ.get("CONSILIUM_CACHE")
    if chosen:
        return Path(chosen).resolve()
    if os.geteuid() == 0:
        return Path("/var/cache/consilium")
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "consilium"


def cached(name: str) -> bool:
    """Tell whether the cache holds the folder `name`, whole."""
    return (cache_folder() / name).exists()


def built(name: str, build: Callable[[Path], None]) -> Path:
    """Return the cached folder `name`, filled by `build(empty folder)` when it is not there yet.

    Everybody may read and enter the result.
    """
    root = cache_folder()
    target = root / name
    if target.exists():
        return target
    root.mkdir(parents=True, exist_ok=True)
    with (root / f".{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if target.exists():
            return target
        staging = Path(tempfile.mkdtemp(prefix=f".{name}.", dir=root))
        try:
            with step(name.partition("-")[0], f"obtaining it into {target}, which takes minutes and is done once"):
                build(staging)
                _open_for_reading(staging)
                staging.rename(target)
        except BaseException:
            shutil.rmtree(staging, ignore_errors=True)
            raise
    return target


def _open_for_reading(folder: Path) -> None:
    for path in [folder, *folder.rglob("*")]:
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o055 if path.is_dir() else 0o044))
