"""One client per process; majority writes; a service's database by its namespace.

Errors of the driver hold whole documents, people included: they are never logged nor passed on. `engine_away` turns
"the engine does not answer" into a `Problem`; everything else stays a bug.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from bson.codec_options import CodecOptions
from pymongo import AsyncMongoClient
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import (
    AutoReconnect,
    ConnectionFailure,
    ExecutionTimeout,
    NetworkTimeout,
    NotPrimaryError,
    OperationFailure,
    PyMongoError,
    ServerSelectionTimeoutError,
    WTimeoutError,
)
from pymongo.read_concern import ReadConcern
from pymongo.read_preferences import ReadPreference
from pymongo.write_concern import WriteConcern

from chassis.kernel import Code, Problem
from chassis.kernel.problem import Conflict
from chassis.mongo.spans import CommandSpans
from chassis.retry import patient
from chassis.telemetry.logs import log
from chassis.telemetry.tracing import recording

Document = dict[str, Any]
UNAVAILABLE: tuple[type[PyMongoError], ...] = (
    AutoReconnect,
    ConnectionFailure,
    ExecutionTimeout,
    NetworkTimeout,
    NotPrimaryError,
    ServerSelectionTimeoutError,
    WTimeoutError,
)
_TRANSIENT = "TransientTransactionError"
_UNKNOWN = "UnknownTransactionCommitResult"


class MongoUnavailable(Problem):
    """MongoDB does not answer."""

    code = Code.UNAVAILABLE
    reason = "DEPENDENCY_UNAVAILABLE"
    template = "The store does not answer; try again."

    def __init__(self) -> None:
        super().__init__(retry_after=1.0)


def engine_away(error: BaseException) -> bool:
    """Tell whether an error of the driver means that the engine is away, not that we did something wrong."""
    return isinstance(error, UNAVAILABLE)


@dataclass(slots=True)
class Session:
    """A process's access to MongoDB."""

    client: AsyncMongoClient[Document]
    namespace: str

    def database(self, service: str) -> AsyncDatabase[Document]:
        """Give a service's database: `consilium_profile`."""
        return self.client.get_database(
            f"{self.namespace}_{service}",
            codec_options=CodecOptions(tz_aware=True),
            write_concern=WriteConcern("majority", wtimeout=10_000),
            read_concern=ReadConcern("majority"),
            read_preference=ReadPreference.PRIMARY,
        )

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncClientSession]:
        """Run writes as one: all or nothing, snapshot reads, majority commit.

        Raises:
            Conflict: another writer met this one; load and decide again.
            MongoUnavailable: the engine went away; nothing is known to be written.
        """
        try:
            async with (
                self.client.start_session() as session,
                await session.start_transaction(
                    read_concern=ReadConcern("snapshot"), write_concern=WriteConcern("majority", wtimeout=10_000)
                ),
            ):
                yield session
        except OperationFailure as error:
            if error.has_error_label(_TRANSIENT):
                raise Conflict from error
            raise
        except UNAVAILABLE as error:
            if error.has_error_label(_TRANSIENT) and not error.has_error_label(_UNKNOWN):
                raise Conflict from error
            raise MongoUnavailable from error

    async def ready(self) -> bool:
        """Tell whether a primary answers now."""
        try:
            await self.client.admin.command("ping")
        except PyMongoError:
            return False
        return True

    async def close(self) -> None:
        """Hang up."""
        await self.client.close()


async def connect(url: str, namespace: str) -> Session:
    """Connect, waiting for the engine as long as it takes."""
    client: AsyncMongoClient[Document] = AsyncMongoClient(
        url,
        tz_aware=True,
        appname=namespace,
        serverSelectionTimeoutMS=3_000,
        connectTimeoutMS=2_000,
        socketTimeoutMS=60_000,
        retryWrites=True,
        retryReads=True,
        maxPoolSize=64,
        event_listeners=[CommandSpans()] if recording() else [],
    )

    async def ping() -> Mapping[str, Any]:
        return await client.admin.command("ping")

    await patient(ping, UNAVAILABLE, lambda error: log().warning("mongodb.waiting", kind=type(error).__name__))
    return Session(client, namespace)


Collection = AsyncCollection[Document]
Database = AsyncDatabase[Document]
