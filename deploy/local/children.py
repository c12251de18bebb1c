"""Child processes: started, watched and ended together with whoever started them.

Promise: a child never outlives its parent, not even after a SIGKILL of the parent: the kernel kills it
(`PR_SET_PDEATHSIG`, set by util-linux's `setpriv`, because a Python `preexec_fn` may deadlock among threads).
Limit: the kernel looks at the *thread* that started the child, so start children from a thread that lives as long
as the process, which in practice is the main one.
"""

import os
import resource
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

HOST = "127.0.0.1"
# Ephemeral ports begin at 32768 on Linux: a port below cannot be taken by somebody's outgoing connection meanwhile.
FIRST_PORT, LAST_PORT = 15000, 32767


class ChildError(RuntimeError):
    """A child ended or stayed silent when it should have answered; carries the end of its log."""


@dataclass(slots=True)
class Running:
    """A started child: where it answers, whether it does, and how to end it.

    `addresses` names what it serves, the most used one first; `probe` answers whether it is ready and may raise
    while it is not.
    """

    name: str
    process: subprocess.Popen[bytes]
    log: Path
    addresses: Mapping[str, str]
    probe: Callable[[], bool]
    seconds_to_stop: float = 45.0
    _ready: bool = field(default=False, init=False)

    @property
    def address(self) -> str:
        """Tell the first address."""
        return next(iter(self.addresses.values()))

    def ready(self) -> bool:
        """Ask once whether the child answers; true for good after the first yes.

        Raises:
            ChildError: it has ended.
        """
        if self.process.poll() is not None:
            raise ChildError(f"{self.name} ended with code {self.process.returncode}; its log says:\n{self.tail()}")
        if not self._ready:
            try:
                self._ready = self.probe()
            except Exception:  # an engine that starts refuses in its client's own words: all of them mean "not yet"
                self._ready = False
        return self._ready

    def wait(self, seconds: float) -> "Running":
        """Block until the child answers.

        Raises:
            ChildError: it has ended, or is not ready after `seconds`.
        """
        deadline = time.monotonic() + seconds
        while not self.ready():
            if time.monotonic() > deadline:
                raise ChildError(f"{self.name} does not answer after {seconds:.0f} s; its log says:\n{self.tail()}")
            time.sleep(0.1)
        return self

    def tail(self, lines: int = 15) -> str:
        """Return the last lines of the log, each shifted to the right."""
        if not self.log.exists():
            return "  (empty)"
        kept = self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:]
        return "\n".join(f"  {line}" for line in kept) or "  (empty)"

    def ask_to_stop(self) -> None:
        """Send SIGTERM and return at once; nothing happens when the child has ended."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)

    def stop(self) -> int:
        """End the child orderly, by force when it takes too long; return its exit code. Idempotent."""
        self.ask_to_stop()
        try:
            return self.process.wait(self.seconds_to_stop)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            return self.process.wait(10)


def bound(command: Sequence[str], *, user: str | None = None) -> list[str]:
    """Prefix a command so that its process is killed when the thread that started it ends.

    `user` (name of an account) lowers the rights, which only root can ask for.
    """
    launcher = [_setpriv(), "--pdeathsig", "KILL"]
    if user is not None:
        launcher += ["--reuid", user, "--regid", user, "--clear-groups"]
    return [*launcher, "--", *command]


def spawn(
    command: Sequence[str],
    log: Path,
    *,
    directory: Path,
    environment: Mapping[str, str] | None = None,
    user: str | None = None,
) -> subprocess.Popen[bytes]:
    """Start a bound child in a session of its own, so that Ctrl-C reaches the parent alone.

    Output is appended to `log`; `environment` is added to the present one.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    # Databases keep a file open per collection and index; the usual soft limit of 1,024 is a matter of minutes.
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with log.open("ab") as output:
        return subprocess.Popen(
            bound(command, user=user),
            cwd=directory,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def free_ports(count: int) -> list[int]:
    """Find distinct ports below 32768 on which nobody listens now.

    Each process looks from a place of its own, so that two that look at once seldom meet.
    """
    return [port for port, _ in zip(_free(), range(count), strict=False)]


def taken(port: int) -> bool:
    """Tell whether somebody listens on the loopback port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return True
    return False


@contextmanager
def ended(children: list[Running]) -> Iterator[list[Running]]:
    """Stop whatever the list holds at the end, the last started first, whatever happened meanwhile."""
    try:
        yield children
    finally:
        for child in reversed(children):
            child.stop()


_given: set[int] = set()


def _free() -> Iterator[int]:
    span = LAST_PORT - FIRST_PORT + 1
    start = (os.getpid() * 97 + time.monotonic_ns() // 1000) % span
    for step in range(span):
        port = FIRST_PORT + (start + step) % span
        if port not in _given and not taken(port):
            _given.add(port)
            yield port


def _setpriv() -> str:
    found = shutil.which("setpriv")
    if found is None:
        raise ChildError("setpriv is missing; type: apt-get install util-linux")
    return found
