"""What a person sees while the system runs: steps with their time, and lines of the logs that matter.

Whole logs are in files; the screen repeats warnings, errors and whatever is no structured line at all (a
traceback), each with the name of its process.
"""

import contextlib
import json
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

_WIDTH = 11
_QUIET = frozenset({"debug", "info"})


def say(name: str, text: str) -> None:
    """Print one line under a name; lines of several threads never mix. A screen that is gone stops nothing."""
    with contextlib.suppress(OSError):
        sys.stdout.write(f"{name[:_WIDTH]:>{_WIDTH}} | {text}\n")
        sys.stdout.flush()


def counted(number: int, one: str, many: str = "") -> str:
    """Write a number with its unit, thousands apart: `1 row`, `8,914 rows`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


@contextmanager
def step(name: str, text: str) -> Iterator[None]:
    """Say what begins and, when it went well, how long it took."""
    began = time.monotonic()
    say(name, f"{text} …")
    yield
    say(name, f"{text}: done in {time.monotonic() - began:.1f} s")


class Follower:
    """Repeats fresh lines of log files on the screen from a thread of its own, until stopped."""

    def __init__(self, *, everything: bool = False) -> None:
        self._everything = everything
        self._offsets: dict[Path, int] = {}
        self._names: dict[Path, str] = {}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="log-follower", daemon=True)

    def follow(self, name: str, log: Path) -> None:
        """Repeat what is written to `log` from now on; following the same file again goes on where it was."""
        if log not in self._offsets:
            self._offsets[log] = log.stat().st_size if log.exists() else 0
            self._names[log] = name

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Print what is left and end."""
        self._over.set()
        if self._thread.is_alive():
            self._thread.join(5)

    def _run(self) -> None:
        while not self._over.wait(0.3):
            self._turn()
        self._turn()

    def _turn(self) -> None:
        for log in list(self._offsets):
            try:
                with log.open("rb") as file:
                    file.seek(self._offsets[log])
                    fresh = file.read(1 << 20)
            except OSError:
                continue
            whole = fresh[: fresh.rfind(b"\n") + 1]
            self._offsets[log] += len(whole)
            for line in whole.decode("utf-8", errors="replace").splitlines():
                shown = line if self._everything else worth(line)
                if shown:
                    say(self._names[log], shown)


def worth(line: str) -> str | None:
    """Return what of a log line belongs on the screen, None when nothing does."""
    if not line.strip():
        return None
    try:
        entry = json.loads(line)
    except ValueError:
        return line
    if not isinstance(entry, Mapping) or "level" not in entry:
        return line
    if str(entry["level"]).lower() in _QUIET:
        return None
    rest = " ".join(f"{key}={value}" for key, value in entry.items() if key not in {"level", "event", "timestamp"})
    return f"{entry['level']}: {entry.get('event', '')} {rest}".rstrip()
