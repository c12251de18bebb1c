"""Letters on disk: one file as it came and one with its envelope, bounded in number and bytes.

Promise: whatever `keep` returned is found again after a restart. The oldest letters go when there are too many.
"""

import email.policy
import json
import re
import threading
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Letter:
    """What a list shows: envelope, subject, times; `bounce_due` while a report of failure is owed."""

    id: str
    received_at: str
    sender: str
    recipients: list[str]
    subject: str
    size: int
    bounce_due: float | None = None
    bounce: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Content:
    """An opened letter."""

    headers: list[tuple[str, str]]
    text: str
    html: str
    links: list[str]
    attachments: list[str]


class Letters:
    """The store. Calls are quick (one small file or memory) and safe among threads."""

    def __init__(self, directory: Path, *, most: int = 50_000, most_bytes: int = 2 << 30) -> None:
        self._directory = directory
        self._most = most
        self._most_bytes = most_bytes
        self._lock = threading.Lock()
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._letters: dict[str, Letter] = {}
        for path in sorted(directory.glob("*.json")):
            known = _read(path)
            if known is not None:
                self._letters[known.id] = known
        self._bytes = sum(letter.size for letter in self._letters.values())
        self._last = max((int(key) for key in self._letters), default=0)

    def keep(
        self,
        sender: str,
        recipients: list[str],
        raw: bytes,
        *,
        bounce_due: float | None = None,
        bounce: tuple[str, str] | None = None,
    ) -> Letter:
        """Store a letter; with `bounce_due` (seconds since 1970) it owes the report `bounce` (status, text)."""
        headers = BytesParser(policy=email.policy.default).parsebytes(raw, headersonly=True)
        with self._lock:
            self._last += 1
            letter = Letter(
                id=f"{self._last:012d}",
                received_at=datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
                sender=sender,
                recipients=recipients,
                subject=_line(headers, "Subject"),
                size=len(raw),
                bounce_due=bounce_due,
                bounce=list(bounce or ()),
            )
            (self._directory / f"{letter.id}.eml").write_bytes(raw)
            self._write(letter)
            self._bytes += letter.size
            while len(self._letters) > 1 and (len(self._letters) > self._most or self._bytes > self._most_bytes):
                self._drop(next(iter(self._letters)))
        return letter

    def find(self, *, recipient: str = "", text: str = "", after: str = "", newest_first: bool = True) -> list[Letter]:
        """Return letters whose recipient and whose subject or sender contain the texts, later than the id `after`."""
        recipient, text = recipient.lower(), text.lower()
        with self._lock:
            found = [
                letter
                for letter in self._letters.values()
                if letter.id > after
                and any(recipient in one.lower() for one in letter.recipients)
                and (text in letter.subject.lower() or text in letter.sender.lower())
            ]
        return found[::-1] if newest_first else found

    def get(self, identifier: str) -> Letter | None:
        """Return one letter, or None."""
        return self._letters.get(identifier)

    def raw(self, letter: Letter) -> bytes:
        """Return the letter as it came; empty when it was dropped meanwhile."""
        try:
            return (self._directory / f"{letter.id}.eml").read_bytes()
        except FileNotFoundError:
            return b""

    def owing(self, now: float) -> list[Letter]:
        """Return the letters whose report of failure is due."""
        with self._lock:
            return [one for one in self._letters.values() if one.bounce_due is not None and one.bounce_due <= now]

    def settle(self, letter: Letter) -> None:
        """Remember that the report was delivered."""
        with self._lock:
            if letter.id in self._letters:
                self._write(replace(letter, bounce_due=None))

    def remove(self, identifier: str) -> bool:
        """Delete one letter; tell whether there was one."""
        with self._lock:
            if identifier not in self._letters:
                return False
            self._drop(identifier)
            return True

    def clear(self) -> int:
        """Delete all letters and return how many there were."""
        with self._lock:
            count = len(self._letters)
            for identifier in list(self._letters):
                self._drop(identifier)
            return count

    def _write(self, letter: Letter) -> None:
        path = self._directory / f"{letter.id}.json"
        fresh = path.with_suffix(".new")
        fresh.write_text(json.dumps(asdict(letter), ensure_ascii=False), encoding="utf-8")
        fresh.rename(path)
        self._letters[letter.id] = letter

    def _drop(self, identifier: str) -> None:
        self._bytes -= self._letters.pop(identifier).size
        for suffix in (".json", ".eml"):
            (self._directory / f"{identifier}{suffix}").unlink(missing_ok=True)


def opened(raw: bytes) -> Content:
    """Open a letter: decoded headers, bodies, links and names of attachments. Broken parts become empty text."""
    message = BytesParser(policy=email.policy.default).parsebytes(raw)
    html = _body(message, "html")
    return Content(
        headers=[(name, _line(message, name, index)) for name, index in _numbered(message)],
        text=_body(message, "plain"),
        html=html,
        links=list(dict.fromkeys(_unescape(link) for link in _LINK.findall(html))),
        attachments=[part.get_filename() or "unnamed" for part in message.iter_attachments()],
    )


_LINK = re.compile(r"""<a\b[^>]*?\bhref\s*=\s*["']([^"']+)["']""", re.IGNORECASE)


def _unescape(link: str) -> str:
    return link.replace("&amp;", "&")


def _numbered(message: EmailMessage) -> Iterator[tuple[str, int]]:
    seen: dict[str, int] = {}
    for name in message.keys():  # noqa: SIM118 - iterating the message itself is not declared by its type
        index = seen.get(name.lower(), 0)
        seen[name.lower()] = index + 1
        yield name, index


def _line(message: EmailMessage, name: str, index: int = 0) -> str:
    # The modern header parser raises on some hostile headers; whoever reads wants to see something all the same.
    try:
        values = message.get_all(name) or []
        return str(values[index]) if index < len(values) else ""
    except Exception:
        return "(unreadable)"


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    if part is None:
        return ""
    try:
        return str(part.get_content())
    except (LookupError, UnicodeError, ValueError, KeyError):
        payload = part.get_payload(decode=True)
        return payload.decode("utf-8", errors="replace") if isinstance(payload, bytes) else ""


def _read(path: Path) -> Letter | None:
    try:
        return Letter(**json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError):
        return None
