"""Makes the single mongod a replica set, once; doing it again changes nothing."""

import sys
import time
from typing import Any

import pymongo
from pymongo.errors import OperationFailure, PyMongoError

ADDRESS = "mongodb-0.mongodb:27017"
NOT_YET_INITIALIZED = 94

client: pymongo.MongoClient[dict[str, Any]] = pymongo.MongoClient(
    f"mongodb://{ADDRESS}", directConnection=True, serverSelectionTimeoutMS=2000
)
while True:
    try:
        try:
            client.admin.command("replSetGetStatus")
        except OperationFailure as error:
            if error.code != NOT_YET_INITIALIZED:
                raise
            client.admin.command("replSetInitiate", {"_id": "rs0", "members": [{"_id": 0, "host": ADDRESS}]})
        if client.admin.command("hello")["isWritablePrimary"]:
            break
    except PyMongoError as error:
        sys.stderr.write(f"mongodb does not answer yet: {type(error).__name__}\n")
    time.sleep(1)
