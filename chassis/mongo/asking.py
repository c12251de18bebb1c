"""Asking the driver: what its many errors mean for whoever asked.

They hold whole documents, people included, so they are never logged nor passed on. "The engine does not answer", in
whichever of its ways it says so, becomes a `Problem`; "the key is taken" an answer; everything else stays a bug.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from pymongo.errors import (
    AutoReconnect,
    BulkWriteError,
    ConnectionFailure,
    CursorNotFound,
    ExecutionTimeout,
    OperationFailure,
    PyMongoError,
    WriteConcernError,
)

from chassis.kernel import Code, Problem

_AWAY: tuple[type[PyMongoError], ...] = (
    AutoReconnect,
    ConnectionFailure,
    CursorNotFound,  # its engine was started anew while it was read
    ExecutionTimeout,
    WriteConcernError,  # written, but the engine left before a majority could confirm it
)
_LEAVING = frozenset({6, 7, 89, 91, 134, 189, 262, 9001, 10058, 10107, 11600, 11602, 13435, 13436})
"""Codes by which a node says that it stops, changes its role or has lost its peers."""

_DUPLICATE_KEY = 11000


class MongoUnavailable(Problem):
    """MongoDB does not answer."""

    code = Code.UNAVAILABLE
    reason = "DEPENDENCY_UNAVAILABLE"
    template = "The store does not answer; try again."

    def __init__(self) -> None:
        super().__init__(retry_after=1.0)


def engine_away(error: BaseException) -> bool:
    """Tell whether an error of the driver means that the engine is away, not that we did something wrong."""
    if isinstance(error, BulkWriteError):
        details = error.details or {}
        failures = details.get("writeErrors", ())
        return bool(details.get("writeConcernErrors")) or any(failure.get("code") in _LEAVING for failure in failures)
    return isinstance(error, _AWAY) or (isinstance(error, OperationFailure) and error.code in _LEAVING)


@contextmanager
def asked() -> Iterator[None]:
    """Run calls of the driver.

    Raises:
        MongoUnavailable: the engine is away; whether the last write happened is not known.
    """
    try:
        yield
    except PyMongoError as error:
        if engine_away(error):
            raise MongoUnavailable from error
        raise


def duplicates(error: BulkWriteError) -> Sequence[dict[str, Any]]:
    """Give the writes of a bulk that were refused because their key is taken: `{index, keyPattern, …}` each.

    Raises:
        MongoUnavailable: some were refused, or not confirmed, because the engine is away.
        BulkWriteError: something else was wrong with one of them; it is the error that was given.
    """
    if engine_away(error):
        raise MongoUnavailable from None
    failures: Sequence[dict[str, Any]] = (error.details or {}).get("writeErrors", ())
    if not failures or any(failure.get("code") != _DUPLICATE_KEY for failure in failures):
        raise error
    return failures


@contextmanager
def new_only() -> Iterator[None]:
    """Run an unordered insert in which what is there already counts as done.

    Raises:
        MongoUnavailable: the engine is away; whether all was inserted is not known.
    """
    try:
        with asked():
            yield
    except BulkWriteError as error:
        duplicates(error)
