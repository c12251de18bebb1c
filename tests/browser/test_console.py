"""The console in a real browser on a real system: the tests live with the console (`console/tests/browser`)."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Empty, SimpleQueue

import httpx
import pytest

from deploy.local.story.__main__ import play
from deploy.local.system import System
from tests.installation import installed

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
ROWS = 600
SECONDS = 1200.0


@pytest.fixture(scope="module")
def system() -> Iterator[System]:
    """Give a running system on which the story was played with a small base."""
    with installed() as running:
        assert play(running.directory, seed=20250901, rows=ROWS), "the story holds"
        yield running


class Control:
    """A door through which a browser's test restarts the gateway, as an operator may at any time.

    Promise: it answers once the gateway has ended and starts again. The restart itself is done by whoever calls
    `serve`, because children end with the thread that started them.
    """

    def __init__(self, system: System) -> None:
        self._system = system
        self._asked: SimpleQueue[threading.Event] = SimpleQueue()
        asked = self._asked

        class Door(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                assert self.path == "/gateway:restart"
                done = threading.Event()
                asked.put(done)
                self.send_response(204 if done.wait(30) else 504)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._door = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        self.address = f"http://127.0.0.1:{self._door.server_port}"
        threading.Thread(target=self._door.serve_forever, daemon=True).start()

    def serve(self, seconds: float) -> None:
        """Do what is asked within `seconds`."""
        try:
            done = self._asked.get(timeout=seconds)
        except Empty:
            return
        self._system.restart("gateway")
        done.set()

    def close(self) -> None:
        """Stop listening."""
        self._door.shutdown()
        self._door.server_close()


@pytest.fixture
def control(system: System) -> Iterator[Control]:
    """Give the door."""
    door = Control(system)
    yield door
    door.close()


def end(group: subprocess.Popen[bytes]) -> None:
    """End a process and those that it started, by force when asking does not help."""
    for asked in (signal.SIGTERM, signal.SIGKILL):
        if group.poll() is not None:
            return
        os.killpg(group.pid, asked)
        with contextlib.suppress(subprocess.TimeoutExpired):
            group.wait(15)


@pytest.mark.timeout(1800)
def test_the_console_in_a_browser(system: System, control: Control) -> None:
    assert Path(CHROMIUM).exists(), "install it with: apt-get install chromium"
    page = httpx.get(f"{system.gateway()}/")
    assert page.status_code == 200, page.text
    assert json.loads(system.told.read_text())["gateway"] == system.gateway()
    environment = {
        **os.environ,
        "PATH": f"{ROOT / '.venv/bin'}{os.pathsep}{os.environ['PATH']}",
        "CONSILIUM_ADDRESSES": str(system.told),
        "CONSILIUM_CONTROL": control.address,
        "CONSILIUM_CHROMIUM": CHROMIUM,
    }
    command = ["npm", "run", "--silent", "browser"]
    # A session of its own: what hangs is ended together with the browsers that it started.
    tests = subprocess.Popen(command, cwd=ROOT / "console", env=environment, start_new_session=True)
    deadline = time.monotonic() + SECONDS
    try:
        while tests.poll() is None:
            assert time.monotonic() < deadline, f"the browser's tests take longer than {SECONDS:.0f} s"
            system.watch()
            control.serve(0.5)
    finally:
        end(tests)
    assert tests.returncode == 0
