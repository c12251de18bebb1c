"""Runs while an image is built: makes the trees that become its two layers, the packages and the code.

Promise: the same input gives the same bytes: everything carries one fixed day, because a cached layer is found by what
files hold, not by their times; compiled modules are bound to no time and never checked again, since the root of a
running container is read-only. Tests, headers and
other things that no process of ours opens are dropped; licences and the packages' own records stay.

Usage: python assemble.py packages|tree ROOT
"""

import compileall
import os
import py_compile
import shutil
import subprocess
import sys
from pathlib import Path

UID = 10001
A_DAY = 315532800
"""1980-01-01: a layer changes with what it holds, not with every commit."""

NEEDLESS = (
    # what only their own developers open
    "*/tests", "*/test", "*/*/tests", "*/include", "**/*.pyi", "**/*.pyx", "**/*.pxd", "**/*.pxi", "**/*.h", "**/*.hpp",
    "**/*.c", "**/__pycache__",
    # where a number is from, in words, and who its operator is: numbers are parsed and judged without them
    "phonenumbers/geodata", "phonenumbers/carrierdata", "phonenumbers/tzdata",
)  # fmt: skip
LANGUAGES = frozenset({"root", "en", "ru", "kk", "uz", "zh"})
"""Whose rules for numbers and dates stay (Babel's, 31 MB for all the world)."""


def drop_needless(packages: Path) -> None:
    """Drop of packages what no process of ours opens."""
    for pattern in NEEDLESS:
        for path in list(packages.glob(pattern)):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
    for path in packages.glob("babel/locale-data/*.dat"):
        if path.stem.split("_")[0] not in LANGUAGES:
            path.unlink()


def strip_libraries(packages: Path) -> None:
    """Take what only debuggers read out of compiled modules, where they can be changed safely."""
    for path in packages.rglob("*.so"):
        # Bundled libraries keep their bytes: auditwheel moved their tables, which strip may tear apart.
        if path.stat().st_size > 1 << 20 and not path.parent.name.endswith(".libs") and "chdb" not in path.parts:
            subprocess.run(["strip", "--strip-unneeded", str(path)], check=True)


def drop_scripts(binaries: Path) -> None:
    """Drop the packages' own commands: processes start as modules."""
    for path in binaries.iterdir():
        if not path.name.startswith("python"):
            path.unlink()


def name_user(root: Path) -> None:
    """Give the fixed uid a name, for programs that ask who they are."""
    (root / "etc").mkdir(parents=True, exist_ok=True)
    for name, line in (
        ("passwd", f"consilium:x:{UID}:{UID}::/tmp:/usr/sbin/nologin\n"),
        ("group", f"consilium:x:{UID}:\n"),
    ):
        kept = Path("/etc", name).read_text(encoding="utf-8")
        (root / "etc" / name).write_text(kept + line, encoding="utf-8")


def compile_all(root: Path, folder: str) -> None:
    """Compile every module below a folder, for the path where it will lie."""
    mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
    # One worker: compiled in one order, equal constants are shared equally; the Dockerfiles give the order of sets
    # (PYTHONHASHSEED), which lie in compiled modules as they were walked.
    compileall.compile_dir(
        root / folder, quiet=2, workers=1, stripdir=str(root), prependdir="/", invalidation_mode=mode
    )


def date(root: Path) -> None:
    """Give everything the same time."""
    for folder, folders, files in os.walk(root, topdown=False):
        for name in (*files, *folders):
            os.utime(Path(folder, name), (A_DAY, A_DAY), follow_symlinks=False)
    os.utime(root, (A_DAY, A_DAY))


def main() -> None:
    """Make a tree ready."""
    what, root = sys.argv[1], Path(sys.argv[2])
    if what == "packages":
        for packages in root.glob("opt/consilium/lib/python3*/site-packages"):
            drop_needless(packages)
            strip_libraries(packages)
        drop_scripts(root / "opt/consilium/bin")
        compile_all(root, "opt")
    else:
        name_user(root)
        compile_all(root, "app")
    date(root)


if __name__ == "__main__":
    main()
