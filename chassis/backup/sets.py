"""What a backup consists of, and its files.

Three sets, in folders of their own, because they are kept for different times:
`data` (every database of the namespace but the two below, and the buckets of the bus whose files are kept for ever),
and in a place of their own `keys` (data keys, wrapped; a week at most, or an erased person could be read from an old
backup) and `ledger` (erasures that were decided; never rolled back, only ever added to).

A database's folder has the form of `mongodump --gzip` (`<collection>.bson.gz`, `<collection>.metadata.json.gz`), so
`mongorestore --gzip` reads it too. `manifest.json` comes last: a folder without one is not a backup.
"""

import gzip
import hashlib
import hmac
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

KEYS = ("keys", "channel_keys")
LEDGER = ("erasures",)
DATA = ("data",)
APART = ("keys", "ledger")
SETS = (*DATA, *APART)
MANIFEST = "manifest.json"
STAMP = "%Y%m%dT%H%M%SZ"


class BackupWrong(Exception):  # noqa: N818 - told to the operator as it is
    """What is wrong with a backup or with the place that it is to go to."""


@dataclass(slots=True)
class Manifest:
    """What a set holds: documents by "database/collection", files by bucket, the digest of every file."""

    set: str
    namespace: str
    taken: str
    cluster_time: int
    key: str
    documents: dict[str, int] = field(default_factory=dict)
    files: dict[str, int] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)


def set_of(database: str) -> str:
    """Tell which set a database (without its namespace) belongs to."""
    return "keys" if database in KEYS else "ledger" if database in LEDGER else "data"


def fingerprint(installation_key: bytes) -> str:
    """Give a mark of the installation's key by which a restore tells another one; the key cannot be had from it."""
    return hmac.new(installation_key, b"consilium-backup", hashlib.sha256).hexdigest()[:16]


def written(place: Path, manifest: Manifest) -> None:
    """Note every file's digest and close the set."""
    for path in sorted(place.rglob("*")):
        if path.is_file():
            manifest.digests[str(path.relative_to(place))] = digest(path)
    text = json.dumps(asdict(manifest), indent=1, sort_keys=True) + "\n"
    fresh = place / f".{MANIFEST}"
    fresh.write_text(text, encoding="utf-8")
    fresh.rename(place / MANIFEST)


def opened(place: Path) -> Manifest:
    """Read a set's manifest and compare every file with it.

    Raises:
        BackupWrong: it was never finished, or a file is missing or altered.
    """
    try:
        manifest = Manifest(**json.loads((place / MANIFEST).read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise BackupWrong(f"{place} has no {MANIFEST}: it is no backup, or one that was not finished") from None
    for name, known in manifest.digests.items():
        path = place / name
        if not path.is_file() or digest(path) != known:
            raise BackupWrong(f"{path} is missing or altered")
    return manifest


def digest(path: Path) -> str:
    """Give a file's SHA-256."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def private(path: Path) -> gzip.GzipFile:
    """Open a compressed file to write that only its owner may read; it holds people in the clear."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    return gzip.GzipFile(fileobj=os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb"), mode="wb")


def backups(root: Path) -> Iterator[tuple[datetime, Path]]:
    """Give the backups below a folder, oldest first."""
    for path in sorted(root.iterdir()) if root.is_dir() else ():
        try:
            yield datetime.strptime(path.name, STAMP).replace(tzinfo=UTC), path
        except ValueError:
            continue


def forget(root: Path, keep: int) -> list[Path]:
    """Drop all but the newest backups, keys of more than a week in any case; returns what was dropped."""
    known = list(backups(root))
    gone = [path for _, path in known[: max(0, len(known) - keep)]]
    for path in gone:
        shutil.rmtree(path)
    week_ago = datetime.now(UTC) - timedelta(days=7)
    for taken, path in known:
        if taken < week_ago and (path / "keys").is_dir():
            shutil.rmtree(path / "keys")
            gone.append(path / "keys")
    return gone
