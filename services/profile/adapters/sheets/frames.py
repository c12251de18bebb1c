"""What goes between a service and its reading process: msgpack frames, each with its length before it."""

import struct
from datetime import date
from typing import BinaryIO

import msgspec

FAULT = "FAULT"
"""Reason of a refusal that is our own fault; its fields say what kind of error, and where."""
_LENGTH = struct.Struct(">I")


class TargetFrame(msgspec.Struct, array_like=True):
    """A target that the catalogue adds."""

    key: str
    title: str
    kind: str
    dictionary: str | None


class TermFrame(msgspec.Struct, array_like=True):
    """A term of a dictionary."""

    code: str
    names: dict[str, str]
    synonyms: list[str]
    parent: str | None
    time_zone: str | None


class Job(msgspec.Struct):
    """What to read and how; `path` is reachable by the reading process alone."""

    path: str
    name: str
    given: dict[str, str]
    remembered: dict[str, str]
    key_columns: list[str]
    country: str
    today: date
    added: list[TargetFrame]
    dictionaries: dict[str, list[TermFrame]]
    most_rows: int
    memory: int
    seconds: int


class Head(msgspec.Struct, tag="head"):
    """The columns: header, target, origin."""

    columns: list[tuple[str, str, str]]
    total: int


class RowFrame(msgspec.Struct, array_like=True):
    """One judged row: its number, its verdict, what its record's key is made of, its content, its marks."""

    number: int
    verdict: int
    key: list[str]
    content: bytes
    marks: tuple[str, ...] = ()


class Batch(msgspec.Struct, tag="batch"):
    """Judged rows in file order."""

    rows: list[RowFrame]


class Tail(msgspec.Struct, tag="tail"):
    """The end: counts by column (ok, empty, corrected, invalid) and by verdict, rows of people met before, notes."""

    columns: list[tuple[int, int, int, int]]
    verdicts: list[int]
    duplicates: int
    notes: list[str]


class Refused(msgspec.Struct, tag="refused"):
    """The file as a whole cannot be taken: the reason and the fields of its sentence."""

    reason: str
    fields: dict[str, str]


Frame = Head | Batch | Tail | Refused
_decoder = msgspec.msgpack.Decoder(Frame)


def write_frame(out: BinaryIO, frame: Frame) -> None:
    """Write one frame."""
    body = msgspec.msgpack.encode(frame)
    out.write(_LENGTH.pack(len(body)))
    out.write(body)


def frame_length(prefix: bytes) -> int:
    """Tell how long the next frame is from the four bytes before it."""
    return int(_LENGTH.unpack(prefix)[0])


def read_frame(body: bytes) -> Frame:
    """Read one frame."""
    frame: Frame = _decoder.decode(body)
    return frame
