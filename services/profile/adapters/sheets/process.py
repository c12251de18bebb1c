"""Runs the reading process and takes its frames.

Promise: a process that dies of its limits means that the file is too costly, never that the service failed; the
process ends with its caller, whatever ends that.
"""

import asyncio
import contextlib
import sys
from collections.abc import AsyncGenerator, AsyncIterator
from typing import BinaryIO

import msgspec

from services.profile.adapters.sheets.frames import (
    FAULT,
    Batch,
    Frame,
    Head,
    Job,
    Refused,
    Tail,
    TargetFrame,
    TermFrame,
    frame_length,
    read_frame,
)
from services.profile.adapters.sheets.guard import MOST_UNPACKED
from services.profile.domain.imports import errors
from services.profile.domain.imports.cells import Verdict
from services.profile.domain.imports.columns import Column, Origin
from services.profile.domain.imports.quality import ColumnQuality
from services.profile.imports.ports import FileSummary, Ordered, RowBatch, StagingRow

MEMORY = 3 << 30
"""Address space of the reading process: a million rows of twelve columns need 1.2 GiB."""
SECONDS = 900
MOST_ROWS = 1_048_576
"""A sheet of XLSX has no more."""
_STREAM_BUFFER = 1 << 20


class SheetProcess:
    """Reads files in a process of its own."""

    def __init__(self, *, memory: int = MEMORY, seconds: int = SECONDS, most_rows: int = MOST_ROWS) -> None:
        self._memory, self._seconds, self._most_rows = memory, seconds, most_rows

    async def read(self, file: BinaryIO, order: Ordered) -> AsyncGenerator[RowBatch | FileSummary, None]:
        """Give the judged rows in batches, and at last the summary of the file.

        Raises:
            FileRefused: a subclass says why the file as a whole cannot be taken.
        """
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "services.profile.adapters.sheets.child",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,  # a stack would hold cells
            pass_fds=(file.fileno(),),
            limit=_STREAM_BUFFER,
        )
        try:
            head: Head | None = None
            async for frame in _frames(process, self._job(file, order)):
                match frame:
                    case Refused(reason, fields):
                        raise _refusal(reason, fields)
                    case Head():
                        head = frame
                    case Batch(rows):
                        total = head.total if head else 0
                        yield RowBatch(
                            [
                                StagingRow(
                                    each.number, Verdict(each.verdict), tuple(each.key), each.content, each.marks
                                )
                                for each in rows
                            ],
                            total,
                        )
                    case Tail():
                        if head is not None:
                            yield _summary(head, frame)
                            return
            raise errors.FileTakesTooLong
        finally:
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                if process.stdout is not None:
                    # asyncio hears of the end only after the pipe's, and a full pipe is not read by itself.
                    await process.stdout.read()
                await process.wait()

    def _job(self, file: BinaryIO, order: Ordered) -> bytes:
        job = Job(
            path=f"/proc/self/fd/{file.fileno()}",
            name=order.file_name,
            given=dict(order.given),
            remembered=dict(order.remembered),
            key_columns=list(order.key_columns),
            country=order.country,
            today=order.today,
            added=[TargetFrame(each.key, each.title, each.reads, each.dictionary) for each in order.added],
            dictionaries={
                name: [
                    TermFrame(term.code, dict(term.names), list(term.synonyms), term.parent, term.time_zone)
                    for term in dictionary.terms.values()
                ]
                for name, dictionary in order.dictionaries.items()
            },
            most_rows=self._most_rows,
            memory=self._memory,
            seconds=self._seconds,
        )
        return msgspec.msgpack.encode(job)


async def _frames(process: asyncio.subprocess.Process, job: bytes) -> AsyncIterator[Frame]:
    stdin, stdout = process.stdin, process.stdout
    if stdin is None or stdout is None:
        raise RuntimeError("the reading process was started without pipes")
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        stdin.write(job)
        await stdin.drain()
        stdin.close()
    while True:
        try:
            body = await stdout.readexactly(frame_length(await stdout.readexactly(4)))
        except asyncio.IncompleteReadError:
            return
        yield read_frame(body)


def _summary(head: Head, tail: Tail) -> FileSummary:
    return FileSummary(
        columns=tuple(
            Column(place, header, target, _origin(origin))
            for place, (header, target, origin) in enumerate(head.columns)
        ),
        quality=tuple(ColumnQuality(*counts) for counts in tail.columns),
        verdicts=dict(zip(Verdict, tail.verdicts, strict=True)),
        duplicates=tail.duplicates,
        notes=tuple(tail.notes),
    )


def _origin(text: str) -> Origin:
    return text if text in {"given", "remembered", "header", "content"} else ""  # type: ignore[return-value]  # narrowed by the set


def _refusal(reason: str, fields: dict[str, str]) -> Exception:
    if reason == FAULT:
        return RuntimeError(f"the reading process failed: {fields.get('kind')} at {fields.get('at')}")
    kinds = {
        kind.reason: kind
        for kind in (
            errors.FileRefused, errors.FileEmpty, errors.FileNotWhatItsNameSays, errors.FileProtected,
            errors.FileCarriesMacros, errors.FileTakesTooLong,
        )
    }  # fmt: skip
    if reason in kinds:
        return kinds[reason]()
    if reason == errors.FileTooLarge.reason:
        return errors.FileTooLarge(
            limit_mib=fields.get("limit_mib", MOST_UNPACKED >> 20), limit_rows=fields.get("limit_rows", MOST_ROWS)
        )
    if reason == errors.TooManyColumns.reason:
        return errors.TooManyColumns(columns=fields.get("columns", ""), limit=fields.get("limit", ""))
    if reason == errors.NoHeaders.reason:
        return errors.NoHeaders(rows=fields.get("rows", ""))
    if reason == errors.ColumnUnknown.reason:
        return errors.ColumnUnknown(fields.get("column", ""))
    if reason in {errors.TargetUnknown.reason, errors.TargetTwice.reason}:
        kind = errors.TargetUnknown if reason == errors.TargetUnknown.reason else errors.TargetTwice
        return kind(fields.get("column", ""), fields.get("target", ""))
    return errors.FileRefused()
