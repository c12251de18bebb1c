"""The console in a real browser on a real system: the tests live with the console (`console/tests/browser`)."""

import json
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from deploy.local.story.__main__ import play
from deploy.local.system import System
from tests.installation import installed

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
ROWS = 600


@pytest.fixture(scope="module")
def system() -> Iterator[System]:
    """Give a running system on which the story was played with a small base."""
    with installed() as running:
        assert play(running.directory, seed=20250901, rows=ROWS), "the story holds"
        yield running


@pytest.fixture(scope="module")
def control(system: System) -> Iterator[str]:
    """Give a door through which a browser's test restarts the gateway, as an operator may at any time."""

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.path == "/gateway:restart"
            system.part("gateway").process.terminate()
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    door = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    threading.Thread(target=door.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{door.server_port}"
    door.shutdown()


@pytest.mark.timeout(1500)
def test_the_console_in_a_browser(system: System, control: str) -> None:
    assert Path(CHROMIUM).exists(), "install it with: apt-get install chromium"
    page = httpx.get(f"{system.gateway()}/")
    assert page.status_code == 200, page.text
    environment = {
        **os.environ,
        "PATH": f"{ROOT / '.venv/bin'}{os.pathsep}{os.environ['PATH']}",
        "CONSILIUM_ADDRESSES": str(system.told),
        "CONSILIUM_CONTROL": control,
        "CONSILIUM_CHROMIUM": CHROMIUM,
    }
    assert json.loads(system.told.read_text())["gateway"] == system.gateway()
    tests = subprocess.Popen(["npm", "run", "--silent", "browser"], cwd=ROOT / "console", env=environment)
    while tests.poll() is None:
        system.watch()
        try:
            tests.wait(0.5)
        except subprocess.TimeoutExpired:
            continue
    assert tests.returncode == 0
