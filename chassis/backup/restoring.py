"""Putting a backup back: databases, kept files, keys; the ledger of erasures is added to and never rolled back.

Promise: nothing is touched before every file was compared with its digest and the target was found empty (or given
up by `replace`); what was restored has the backup's counts, or the command fails.
"""

import gzip
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, cast

from bson import decode_file_iter, json_util
from bson.raw_bson import DEFAULT_RAW_BSON_OPTIONS
from nats.js.errors import NotFoundError
from pymongo import MongoClient, UpdateOne

from chassis.backup.sets import BackupWrong, Manifest, fingerprint, opened, set_of
from chassis.bus import Bus

Client = MongoClient[dict[str, Any]]
Say = Callable[[str], None]
_BATCH = 1_000


def checked(place: Path, installation_key: bytes) -> Manifest:
    """Read a set's manifest; refuse one that is damaged or another installation's.

    Raises:
        BackupWrong: see above.
    """
    manifest = opened(place)
    if manifest.key != fingerprint(installation_key):
        raise BackupWrong(f"{place} was taken under another CONSILIUM_INSTALLATION_KEY: nothing in it could be opened")
    return manifest


def refuse_full(client: Client, namespace: str) -> None:
    """Refuse to write over an installation.

    Raises:
        BackupWrong: a database of the namespace holds documents.
    """
    for name in client.list_database_names():
        if name.startswith(f"{namespace}_") and set_of(name.removeprefix(f"{namespace}_")) != "ledger":
            for collection in client[name].list_collection_names():
                if client[name][collection].find_one({}, {"_id": 1}) is not None:
                    raise BackupWrong(f"{name} holds documents; stop every process and say --replace to give them up")


def restore_databases(client: Client, manifest: Manifest, place: Path, namespace: str, say: Say) -> None:
    """Write a set's databases anew; what was there is dropped."""
    for short in sorted({each.partition("/")[0] for each in manifest.documents}):
        client.drop_database(f"{namespace}_{short}")
    for each, count in sorted(manifest.documents.items()):
        short, _, name = each.partition("/")
        collection = client[f"{namespace}_{short}"].create_collection(name)
        for batch in _batches(place / short / f"{name}.bson.gz"):
            collection.insert_many(batch, ordered=False)
        _make_indexes(collection, place / short / f"{name}.metadata.json.gz")
        found = collection.count_documents({})
        if found != count:
            raise BackupWrong(f"{each}: {found} documents are there, the backup has {count}")
        say(f"{each}: {count}")


def add_erasures(client: Client, place: Path, namespace: str) -> int:
    """Add the ledger's decisions to those that are there and let all be carried out again; returns how many."""
    ledger = client[f"{namespace}_erasures"]["erasures"]
    for batch in _batches(place / "erasures" / "erasures.bson.gz"):
        decisions = [dict(each) for each in batch]
        ledger.bulk_write(
            [UpdateOne({"_id": each.pop("_id")}, {"$setOnInsert": each}, upsert=True) for each in decisions],
            ordered=False,
        )
    ledger.update_many({}, {"$unset": {"carried_out_at": ""}})
    return int(ledger.count_documents({}))


def _batches(path: Path) -> Iterator[list[Any]]:
    if not path.is_file():
        return
    with gzip.open(path, "rb") as file:
        batch = []
        for document in decode_file_iter(cast(BinaryIO, file), DEFAULT_RAW_BSON_OPTIONS):
            batch.append(document)
            if len(batch) == _BATCH:
                yield batch
                batch = []
        if batch:
            yield batch


def _make_indexes(collection: Any, path: Path) -> None:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        told = json_util.loads(file.read())
    wanted = [{k: v for k, v in index.items() if k not in {"v", "ns"}} for index in told["indexes"]]
    wanted = [index for index in wanted if index["name"] != "_id_"]
    if wanted:
        collection.database.command({"createIndexes": collection.name, "indexes": wanted})


async def restore_files(bus: Bus, manifest: Manifest, place: Path, say: Say) -> None:
    """Put the kept files back into their buckets; one that is there stays."""
    for bucket in manifest.files:
        name = f"{bus.namespace}-{bucket}"
        try:
            store = await bus.jetstream.object_store(name)
        except NotFoundError:
            store = await bus.jetstream.create_object_store(name, storage="file", replicas=bus.stream_replicas)
        put = 0
        for path in sorted((place / "files" / bucket).glob("*.gz")):
            file = path.name.removesuffix(".gz")
            try:
                await store.get_info(file)
            except NotFoundError:
                with gzip.open(path, "rb") as content:
                    await store.put(file, io.BytesIO(content.read()))
                put += 1
        say(f"files of {bucket}: {put} put back, {manifest.files[bucket]} in the backup")
