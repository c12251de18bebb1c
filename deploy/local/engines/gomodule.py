"""Programs that are built once from their Go modules, in the cache outside the tree."""

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from deploy.local.engines.cache import built, cached
from deploy.local.engines.packages import need


class BuildError(RuntimeError):
    """A registry does not give the module, or it cannot be built; the message is Go's own."""


def program(
    name: str, module: str, version: str, package: str, *, without: str | None = None, tags: Sequence[str] = ()
) -> Path:
    """Return the program `name`, built the first time from a package of a module.

    Args:
        name: of the program, and of its folder in the cache.
        module: path of the module.
        version: of the module, as `v1.2.3`.
        package: folder of the program inside the module.
        without: a file of the module that is left out, with all that only it imports.
        tags: build tags.

    Raises:
        PackageError: Go is missing and cannot be installed by this process.
        BuildError: see there.
    """
    folder = f"{name}-{version.removeprefix('v')}"
    if not cached(folder):
        need("go")

    def build(target: Path) -> None:
        told = json.loads(_go("mod", "download", "-json", f"{module}@{version}", inside=target))
        source = target / "source"
        shutil.copytree(told["Dir"], source)
        for path in (source, *source.rglob("*")):
            path.chmod(path.stat().st_mode | 0o200)
        if without:
            (source / without).unlink()
        options = ["-mod=mod", "-trimpath", "-ldflags", "-s -w", "-tags", ",".join(tags)]
        _go("build", *options, "-o", str(target / name), f"./{package}", inside=source)
        shutil.rmtree(source)

    return built(folder, build) / name


def _go(*arguments: str, inside: Path) -> str:
    # A static binary: what runs it needs no C library of this machine.
    environment = {**os.environ, "CGO_ENABLED": "0"}
    command = [shutil.which("go") or "go", *arguments]
    done = subprocess.run(command, cwd=inside, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BuildError(f"go {' '.join(arguments[:2])} failed:\n{(done.stderr or done.stdout)[-2000:]}")
    return done.stdout
