"""Runs the test suites one after another and prints how long each took.

    python -m tools.suites [--only NAME] [--times N] [--full]

A suite that fails does not stop the others; the exit code is 1 when any failed. `--full` lets outages last as
long as real ones do (CONSILIUM_FAULTS=full), and the suite `faults` then holds those of single services too.
"""

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# name: (folder or files, seconds that it may take before somebody should look)
SUITES: dict[str, tuple[str, int]] = {
    "unit": ("tests/unit", 180),
    "engines": ("tests/engines", 120),
    "contract": ("tests/contract", 120),
    "component": ("tests/component", 300),
    "integration": ("tests/integration", 900),
    "faults": ("tests/faults", 300),
    "e2e": ("tests/e2e", 600),
    "browser": ("tests/browser", 600),
}
# Runs only when it is named (`make browser`): it needs Chromium, and has yet to be seen green as a whole.
BESIDE = frozenset({"browser"})
# What all faults at full length may take together.
FULL_SECONDS = 1800


def run(name: str, *, full: bool) -> tuple[str, float]:
    """Run one suite; answers how it ended and its seconds.

    What failed is tried once more, alone: whole systems on a busy machine meet deadlines that mean nothing. It is told
    as "unsteady", never as "passed": such a test wants mending.
    """
    folder, _ = SUITES[name]
    chosen = ["tests", "-m", "faults"] if full and name == "faults" else [folder]
    began = time.monotonic()
    environment = {**os.environ, **({"CONSILIUM_FAULTS": "full"} if full else {})}
    print(f"== {name}", flush=True)
    command = [sys.executable, "-m", "pytest", *chosen]
    result = "passed"
    if subprocess.run(command, check=False, cwd=ROOT, env=environment).returncode:
        print(f"== {name}: what failed, once more", flush=True)
        again = [*command, "--last-failed", "--last-failed-no-failures", "none"]
        code = subprocess.run(again, check=False, cwd=ROOT, env=environment).returncode
        result = "unsteady" if code == 0 else "FAILED"
    return result, time.monotonic() - began


def main() -> int:
    """Run what the command line names."""
    parser = argparse.ArgumentParser(description="Runs the test suites.")
    parser.add_argument("--only", choices=SUITES)
    parser.add_argument("--times", type=int, default=1)
    parser.add_argument("--full", action="store_true")
    arguments = parser.parse_args()
    names = [arguments.only] if arguments.only else [name for name in SUITES if name not in BESIDE]
    rows = []
    for _ in range(arguments.times):
        for name in names:
            result, seconds = run(name, full=arguments.full)
            rows.append((name, result, seconds))
    print("\nsuite         result   seconds   budget")
    for name, result, seconds in rows:
        budget = SUITES[name][1] if not arguments.full else FULL_SECONDS
        note = "  over budget" if seconds > budget else ""
        print(f"{name:<13} {result:<8} {seconds:7.0f}   {budget:6d}{note}")
    failed = sum(result == "FAILED" for _, result, _ in rows)
    print(f"suites: {len(rows) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
