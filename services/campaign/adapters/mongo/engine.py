"""The border to the driver: its "does not answer" becomes a problem that callers and consumers know."""

from collections.abc import Iterator
from contextlib import contextmanager

from pymongo.errors import BulkWriteError

from chassis.mongo import UNAVAILABLE, MongoUnavailable

_DUPLICATE = 11000


@contextmanager
def asked() -> Iterator[None]:
    """Run calls of the driver.

    Raises:
        MongoUnavailable: the engine is away; whether the last write happened is not known.
    """
    try:
        yield
    except UNAVAILABLE as error:
        raise MongoUnavailable from error


@contextmanager
def new_only() -> Iterator[None]:
    """Run an unordered insert in which what is there already counts as done."""
    try:
        yield
    except BulkWriteError as error:
        details = error.details or {}
        if details.get("writeConcernErrors"):
            raise MongoUnavailable from error
        if any(failure["code"] != _DUPLICATE for failure in details.get("writeErrors", ())):
            raise
