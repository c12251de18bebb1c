"""`python -m chassis.backup dump|restore|show`: see docs/admin/backup.md."""

import argparse
import asyncio
import sys
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pymongo import MongoClient

from chassis import checks
from chassis.backup.dumping import close_sets, dump_databases, dump_files
from chassis.backup.restoring import add_erasures, checked, refuse_full, restore_databases, restore_files
from chassis.backup.sets import APART, DATA, SETS, STAMP, BackupWrong, Manifest, fingerprint, forget, opened
from chassis.bus import Bus, connect
from chassis.settings import read_or_leave, variable


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a backup is told: where things are, and the key by whose mark it knows its own."""

    namespace: str = variable("NAMESPACE", default="consilium", about="prefix of databases, streams and indices")
    mongodb: str = variable("MONGODB", secret=True, about="MongoDB address", check=checks.url("mongodb", "mongodb+srv"))
    nats: str = variable("NATS", secret=True, about="NATS address", check=checks.url("nats", "tls", "ws", "wss"))
    installation_key: bytes = variable(
        "INSTALLATION_KEY", secret=True, about="32 bytes, base64; wraps all data keys", check=checks.key
    )


def say(text: str) -> None:
    """Tell the operator how far it is."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def dump(settings: Settings, root: Path, keep: int, sets: tuple[str, ...] = DATA) -> Path:
    """Take a backup of some sets into a folder of its own below `root`, and drop the oldest beyond `keep`."""
    now = datetime.now(UTC)
    place = root / now.strftime(STAMP)
    place.mkdir(parents=True, mode=0o700)
    mark = fingerprint(settings.installation_key)
    manifests = {name: Manifest(name, settings.namespace, now.isoformat(), 0, mark) for name in sets}
    with MongoClient[dict[str, Any]](settings.mongodb, tz_aware=True, serverSelectionTimeoutMS=30_000) as client:
        dump_databases(client, manifests, place, say)
    if "data" in manifests:
        _over_bus(settings, lambda bus: dump_files(bus, manifests["data"], place, say))
    close_sets(manifests, place)
    for gone in forget(root, keep):
        say(f"dropped {gone}")
    say(f"backup: {place}")
    return place


def restore(settings: Settings, place: Path, apart: Path, *, replace: bool) -> None:
    """Put a backup back, with the keys and the ledger that were taken apart, and later."""
    data = checked(place / "data", settings.installation_key)
    keys = checked(apart / "keys", settings.installation_key)
    checked(apart / "ledger", settings.installation_key)
    if keys.cluster_time < data.cluster_time:
        raise BackupWrong(f"{apart} is older than {place}: the newest records would have no keys; take later keys")
    url = settings.mongodb
    with MongoClient[dict[str, Any]](url, tz_aware=True, serverSelectionTimeoutMS=30_000, w="majority") as client:
        if not replace:
            refuse_full(client, settings.namespace)
        restore_databases(client, data, place / "data", settings.namespace, say)
        restore_databases(client, keys, apart / "keys", settings.namespace, say)
        again = add_erasures(client, apart / "ledger", settings.namespace)
    _over_bus(settings, lambda bus: restore_files(bus, data, place / "data", say))
    say(f"restored; {again} erasures are carried out again by profile's `work` before the doors may open")


def show(place: Path) -> None:
    """Compare every file with its digest and tell what a backup holds."""
    for name in SETS:
        if not (place / name).is_dir():
            continue
        manifest = opened(place / name)
        say(f"{name}: taken {manifest.taken}, {sum(manifest.documents.values())} documents")
        for each, count in {**manifest.documents, **manifest.files}.items():
            say(f"  {each}: {count}")


def _over_bus(settings: Settings, work: Callable[[Bus], Coroutine[None, None, None]]) -> None:
    async def run() -> None:
        bus = await connect(settings.nats, namespace=settings.namespace, service="backup")
        try:
            await work(bus)
        finally:
            await bus.close()

    asyncio.run(run())


def main() -> int:
    """Do what the command line says; answers the exit code."""
    parser = argparse.ArgumentParser(prog="python -m chassis.backup", description="Takes and restores backups.")
    verbs = parser.add_subparsers(dest="verb", required=True)
    dumping = verbs.add_parser("dump", help="take a backup into a new folder below DIRECTORY")
    dumping.add_argument("directory", type=Path)
    dumping.add_argument("--keys", action="store_true", help="the keys and the ledger of erasures, not the data")
    dumping.add_argument("--keep", type=int, default=14, help="backups that stay there")
    restoring = verbs.add_parser("restore", help="put the backup in DIRECTORY back; every process must be stopped")
    restoring.add_argument("directory", type=Path)
    restoring.add_argument("--keys", type=Path, required=True, help="the folder of keys and ledger, taken later")
    restoring.add_argument("--replace", action="store_true", help="give up what the databases hold now")
    verbs.add_parser("show", help="check the backup in DIRECTORY").add_argument("directory", type=Path)
    arguments = parser.parse_args()
    try:
        if arguments.verb == "dump":
            sets = APART if arguments.keys else DATA
            dump(read_or_leave(Settings), arguments.directory, arguments.keep, sets)
        elif arguments.verb == "restore":
            restore(read_or_leave(Settings), arguments.directory, arguments.keys, replace=arguments.replace)
        else:
            show(arguments.directory)
    except BackupWrong as wrong:
        sys.stderr.write(f"{wrong}\n")
        return 65  # EX_DATAERR
    return 0


if __name__ == "__main__":
    sys.exit(main())
