"""The mailbox seen from outside: starting it, reading letters, setting rules. Used by the story and by tests."""

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from deploy.local.children import HOST, Running, spawn

NAME = "mailbox"
PORTS = 2


def start(directory: Path, ports: Sequence[int], *, bounces: str | None = None, log: Path | None = None) -> Running:
    """Start a mailbox with SMTP on `ports[0]` and its page on `ports[1]`; `bounces` takes reports of failure."""
    smtp, page = ports
    directory.mkdir(parents=True, exist_ok=True)
    command = [
        sys.executable, "-m", "deploy.local.mailbox", "--directory", str(directory.resolve()),
        "--smtp", str(smtp), "--page", str(page), *(["--bounces", bounces] if bounces else []),
    ]  # fmt: skip
    log = log or directory / "mailbox.log"
    process = spawn(command, log, directory=Path(__file__).resolve().parents[3])
    addresses = {"page": f"http://{HOST}:{page}", "smtp": f"smtp://{HOST}:{smtp}"}
    return Running(NAME, process, log, addresses, lambda: _alive(page))


def _alive(page: int) -> bool:
    return httpx.get(f"http://{HOST}:{page}/healthz", timeout=2).status_code == httpx.codes.OK


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A running mailbox: `page` is its http address, `smtp` looks like `smtp://127.0.0.1:2525`."""

    page: str
    smtp: str

    def letters(self, *, recipient: str = "", text: str = "", after: str = "") -> list[dict[str, Any]]:
        """Return all letters that fit, oldest first: id, received_at, sender, recipients, subject, size."""
        found: list[dict[str, Any]] = []
        while True:
            query = {"recipient": recipient, "text": text, "after": after, "oldest_first": True, "page_size": 1000}
            items = self._get("/letters", **query)["items"]
            found += items
            if len(items) < 1000:
                return found
            after = items[-1]["id"]

    def read(self, identifier: str) -> dict[str, Any]:
        """Open a letter: beside what the list holds, headers [[name, value]], text, html, links, attachments."""
        opened: dict[str, Any] = self._get(f"/letters/{identifier}")
        return opened

    def raw(self, identifier: str) -> bytes:
        """Return the letter as it came."""
        return httpx.get(f"{self.page}/letters/{identifier}/raw", timeout=30).raise_for_status().content

    def wait(self, count: int, *, recipient: str = "", text: str = "", seconds: float = 60) -> list[dict[str, Any]]:
        """Return the letters that fit once there are at least `count`.

        Raises:
            TimeoutError: there are fewer after `seconds`.
        """
        deadline = time.monotonic() + seconds
        while len(found := self.letters(recipient=recipient, text=text)) < count:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{len(found)} letters of {count} after {seconds:.0f} s")
            time.sleep(0.1)
        return found

    def add_rules(self, *rules: dict[str, Any]) -> None:
        """Put rules before those in force; see `deploy/local/mailbox/rules.py` for their fields."""
        httpx.post(f"{self.page}/rules", json=list(rules), timeout=30).raise_for_status()

    def clear_rules(self) -> None:
        """Accept everybody again."""
        httpx.delete(f"{self.page}/rules", timeout=30).raise_for_status()

    def refusals(self) -> list[dict[str, Any]]:
        """Return what rules did to recipients, oldest first: at, recipient, action, reply."""
        refused: list[dict[str, Any]] = self._get("/refusals")
        return refused

    def clear(self) -> None:
        """Delete all letters."""
        httpx.delete(f"{self.page}/letters", timeout=30).raise_for_status()

    def _get(self, path: str, **query: Any) -> Any:
        return httpx.get(f"{self.page}{path}", params=query, timeout=30).raise_for_status().json()
