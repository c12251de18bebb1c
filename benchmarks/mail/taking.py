"""The sink as a process beside the benchmark, asked how many letters it has taken."""

import subprocess
import sys


class Sink:
    """A running `benchmarks.mail.sink`; `address` is how channel is told of it."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "benchmarks.mail.sink"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.address = f"smtp://127.0.0.1:{self._line()}?tls=never"

    def letters(self) -> int:
        """Ask how many letters it took; blocks for a moment."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return self._line()

    def stop(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait()

    def _line(self) -> int:
        assert self._process.stdout is not None
        return int(self._process.stdout.readline())
