"""What the driver's errors mean for whoever asked."""

from typing import Any

import pytest
from pymongo.errors import (
    AutoReconnect,
    BulkWriteError,
    CursorNotFound,
    DuplicateKeyError,
    NotPrimaryError,
    OperationFailure,
    PyMongoError,
    ServerSelectionTimeoutError,
    WriteConcernError,
    WTimeoutError,
)

from chassis.mongo import MongoUnavailable, asked, duplicates, new_only

TAKEN = {"index": 1, "code": 11000, "keyPattern": {"_id": 1}, "errmsg": "quotes a document"}
LEAVING = {"index": 0, "code": 11600, "errmsg": "interrupted at shutdown"}
WRONG = {"index": 0, "code": 121, "errmsg": "document failed validation"}
UNCONFIRMED = {"code": 91, "errmsg": "Replication is being shut down"}


def bulk(*failures: dict[str, Any], unconfirmed: bool = False) -> BulkWriteError:
    return BulkWriteError({"writeErrors": list(failures), "writeConcernErrors": [UNCONFIRMED] * unconfirmed})


@pytest.mark.parametrize(
    "error",
    [
        AutoReconnect("closed"),
        ServerSelectionTimeoutError("nobody"),
        NotPrimaryError("stepped down", {"code": 10107}),
        WTimeoutError("slow", 64),
        WriteConcernError("Replication is being shut down", 91),
        CursorNotFound("started anew", 43),
        OperationFailure("host unreachable", 6),
        bulk(LEAVING),
        bulk(unconfirmed=True),
        bulk(TAKEN, unconfirmed=True),
    ],
    ids=lambda error: f"{type(error).__name__}-{getattr(error, 'code', '')}",
)
def test_an_engine_that_leaves_says_so_in_many_ways_and_the_caller_hears_one(error: PyMongoError) -> None:
    with pytest.raises(MongoUnavailable), asked():
        raise error


@pytest.mark.parametrize("error", [OperationFailure("bad query", 2), DuplicateKeyError("taken", 11000), bulk(WRONG)])
def test_what_we_did_wrong_stays_what_it_is(error: PyMongoError) -> None:
    with pytest.raises(type(error)), asked():
        raise error


def insert(error: BulkWriteError) -> None:
    raise error


def test_only_taken_keys_are_an_answer() -> None:
    assert duplicates(bulk(TAKEN)) == [TAKEN]
    with pytest.raises(BulkWriteError):
        duplicates(bulk(TAKEN, WRONG))
    with pytest.raises(BulkWriteError):
        duplicates(bulk())
    with pytest.raises(MongoUnavailable):
        duplicates(bulk(TAKEN, unconfirmed=True))


def test_what_is_there_already_counts_as_inserted_and_what_is_unconfirmed_does_not() -> None:
    with new_only():
        insert(bulk(TAKEN))
    with pytest.raises(MongoUnavailable), new_only():
        insert(bulk(unconfirmed=True))
    with pytest.raises(BulkWriteError), new_only():
        insert(bulk(WRONG))
