"""Files in the object store: sealed, streamed, whole or refused."""

import io
import os
from collections.abc import AsyncIterator

import pytest

from chassis.bus.connection import Bus, connect
from chassis.crypto import SealBroken
from chassis.files import FRAME, FileUnknown, SealedFiles, bucket_name, ensure_bucket
from chassis.kernel import new_id

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
