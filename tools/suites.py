"""Runs the test suites and prints how long each took.

    python -m tools.suites [--only NAME] [--times N] [--full]

Most of what a suite does is to wait, so two run beside each other, each with engines of its own; what it says is shown
when it ends. Those that measure waiting itself run alone, after them. A suite that fails does not stop the others; the
exit code is 1 when any failed. `--full` lets outages last as long as real ones do (CONSILIUM_FAULTS=full), and the
suite `faults` then holds those of single services too.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent.parent

# name: (folder or files, seconds that it may take before somebody should look); the longest first
SUITES: dict[str, tuple[str, int]] = {
    "integration": ("tests/integration", 900),
    "component": ("tests/component", 400),
    "e2e": ("tests/e2e", 400),
    "engines": ("tests/engines", 120),
    "contract": ("tests/contract", 120),
    "unit": ("tests/unit", 180),
    "faults": ("tests/faults", 540),
    "browser": ("tests/browser", 600),
}
# Those that need Docker: `make test-containers`, never part of `make test`.
APART: dict[str, tuple[str, int]] = {"containers": ("tests/containers", 600)}
# A frozen process or a slow screen means something only where nothing else keeps the machine busy.
ALONE = ("faults", "browser")
BUDGETS = {**SUITES, **APART}
TOGETHER = 2
# What all faults at full length may take together.
FULL_SECONDS = 1800


@dataclass(frozen=True, slots=True)
class Ended:
    """How a suite ended: "passed", "unsteady" or "FAILED", and after how many seconds."""

    name: str
    result: str
    seconds: float


_SAYING = threading.Lock()


def run(name: str, *, full: bool) -> Ended:
    """Run one suite and print what it says as it says it.

    What failed is tried once more, alone: whole systems on a busy machine meet deadlines that mean nothing. It is told
    as "unsteady", never as "passed": such a test wants mending.
    """
    return _run(name, None, full=full)


def run_beside(name: str, *, full: bool) -> Ended:
    """Run one suite as `run` does while another may run, and print what it said when it has ended."""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as said:
        ended = _run(name, said, full=full)
        said.seek(0)
        with _SAYING:
            print(f"== {name}: {ended.result} after {ended.seconds:.0f} s", said.read(), sep="\n", flush=True)
    return ended


def _run(name: str, said: IO[str] | None, *, full: bool) -> Ended:
    folder, _ = BUDGETS[name]
    chosen = ["tests", "-m", "faults"] if full and name == "faults" else [folder]
    # A cache for each: what failed in one suite is none of another's business.
    command = [sys.executable, "-m", "pytest", "-o", f"cache_dir=.pytest_cache/{name}", *chosen]
    environment = {**os.environ, **({"CONSILIUM_FAULTS": "full"} if full else {})}

    def failed(*more: str) -> bool:
        done = subprocess.run(
            [*command, *more], check=False, cwd=ROOT, env=environment, stdout=said, stderr=subprocess.STDOUT
        )
        return done.returncode != 0

    print(f"== {name}: begun", flush=True)
    began = time.monotonic()
    result = "passed"
    if failed():
        print(f"== {name}: what failed, once more", flush=True)
        result = "FAILED" if failed("--last-failed", "--last-failed-no-failures", "none") else "unsteady"
    return Ended(name, result, time.monotonic() - began)


def run_all(names: Sequence[str], *, full: bool) -> list[Ended]:
    """Run suites: two beside each other, then those that want the machine for themselves."""
    beside = [name for name in names if name not in ALONE]
    if len(beside) == 1:
        return [run(name, full=full) for name in names]
    with ThreadPoolExecutor(TOGETHER) as pool:
        ended = list(pool.map(lambda name: run_beside(name, full=full), beside))
    return ended + [run(name, full=full) for name in names if name in ALONE]


def main() -> int:
    """Run what the command line names."""
    parser = argparse.ArgumentParser(description="Runs the test suites.")
    parser.add_argument("--only", choices=BUDGETS)
    parser.add_argument("--times", type=int, default=1)
    parser.add_argument("--full", action="store_true")
    arguments = parser.parse_args()
    names = [arguments.only] if arguments.only else list(SUITES)
    ended = [each for _ in range(arguments.times) for each in run_all(names, full=arguments.full)]
    print("\nsuite         result   seconds   budget")
    for each in ended:
        budget = BUDGETS[each.name][1] if not arguments.full else FULL_SECONDS
        note = "  over budget" if each.seconds > budget else ""
        print(f"{each.name:<13} {each.result:<8} {each.seconds:7.0f}   {budget:6d}{note}")
    failed = sum(each.result == "FAILED" for each in ended)
    print(f"suites: {len(ended) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
