"""Makes the single mongod of compose.yaml a replica set, once; runs in the service image before the migrations."""

import sys
import time
from typing import Any

import pymongo
from pymongo.errors import OperationFailure, PyMongoError

_NOT_INITIATED = 94


def initiate(address: str) -> None:
    """Wait for the server, initiate it unless it is, and wait until it takes writes."""
    client: pymongo.MongoClient[dict[str, Any]]
    with pymongo.MongoClient(f"mongodb://{address}/?directConnection=true", serverSelectionTimeoutMS=2000) as client:
        while True:
            try:
                if _set_of_one(client, address):
                    return
            except PyMongoError as error:
                sys.stderr.write(f"{address} does not answer yet: {type(error).__name__}\n")
            time.sleep(1)


def _set_of_one(client: "pymongo.MongoClient[dict[str, Any]]", address: str) -> bool:
    try:
        client.admin.command("replSetGetStatus")
    except OperationFailure as refusal:
        if refusal.code != _NOT_INITIATED:
            raise
        client.admin.command("replSetInitiate", {"_id": "rs0", "members": [{"_id": 0, "host": address}]})
    return bool(client.admin.command("hello")["isWritablePrimary"])


if __name__ == "__main__":
    initiate(sys.argv[1])
