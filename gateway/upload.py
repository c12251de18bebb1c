"""Uploads: multipart bodies on their way into the object store, a piece at a time.

Promise: a file of a gigabyte costs the memory of a few pieces; a body that ends early, or is not what it says,
leaves nothing behind; fields are few, small and known by name.
"""

import asyncio
import contextlib
import hashlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field

from fastapi import Request
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from chassis.files import SealedFiles
from gateway.problems import Refusal
from gateway.refusals import RequestRefused, invalid

FIELD_LIMIT = 64 << 10
"""Bytes that one field beside the file may have: a mapping of 200 columns is half of it."""

AHEAD = 8
"""Pieces that may wait for the store."""


class Interrupted(Exception):  # noqa: N818 - tells the store's side that no more comes
    """The body ended in the middle of the file."""


@dataclass(slots=True)
class Received:
    """What came: fields by name, the file's own name, its name in the store, and the digest of its content."""

    stored_as: str
    file_name: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    sha256: bytes = b""


@dataclass(slots=True)
class _Part:
    name: str = ""
    file_name: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    value: bytearray = field(default_factory=bytearray)


class _Reader:
    """Turns the parser's callbacks into pieces of the file and finished fields."""

    def __init__(self, known: frozenset[str]) -> None:
        self._known = known
        self._part = _Part()
        self._header, self._text = bytearray(), bytearray()
        self.fields: dict[str, str] = {}
        self.file_name: str | None = None
        self.pieces: list[bytes] = []
        self.ended = False

    def callbacks(self) -> Mapping[str, object]:
        return {
            "on_part_begin": self._begin,
            "on_header_field": lambda data, start, end: self._header.extend(data[start:end]),
            "on_header_value": lambda data, start, end: self._text.extend(data[start:end]),
            "on_header_end": self._header_end,
            "on_headers_finished": self._headers,
            "on_part_data": self._data,
            "on_part_end": self._end,
            "on_end": self._finish,
        }

    def _begin(self) -> None:
        self._part = _Part()

    def _header_end(self) -> None:
        self._part.headers[self._header.decode("latin-1").lower()] = self._text.decode("latin-1")
        self._header.clear()
        self._text.clear()

    def _headers(self) -> None:
        _, options = parse_options_header(self._part.headers.get("content-disposition", ""))
        self._part.name = options.get(b"name", b"").decode("utf-8", "replace")
        if b"filename" in options:
            if self._part.name != "file":
                raise invalid(f"/{self._part.name[:64]}", "UNKNOWN_FIELD", "A file comes as the field `file`.")
            if self.file_name is not None:
                raise invalid("/file", "TOO_MANY", "Exactly one file comes.")
            self.file_name = self._part.file_name = options[b"filename"].decode("utf-8", "replace")[:255]
        elif self._part.name not in self._known:
            raise invalid(f"/{self._part.name[:64]}", "UNKNOWN_FIELD", "There is no such field.")

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._part.file_name is not None:
            self.pieces.append(bytes(data[start:end]))
            return
        self._part.value.extend(data[start:end])
        if len(self._part.value) > FIELD_LIMIT:
            raise invalid(f"/{self._part.name}", "TOO_LONG", f"At most {FIELD_LIMIT} bytes.")

    def _end(self) -> None:
        if self._part.file_name is None:
            try:
                self.fields[self._part.name] = self._part.value.decode()
            except UnicodeDecodeError:
                raise invalid(f"/{self._part.name}", "NOT_UTF8", "The field is not UTF-8.") from None

    def _finish(self) -> None:
        self.ended = True


async def receive(request: Request, files: SealedFiles, name: str, known: frozenset[str]) -> Received:
    """Read a multipart body; its field `file` goes into the store under `name`, `known` fields are returned.

    Raises:
        RequestRefused: 415, 400 or 422; nothing is left in the store.
        BusUnavailable: the store does not answer; nothing is left in it.
    """
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    if kind != b"multipart/form-data" or b"boundary" not in options:
        raise RequestRefused(Refusal(415, "MEDIA_TYPE_NOT_SUPPORTED", "Send multipart/form-data."))
    reader = _Reader(known)
    queue: asyncio.Queue[bytes | None] = asyncio.Queue(AHEAD)
    storing = asyncio.create_task(files.put(name, _pieces(queue)))
    complete, content = False, hashlib.sha256()
    try:
        parser = MultipartParser(options[b"boundary"], dict(reader.callbacks()))  # type: ignore[arg-type]  # by name
        async for chunk in request.stream():
            parser.write(chunk)
            for piece in reader.pieces:
                content.update(piece)
                await _hand_on(queue, piece, storing)
            reader.pieces.clear()
        complete = reader.ended
    except FormParserError:
        raise _malformed() from None
    finally:
        await _hand_on(queue, b"" if complete and reader.file_name is not None else None, storing)
        if not complete or reader.file_name is None:
            with contextlib.suppress(Interrupted):
                await storing
            await files.delete(name)
    if not reader.ended:
        raise _malformed()
    if reader.file_name is None:
        raise invalid("/file", "REQUIRED", "This field is required.")
    await storing
    return Received(name, reader.file_name, reader.fields, content.digest())


def _malformed() -> RequestRefused:
    return RequestRefused(Refusal(400, "BODY_MALFORMED", "The body is not complete multipart/form-data."))


async def _hand_on(queue: "asyncio.Queue[bytes | None]", piece: bytes | None, storing: "asyncio.Task[int]") -> None:
    """Wait for room, but not for a store that has given up."""
    if storing.done():
        storing.result()
        return
    putting = asyncio.ensure_future(queue.put(piece))
    await asyncio.wait({putting, storing}, return_when=asyncio.FIRST_COMPLETED)
    if not putting.done():
        putting.cancel()
        storing.result()


async def _pieces(queue: "asyncio.Queue[bytes | None]") -> AsyncIterator[bytes]:
    """Give pieces until the empty one that ends a file; None means that the rest never comes."""
    while True:
        piece = await queue.get()
        if piece is None:
            raise Interrupted
        if not piece:
            return
        yield piece
