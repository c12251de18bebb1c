"""The reading process: `python -m services.profile.adapters.sheets.child`, a job on stdin, frames on stdout.

It limits its own memory and processor time before it opens the file, so that a file made to hurt ends this process
and nothing else. It knows no key, no engine and no network.
"""

import resource
import sys
from typing import BinaryIO

import msgspec

from chassis.collector import quiet_collector
from chassis.kernel import Problem
from services.profile.adapters.normalise import AddressSyntax, NumberingPlan
from services.profile.adapters.sheets.delimited import Delimited
from services.profile.adapters.sheets.frames import FAULT, Batch, Head, Job, Refused, RowFrame, Tail, write_frame
from services.profile.adapters.sheets.guard import kind_of
from services.profile.adapters.sheets.workbook import Workbook
from services.profile.adapters.staged_content import encoded
from services.profile.domain.dictionaries import Dictionary, Term
from services.profile.domain.imports.cells import Reader, Verdict
from services.profile.domain.imports.columns import Knowledge
from services.profile.domain.imports.errors import FileRefused, FileTakesTooLong
from services.profile.domain.imports.judging import begin_judging
from services.profile.domain.imports.rows import marks_of
from services.profile.domain.imports.targets import catalogue_target, with_catalogue

BATCH = 2000


def main() -> None:
    """Do one job."""
    quiet_collector()
    job = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Job)
    out = sys.stdout.buffer
    resource.setrlimit(resource.RLIMIT_AS, (job.memory, job.memory))
    resource.setrlimit(resource.RLIMIT_CPU, (job.seconds, job.seconds + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core would hold people
    try:
        with open(job.path, "rb") as file:
            _judge(job, file, out)
    except Problem as problem:
        write_frame(out, Refused(problem.reason, problem.fields))
    except MemoryError:
        write_frame(out, Refused(FileTakesTooLong.reason, {}))
    except Exception as error:
        # A fault of ours: where it happened may be told, what it held may not.
        write_frame(out, Refused(FAULT, {"kind": type(error).__name__, "at": _place_of(error)}))
    except BaseException as error:
        if type(error).__module__ != "pyo3_runtime":
            raise
        write_frame(out, Refused(FileRefused.reason, {}))  # the reader of workbooks gave up on a damaged one
    out.flush()


def _place_of(error: Exception) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}" if trace else ""


def _judge(job: Job, file: BinaryIO, out: BinaryIO) -> None:
    book = (
        Workbook(file, job.most_rows)
        if kind_of(file, job.name, job.most_rows) == "xlsx"
        else Delimited(file, job.most_rows)
    )
    dictionaries = {name: _dictionary(name, terms) for name, terms in job.dictionaries.items()}
    targets = with_catalogue(catalogue_target(each.key, each.title, each.kind, each.dictionary) for each in job.added)
    knowledge = Knowledge(targets, dictionaries, job.given, job.remembered)
    reader = Reader(dictionaries, NumberingPlan(), AddressSyntax(), job.country, job.today)
    judging = begin_judging(
        book.rows(), book.merges if isinstance(book, Workbook) else (), knowledge, reader, tuple(job.key_columns)
    )
    write_frame(out, Head([(each.header, each.target, each.origin) for each in judging.columns], book.total))
    batch: list[RowFrame] = []
    for number, cells, row in judging.rows():
        marks = marks_of(row.findings, row.reasons)
        batch.append(RowFrame(number, int(row.verdict), list(row.key), encoded(cells, row), marks))
        if len(batch) == BATCH:
            write_frame(out, Batch(batch))
            batch = []
    if batch:
        write_frame(out, Batch(batch))
    tally = judging.tally
    write_frame(
        out,
        Tail(
            [(each.ok, each.empty, each.corrected, each.invalid) for each in tally.by_column],
            [tally.by_verdict[verdict] for verdict in Verdict],
            tally.duplicates,
            book.notes if isinstance(book, Delimited) else [],
        ),
    )


def _dictionary(name: str, terms: list) -> Dictionary:  # type: ignore[type-arg]  # TermFrame rows
    return Dictionary.of(
        name, 1, [Term(each.code, each.names, tuple(each.synonyms), each.parent, each.time_zone) for each in terms]
    )


if __name__ == "__main__":
    main()
