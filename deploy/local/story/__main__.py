"""`python -m deploy.local.story`: play the story on a running system; the exit code tells whether all of it held.

It may be played again: sources that exist stay, known rows change nothing, and a fresh segment, letter and campaign
are made.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx

from deploy.local.demo.base import write_base
from deploy.local.screen import counted, say
from deploy.local.story.api import StoryError
from deploy.local.story.audience import make_segments
from deploy.local.story.letter import send_campaign, send_test, write_letter
from deploy.local.story.load import compare_faces, compare_with_truth, declare_sources, import_files
from deploy.local.story.recipients import act
from deploy.local.story.results import compare_report, launch_again
from deploy.local.story.telling import Telling, begin

SEED = 20250901
ROWS = 20_000

STEPS: tuple[tuple[str, Callable[[Telling], None]], ...] = (
    ("bases and sources", declare_sources),
    ("four files become people", import_files),
    ("who is who", compare_with_truth),
    ("what the partner sees", compare_faces),
    ("a segment", make_segments),
    ("a letter", write_letter),
    ("a test", send_test),
    ("a campaign", send_campaign),
    ("what readers do", act),
    ("the next launch", launch_again),
    ("the report", compare_report),
)


def play(directory: Path, *, seed: int, rows: int) -> bool:
    """Play all steps against the system whose state lives in `directory`; tell whether everything held."""
    addresses = json.loads((directory / "addresses.json").read_text(encoding="utf-8"))
    files = directory / "demo"
    counts = write_base(files, seed, rows)
    listed = ", ".join(f"{name} {rows:,}" for name, rows in counts.items())
    say("story", f"the demo base of invented people: {counted(sum(counts.values()), 'row')}: {listed} (seed {seed})")
    story = begin(addresses, files)
    began = time.monotonic()
    for number, (name, step) in enumerate(STEPS, 1):
        say("story", f"── {number} of {len(STEPS)}: {name}")
        moment = time.monotonic()
        try:
            step(story)
        except (StoryError, httpx.HTTPError, TimeoutError) as problem:
            say("story", f"FAILED at step {number} ({name}): {problem}")
            return False
        say("story", f"   held, in {time.monotonic() - moment:.1f} s")
    took = time.monotonic() - began
    say("story", f"the whole story held, in {took:.0f} s")
    kept = {"seed": seed, "rows": counts, "seconds": round(took), **story.told}
    kept.pop("left", None)
    (directory / "story.json").write_text(json.dumps(kept, ensure_ascii=False, indent=1), encoding="utf-8")
    return True


def main() -> int:
    """Read the command line and play."""
    parser = argparse.ArgumentParser(prog="python -m deploy.local.story", description=__doc__)
    parser.add_argument("--directory", type=Path, default=Path(".run"), help="state of the running system")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--rows", type=int, default=ROWS, help="rows of the four files together, about")
    arguments = parser.parse_args()
    if not (arguments.directory / "addresses.json").exists():
        parser.error(f"no system is running in {arguments.directory}; type: make run")
    return 0 if play(arguments.directory, seed=arguments.seed, rows=arguments.rows) else 1


if __name__ == "__main__":
    sys.exit(main())
