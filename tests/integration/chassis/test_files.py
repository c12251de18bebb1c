"""Files in the object store: sealed, streamed, whole or refused."""

import asyncio
import io
import os
from collections.abc import AsyncIterator

import pytest

from chassis.bus.connection import Bus, BusUnavailable, connect
from chassis.crypto import SealBroken
from chassis.files import FRAME, FileUnknown, SealedFiles, bucket_name, ensure_bucket
from chassis.kernel import new_id
from tests.polling import until
from tests.proxy import proxied

KEY = bytes(range(32))


@pytest.fixture
async def bus(nats_url: str, namespace: str) -> AsyncIterator[Bus]:
    bus = await connect(nats_url, namespace=namespace, service="test")
    bus.stream_share = 0.01
    await ensure_bucket(bus, "uploads")
    await ensure_bucket(bus, "uploads")
    yield bus
    await bus.jetstream.delete_object_store(bucket_name(bus, "uploads"))
    await bus.close()


async def pieces(content: bytes, size: int) -> AsyncIterator[bytes]:
    for at in range(0, len(content), size):
        yield content[at : at + size]


@pytest.mark.parametrize("size", [0, 1, FRAME - 1, FRAME, FRAME + 1, 5 * FRAME, 1_000_003])
async def test_a_file_comes_back_as_it_went(bus: Bus, size: int) -> None:
    files = SealedFiles(bus, KEY, "uploads")
    content, name = os.urandom(size), new_id()
    assert await files.put(name, pieces(content, 7_001)) == size
    into = io.BytesIO()
    assert await files.fetch(name, into) == size
    assert into.getvalue() == content


async def test_nothing_lies_there_in_clear(bus: Bus) -> None:
    name = new_id()
    await SealedFiles(bus, KEY, "uploads").put(name, pieces(b"Ivanov;+79161234567" * 1000, 4096))
    raw = await (await bus.jetstream.object_store(bucket_name(bus, "uploads"))).get(name)
    assert raw.data is not None
    assert b"Ivanov" not in raw.data


async def test_another_name_or_key_does_not_open(bus: Bus) -> None:
    one, other = new_id(), new_id()
    await SealedFiles(bus, KEY, "uploads").put(one, pieces(b"x" * 100, 10))
    store = await bus.jetstream.object_store(bucket_name(bus, "uploads"))
    raw = await store.get(one)
    await store.put(other, raw.data or b"")
    with pytest.raises(SealBroken):
        await SealedFiles(bus, KEY, "uploads").fetch(other, io.BytesIO())
    with pytest.raises(SealBroken):
        await SealedFiles(bus, bytes(32), "uploads").fetch(one, io.BytesIO())


async def test_a_file_cut_off_does_not_open(bus: Bus) -> None:
    name = new_id()
    await SealedFiles(bus, KEY, "uploads").put(name, pieces(b"x" * 3 * FRAME, FRAME))
    store = await bus.jetstream.object_store(bucket_name(bus, "uploads"))
    raw = (await store.get(name)).data or b""
    await store.put(name, raw[: len(raw) * 2 // 3])
    with pytest.raises(SealBroken):
        await SealedFiles(bus, KEY, "uploads").fetch(name, io.BytesIO())


async def test_a_deleted_file_is_unknown(bus: Bus) -> None:
    files, name = SealedFiles(bus, KEY, "uploads"), new_id()
    await files.put(name, pieces(b"abc", 1))
    await files.delete(name)
    await files.delete(new_id())
    with pytest.raises(FileUnknown):
        await files.fetch(name, io.BytesIO())


@pytest.mark.parametrize("frames", [1, 40])
async def test_a_way_that_breaks_while_a_file_is_read_is_told_and_the_next_reading_is_whole(
    bus: Bus, nats_url: str, namespace: str, frames: int
) -> None:
    content, name = os.urandom(frames * FRAME - 1), new_id()
    await SealedFiles(bus, KEY, "uploads").put(name, pieces(content, FRAME))
    carried = 0

    def cuts(piece: bytes) -> bool:
        """Cut once, in the middle of the content: nothing else that is answered is so long."""
        nonlocal carried
        before, carried = carried, carried + len(piece)
        middle = frames * FRAME // 2
        return before < middle <= carried

    async with proxied(int(nats_url.rpartition(":")[2])) as proxy:
        way = await connect(f"nats://127.0.0.1:{proxy.port}", namespace=namespace, service="test")
        files = SealedFiles(way, KEY, "uploads")
        carried, proxy.cuts = 0, cuts
        async with asyncio.timeout(20):
            with pytest.raises(BusUnavailable):
                await files.fetch(name, io.BytesIO())
        await until(lambda: way.ready)
        into = io.BytesIO()
        assert await files.fetch(name, into) == len(content)
        assert into.getvalue() == content
        await way.close()


async def test_a_file_that_is_deleted_while_it_is_read_is_unknown(bus: Bus) -> None:
    files, name = SealedFiles(bus, KEY, "uploads"), new_id()
    await files.put(name, pieces(os.urandom(6 * FRAME), FRAME))

    class Slow(io.BytesIO):
        def write(self, data: object) -> int:
            if not self.tell():
                asyncio.run_coroutine_threadsafe(files.delete(name), loop).result(10)
            return super().write(data)  # type: ignore[arg-type]  # what the store writes

    loop = asyncio.get_running_loop()
    with pytest.raises(FileUnknown):
        await files.fetch(name, Slow())
