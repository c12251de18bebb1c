"""Taking a backup: every database of a namespace as it was at one moment, beside running writers.

Promise: all collections are read at one cluster time, so no document refers to one that is not there.
Limits: the engine keeps the past for `minSnapshotHistoryWindowInSeconds` (five minutes unless raised); an installation
that takes longer to read is told so, and is backed up by its engine's own means (docs/admin/backup.md).
"""

import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bson import json_util
from nats.js.errors import NotFoundError
from pymongo import MongoClient
from pymongo.errors import OperationFailure

from chassis.backup.sets import BackupWrong, Manifest, private, set_of, written
from chassis.bus import Bus

Client = MongoClient[dict[str, Any]]
Say = Callable[[str], None]
_TOO_OLD = 239
_BATCH = 2_000


def dump_databases(client: Client, manifests: dict[str, Manifest], place: Path, say: Say) -> None:
    """Write every database of the manifests' namespace into the sets' folders."""
    prefix = f"{next(iter(manifests.values())).namespace}_"
    names = sorted(name for name in client.list_database_names() if name.startswith(prefix))
    if not names:
        raise BackupWrong(f"there is no database whose name begins with {prefix}")
    with client.start_session(snapshot=True) as session:
        for name in names:
            short = name.removeprefix(prefix)
            manifest = manifests.get(set_of(short))
            if manifest is None:
                continue
            for collection in sorted(each["name"] for each in client[name].list_collections()):
                target = place / manifest.set / short
                _write_indexes(client[name][collection], target / f"{collection}.metadata.json.gz")
                with private(target / f"{collection}.bson.gz") as file:
                    try:
                        count = _write_documents(client[name][collection], session, file)
                    except OperationFailure as error:
                        if error.code == _TOO_OLD:
                            raise BackupWrong(
                                "reading took longer than the engine keeps the past; raise its parameter "
                                "minSnapshotHistoryWindowInSeconds, or take the backup by the engine's own means"
                            ) from None
                        raise
                manifest.documents[f"{short}/{collection}"] = count
                say(f"{short}/{collection}: {count}")
        # The driver tells the moment that it chose nowhere else, and its stubs do not know of it.
        moment = getattr(session, "_snapshot_time", None)
        for manifest in manifests.values():
            manifest.cluster_time = (moment.time << 32) + moment.inc if moment is not None else 0


def _write_documents(collection: Any, session: Any, file: Any) -> int:
    count = 0
    for batch in collection.find_raw_batches({}, session=session, batch_size=_BATCH):
        file.write(batch)
        count += _documents(batch)
    return count


def _documents(batch: bytes) -> int:
    count = at = 0
    while at < len(batch):
        at += struct.unpack_from("<i", batch, at)[0]
        count += 1
    return count


def _write_indexes(collection: Any, path: Path) -> None:
    told = {"indexes": list(collection.list_indexes()), "options": {}, "collectionName": collection.name}
    with private(path) as file:
        file.write(json_util.dumps(told).encode())


async def dump_files(bus: Bus, manifest: Manifest, place: Path, say: Say) -> None:
    """Write the files of every bucket that keeps its files for ever; they are sealed, and stay so."""
    prefix = f"OBJ_{bus.namespace}-"
    for stream in await bus.jetstream.streams_info():
        name = str(stream.config.name)
        if not name.startswith(prefix) or stream.config.max_age:
            continue
        bucket = name.removeprefix(prefix)
        store = await bus.jetstream.object_store(f"{bus.namespace}-{bucket}")
        try:
            known = await store.list()
        except NotFoundError:
            known = []
        for each in known:
            with private(place / "data" / "files" / bucket / f"{each.name}.gz") as file:
                await store.get(each.name, writeinto=file)
        manifest.files[bucket] = len(known)
        say(f"files of {bucket}: {len(known)}")


def close_sets(manifests: dict[str, Manifest], place: Path) -> None:
    """Make the sets valid."""
    for name, manifest in manifests.items():
        (place / name).mkdir(parents=True, exist_ok=True, mode=0o700)
        written(place / name, manifest)
