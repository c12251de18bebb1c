"""Runs the benchmarks and writes docs/benchmarks.md: `python -m benchmarks [NAME …] [--scale N]`.

Small sizes by default (all of them in under ten minutes on two cores); `--scale 10` takes ten times as much work.
Each benchmark module offers `async def measure(scale: float) -> list[Figure]`. What holds a figure back is written by
hand in causes.md, which ends the page.
"""

import argparse
import asyncio
import importlib
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import uvloop

from benchmarks.figures import Figure, machine, table

NAMES = ("profile_upsert", "import_sheet", "segment_count", "client_list", "mail", "track")
ASKED_FOR = ("scaling",)
"""Run when they are named alone: the product beside itself, not beside a ceiling."""
HERE = Path(__file__).resolve().parent
TARGET = HERE.parent / "docs" / "benchmarks.md"
CAUSES = HERE / "causes.md"


def main() -> int:
    """Run what the command line names."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measures beside raw ceilings.")
    parser.add_argument("names", nargs="*", choices=[*NAMES, *ASKED_FOR, []], default=[])
    parser.add_argument("--scale", type=float, default=1.0)
    arguments = parser.parse_args()
    figures: list[Figure] = []
    began = time.monotonic()
    for name in arguments.names or NAMES:
        print(f"== {name}", flush=True)
        # The loop that services run on, for ours and for the ceilings.
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            found = runner.run(importlib.import_module(f"benchmarks.{name}").measure(arguments.scale))
        print(table(found), flush=True)
        figures += found
    if not arguments.names:
        TARGET.write_text(
            "# Measured\n\n"
            "Written by `make bench`. Each figure stands beside its raw ceiling: the engines alone with the identical\n"
            "documents, prepared beforehand, same write concern, same run. Ratios travel between machines, absolutes\n"
            "do not.\n\n"
            f"Machine: {machine()}. Day: {datetime.now(UTC):%Y-%m-%d}. Scale: {arguments.scale:g}. "
            f"Time: {time.monotonic() - began:.0f} s.\n\n{table(figures)}\n\n" + CAUSES.read_text(encoding="utf-8"),
            encoding="utf-8",
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
