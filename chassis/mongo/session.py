"""One client per process; majority writes; a service's database by its namespace."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from bson.codec_options import CodecOptions
from pymongo import AsyncMongoClient
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import PyMongoError
from pymongo.read_concern import ReadConcern
from pymongo.read_preferences import ReadPreference
from pymongo.write_concern import WriteConcern

from chassis.kernel.problem import Conflict
from chassis.mongo.asking import MongoUnavailable, asked, engine_away
from chassis.mongo.spans import CommandSpans
from chassis.retry import patient
from chassis.telemetry.logs import log
from chassis.telemetry.tracing import recording

Document = dict[str, Any]
_TRANSIENT = "TransientTransactionError"
_UNKNOWN = "UnknownTransactionCommitResult"


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
        except PyMongoError as error:
            if error.has_error_label(_TRANSIENT) and not error.has_error_label(_UNKNOWN):
                raise Conflict from error
            if engine_away(error):
                raise MongoUnavailable from error
            raise

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
        with asked():
            return await client.admin.command("ping")

    await patient(
        ping, MongoUnavailable, lambda error: log().warning("mongodb.waiting", kind=type(error.__cause__).__name__)
    )
    return Session(client, namespace)


Collection = AsyncCollection[Document]
Database = AsyncDatabase[Document]
