"""Where the warehouse is: in a folder of this process, or behind a server's HTTP interface."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit


@dataclass(frozen=True, slots=True)
class Embedded:
    """The engine inside this process; its data live in one folder, which no other process may open meanwhile."""

    path: Path


@dataclass(frozen=True, slots=True)
class Remote:
    """A ClickHouse server or cluster, by its HTTP interface."""

    host: str
    port: int
    username: str = "default"
    password: str = ""
    secure: bool = False


Address = Embedded | Remote


def address_of(url: str | None, directory: Path) -> Address:
    """Read the server's address; without one the warehouse is embedded, in a folder of its own in `directory`.

    Raises:
        ValueError: not a URL of ClickHouse's HTTP interface.
    """
    if url is None:
        return Embedded(directory / "warehouse")
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("must be http[s]://user:password@host:port")
    secure = parts.scheme == "https"
    return Remote(
        host=parts.hostname,
        port=parts.port or (8443 if secure else 8123),
        username=unquote(parts.username or "default"),
        password=unquote(parts.password or ""),
        secure=secure,
    )
