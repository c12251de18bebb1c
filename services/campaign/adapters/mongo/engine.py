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
    except BulkWriteError as error:
        if _only_unconfirmed(error):
            raise MongoUnavailable from error
        raise


@contextmanager
def new_only() -> Iterator[None]:
    """Run an unordered insert in which what is there already counts as done."""
    try:
        yield
    except BulkWriteError as error:
        failures = (error.details or {}).get("writeErrors", ())
        if _only_unconfirmed(error) or any(failure["code"] != _DUPLICATE for failure in failures):
            raise


def _only_unconfirmed(error: BulkWriteError) -> bool:
    """Tell whether everything was written and only a majority has not said so: the engine changes hands."""
    details = error.details or {}
    return bool(details.get("writeConcernErrors")) and not details.get("writeErrors")
