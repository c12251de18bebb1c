"""Files on their way from the door to a service: sealed, streamed, in the bus's object store.

Promise: a file is never held whole in memory and never lies anywhere in clear; a frame that was cut off, moved or
altered does not open. A file that nobody deleted is gone after `KEPT`, unless its bucket keeps for ever. A bucket that
is full says so, keeps what it has and still lets go of it. Reading asks for one chunk after another: a connection that
breaks meanwhile is told within seconds, whatever was on its way. (The client's own reading follows an ordered consumer,
which waits for ever for a first chunk that was lost, and goes on in the background when its reader has given up.)
Limits: names are the caller's, unguessable and without anything personal; a name is written once.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from datetime import timedelta
from typing import BinaryIO

from nats.js.api import ObjectInfo
from nats.js.errors import APIError, NotFoundError
from nats.js.object_store import OBJ_CHUNKS_PRE_TEMPLATE, OBJ_STREAM_TEMPLATE, ObjectStore

from chassis.ahead import fetched_ahead
from chassis.bus.connection import UNAVAILABLE, Bus, BusUnavailable
from chassis.crypto import SealBroken, Sealer
from chassis.kernel import Code, Problem

FRAME = 64 << 10
_SEALED_FRAME = FRAME + 12 + 16  # nonce and tag of AES-GCM
KEPT = timedelta(days=60)
_BYTES = 8 << 30
_FULL = frozenset({10047, 10077})  # The server's codes for "no storage left" and "the stream takes no more bytes".


class FileUnknown(Problem):
    """The file was never stored, or is gone."""

    code = Code.NOT_FOUND
    reason = "FILE_UNKNOWN"
    template = "There is no such file, or it has expired."


class FileStoreFull(Problem):
    """The bucket holds as much as it may."""

    code = Code.FAILED_PRECONDITION
    reason = "FILE_STORE_FULL"
    template = "There is no room for another file; delete some first."


async def ensure_bucket(bus: Bus, bucket: str, kept: timedelta | None = KEPT, most_bytes: int = _BYTES) -> None:
    """Create a bucket unless it is there; called by `migrate`. `kept` None: its files stay until they are deleted."""
    name = bucket_name(bus, bucket)
    try:
        await bus.jetstream.object_store(name)
    except NotFoundError:
        await bus.jetstream.create_object_store(
            name,
            ttl=None if kept is None else int(kept.total_seconds()),
            max_bytes=int(most_bytes * bus.stream_share),
            storage="file",
            replicas=bus.stream_replicas,
        )


def bucket_name(bus: Bus, bucket: str) -> str:
    """Name a bucket of this installation."""
    return f"{bus.namespace}-{bucket}"


class SealedFiles:
    """The files of one bucket."""

    def __init__(self, bus: Bus, installation_key: bytes, bucket: str) -> None:
        self._bus, self._name = bus, bucket_name(bus, bucket)
        self._sealer = Sealer(installation_key, f"files-{bucket}")

    async def put(self, name: str, pieces: AsyncIterator[bytes]) -> int:
        """Store a file from its pieces as they come; answers its size in bytes.

        Raises:
            FileStoreFull: there is no room for it; nothing is stored.
            BusUnavailable: the store does not answer; nothing is stored.
        """
        pump = _Pump(self._sealed(name, pieces), asyncio.get_running_loop())
        try:
            await (await self._store()).put(name, pump)  # type: ignore[arg-type]  # it asks for readinto alone
        except APIError as error:
            raise FileStoreFull if error.err_code in _FULL else BusUnavailable from error
        except UNAVAILABLE as error:
            raise BusUnavailable from error
        return pump.size

    async def fetch(self, name: str, into: BinaryIO) -> int:
        """Write a file in clear into an open file that only this process can reach; answers its size.

        Raises:
            FileUnknown: it is not there.
            SealBroken: it was altered or cut off.
            BusUnavailable: the store does not answer; some of it may be written.
        """
        opener = _Opener(self._sealer, name, into)
        async with aclosing(fetched_ahead(self._chunks(name))) as chunks:
            async for chunk in chunks:
                await asyncio.to_thread(opener.write, chunk)
        return await asyncio.to_thread(opener.finish)

    async def delete(self, name: str) -> None:
        """Delete a file; nothing happens when it is not there."""
        try:
            store = await self._store()
            try:
                await store.delete(name)
            except APIError as error:
                if error.err_code not in _FULL:
                    raise
                # Its content is gone all the same, so now there is room to write down that it is.
                await store.delete(name)
        except NotFoundError:
            return
        except UNAVAILABLE as error:
            raise BusUnavailable from error

    async def _chunks(self, name: str) -> AsyncGenerator[bytes, None]:
        """Give what is stored of a file, in order; one that lost chunks ends early."""
        stream, last = OBJ_STREAM_TEMPLATE.format(bucket=self._name), 0
        info = await self._info(name)
        subject = OBJ_CHUNKS_PRE_TEMPLATE.format(bucket=self._name, obj=info.nuid)
        for _ in range(info.chunks or 0):
            try:
                found = await self._bus.jetstream.get_msg(stream, seq=last + 1, subject=subject, next=True)
            except NotFoundError:
                await self._info(name)  # it may have been deleted meanwhile
                return
            except UNAVAILABLE as error:
                raise BusUnavailable from error
            last = found.seq or 0
            yield found.data or b""

    async def _info(self, name: str) -> ObjectInfo:
        try:
            return await (await self._store()).get_info(name)
        except NotFoundError as error:
            raise FileUnknown from error
        except UNAVAILABLE as error:
            raise BusUnavailable from error

    async def _store(self) -> ObjectStore:
        return await self._bus.jetstream.object_store(self._name)

    async def _sealed(self, name: str, pieces: AsyncIterator[bytes]) -> AsyncIterator[tuple[bytes, int]]:
        """Cut pieces into frames and seal them; every frame knows its place and whether it is the last."""
        held = bytearray()
        index = 0
        async for piece in pieces:
            held += piece
            while len(held) > FRAME:
                frame, held = bytes(held[:FRAME]), held[FRAME:]
                yield self._sealer.seal(frame, _place(name, index, last=False)), len(frame)
                index += 1
        yield self._sealer.seal(bytes(held), _place(name, index, last=True)), len(held)


def _place(name: str, index: int, *, last: bool) -> bytes:
    return f"{name}\x1f{index}\x1f{int(last)}".encode()


class _Pump:
    """A file to read from, for a reader in a thread, fed by the loop."""

    def __init__(self, frames: AsyncIterator[tuple[bytes, int]], loop: asyncio.AbstractEventLoop) -> None:
        self._frames, self._loop = frames, loop
        self._rest = b""
        self.size = 0

    def readinto(self, buffer: bytearray) -> int:
        if not self._rest:
            self._rest = asyncio.run_coroutine_threadsafe(self._next(), self._loop).result()
        count = min(len(self._rest), len(buffer))
        buffer[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count

    async def _next(self) -> bytes:
        async for frame, size in self._frames:
            self.size += size
            return frame
        return b""


class _Opener:
    """Takes what is stored, opens frames on the way and writes them."""

    def __init__(self, sealer: Sealer, name: str, into: BinaryIO) -> None:
        self._sealer, self._name, self._into = sealer, name, into
        self._held = bytearray()
        self._index = 0
        self._size = 0

    def write(self, data: bytes) -> None:
        self._held += data
        while len(self._held) > _SEALED_FRAME:
            frame = bytes(self._held[:_SEALED_FRAME])
            del self._held[:_SEALED_FRAME]
            self._open(frame, last=False)

    def finish(self) -> int:
        self._open(bytes(self._held), last=True)
        self._into.flush()
        return self._size

    def _open(self, frame: bytes, *, last: bool) -> None:
        plain = self._sealer.open(frame, _place(self._name, self._index, last=last))
        self._into.write(plain)
        self._size += len(plain)
        self._index += 1


__all__ = ["FileStoreFull", "FileUnknown", "SealBroken", "SealedFiles", "ensure_bucket"]
