"""What an operator does to the warehouse: `python -m services.report backup|restore|replay|follow`.

`backup` asks the running report for its tables, so no other process opens the embedded warehouse. `restore` writes
them into an empty warehouse while report is stopped. `replay` lets report read again whatever the bus still holds,
from the beginning; facts that are there stay as they are. `follow` tells how much is left to read.
"""

import argparse
import asyncio
import gzip
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from chassis.backup.sets import STAMP, BackupWrong, Manifest, fingerprint, forget, opened, private, written
from chassis.bus import connect
from chassis.bus.subjects import stream_name
from chassis.grpc import Peer
from chassis.grpc.client import ServiceTokens
from chassis.settings import read_or_leave
from gen.consilium.report.v1 import reports_pb2 as pb
from gen.consilium.report.v1 import reports_pb2_grpc
from services.report.adapters.warehouse import schema
from services.report.adapters.warehouse.address import address_of
from services.report.adapters.warehouse.engine import Engine, FolderTaken, create_database, open_engine
from services.report.adapters.warehouse.keeping import counted
from services.report.config import Settings

VERBS = ("backup", "restore", "replay", "follow")
TOPICS = ("activity", "delivery", "message", "segment", "profile")
_HOURS = 6 * 3600.0


def say(text: str) -> None:
    """Tell the operator how far it is."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


async def backup(settings: Settings, root: Path, keep: int) -> None:
    """Take a backup into a folder of its own below `root`, and drop the oldest beyond `keep`."""
    tokens = ServiceTokens(settings.access_address, "report", settings.service_secret, tls=settings.tls_directory)
    peer = Peer(settings.report_address, "report", tokens=tokens, tls=settings.tls_directory)
    try:
        place = await taken(settings, peer, root)
    finally:
        await peer.close()
        await tokens.close()
    for gone in forget(root, keep):
        say(f"dropped {gone}")
    say(f"backup: {place}")


async def taken(settings: Settings, peer: Peer, root: Path) -> Path:
    """Take a backup of the report behind `peer`; returns its folder."""
    now = datetime.now(UTC)
    place = root / now.strftime(STAMP)
    place.mkdir(parents=True, mode=0o700)
    manifest = Manifest("warehouse", settings.namespace, now.isoformat(), 0, fingerprint(settings.installation_key))
    await _take(peer, manifest, place)
    written(place, manifest)
    for table, rows in manifest.documents.items():
        say(f"{table}: {rows}")
    return place


async def _take(peer: Peer, manifest: Manifest, place: Path) -> None:
    stub = reports_pb2_grpc.ReportsStub(peer.channel)
    known: tuple[str, int] = ("", -1)
    file: gzip.GzipFile | None = None
    try:
        async for piece in peer.stream(stub.DumpWarehouse, pb.DumpWarehouseRequest(), timeout=_HOURS):
            if (piece.table, piece.block) != known:
                known = (piece.table, piece.block)
                if file is not None:
                    file.close()
                file = private(place / piece.table / f"{piece.block:06}.native.gz")
                manifest.documents[piece.table] = manifest.documents.get(piece.table, 0) + piece.rows
            if file is not None:
                file.write(piece.content)
    finally:
        if file is not None:
            file.close()


async def restore(settings: Settings, place: Path) -> None:
    """Write a backup into an empty warehouse.

    Raises:
        BackupWrong: it is damaged, another installation's, or the warehouse holds facts.
        FolderTaken: report still runs.
    """
    manifest = opened(place)
    if manifest.key != fingerprint(settings.installation_key):
        raise BackupWrong(f"{place} was taken under another CONSILIUM_INSTALLATION_KEY")
    address = address_of(settings.clickhouse, settings.data_directory)
    await create_database(address, settings.warehouse_database)
    engine = await open_engine(address, settings.warehouse_database)
    try:
        await schema.migrate(engine)
        await put_back(engine, manifest, place)
    finally:
        await engine.close()


async def put_back(engine: Engine, manifest: Manifest, place: Path) -> None:
    """Write a backup's blocks into the open, empty warehouse and compare the counts."""
    there = await counted(engine)
    if full := [table for table, rows in there.items() if rows and table != "migrations"]:
        raise BackupWrong(f"the warehouse holds {', '.join(full)}; move its folder or drop its database first")
    for table in sorted(manifest.documents):
        for path in sorted((place / table).glob("*.native.gz")):
            with gzip.open(path, "rb") as file:
                content = file.read()
            if content:
                await engine.put_native(table, content)
        say(f"{table}: {manifest.documents[table]}")
    restored = await counted(engine)
    for table, rows in manifest.documents.items():
        if restored.get(table, 0) != rows:
            raise BackupWrong(f"{table}: {restored.get(table, 0)} rows are there, the backup has {rows}")


async def replay(settings: Settings) -> int:
    """Forget how far report has read; its next start reads all that the bus holds. Returns the places forgotten."""
    bus = await connect(settings.nats, namespace=settings.namespace, service="operator", cell=settings.cell)
    try:
        forgotten = 0
        for topic in TOPICS:
            stream = stream_name(bus.namespace, topic)
            for consumer in await bus.jetstream.consumers_info(stream):
                if consumer.name.startswith("report-"):
                    await bus.jetstream.delete_consumer(stream, consumer.name)
                    forgotten += 1
        return forgotten
    finally:
        await bus.close()


async def follow(settings: Settings, every: float = 5.0) -> None:
    """Tell how many facts are left to read until there are none."""
    bus = await connect(settings.nats, namespace=settings.namespace, service="operator", cell=settings.cell)
    try:
        began, most = time.monotonic(), 0
        while True:
            left = 0
            for topic in TOPICS:
                for each in await bus.jetstream.consumers_info(stream_name(bus.namespace, topic)):
                    if each.name.startswith("report-"):
                        left += (each.num_pending or 0) + (each.num_ack_pending or 0)
            most = max(most, left)
            say(f"{most - left} of {most} facts read, {left} left, {time.monotonic() - began:.0f} s")
            if left == 0:
                return
            await asyncio.sleep(every)
    finally:
        await bus.close()


def main(arguments: list[str]) -> int:
    """Do what the command line says; answers the exit code."""
    parser = argparse.ArgumentParser(prog="python -m services.report", description="Keeps the warehouse.")
    verbs = parser.add_subparsers(dest="verb", required=True)
    taking = verbs.add_parser("backup", help="take a backup of the running report into a new folder below DIRECTORY")
    taking.add_argument("directory", type=Path)
    taking.add_argument("--keep", type=int, default=14, help="backups that stay there")
    verbs.add_parser("restore", help="put the backup in DIRECTORY back; report is stopped").add_argument(
        "directory", type=Path
    )
    verbs.add_parser("replay", help="read again all that the bus holds, at the next start; report is stopped")
    verbs.add_parser("follow", help="tell how much is left to read")
    told = parser.parse_args(arguments)
    settings = read_or_leave(Settings)
    try:
        if told.verb == "backup":
            asyncio.run(backup(settings, told.directory, told.keep))
        elif told.verb == "restore":
            asyncio.run(restore(settings, told.directory))
        elif told.verb == "replay":
            forgotten = asyncio.run(replay(settings))
            say(f"{forgotten} places forgotten; start report, then: python -m services.report follow")
        else:
            asyncio.run(follow(settings))
    except (BackupWrong, FolderTaken) as wrong:
        sys.stderr.write(f"{wrong}\n")
        return 65  # EX_DATAERR
    return 0
