"""From an uploaded file to staged rows: begin an import, and read it."""

import asyncio
import hashlib
import tempfile
from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Any, BinaryIO, cast

from chassis.ahead import fetched_ahead
from chassis.kernel import Etag, EtagStale, Problem, derived_id, new_id
from chassis.kernel.problem import IdempotencyKeyReused
from chassis.operations import Cancelled, Work, operation_id
from services.profile.domain.imports.cells import Verdict
from services.profile.domain.imports.errors import ColumnUnknown, FileEmpty, TargetUnknown
from services.profile.domain.imports.life import KEPT, Counts, Import, ImportState
from services.profile.domain.record import PersonKind
from services.profile.domain.sources import EVERYWHERE
from services.profile.imports.intake import Intake
from services.profile.imports.ports import FileSummary, Ordered

READ = "import-read"


@dataclass(frozen=True, slots=True)
class BeginImport:
    """Begin an import of a file in the object store.

    `given` maps headers to targets; `request` makes a repeat answer the same import; `content` is the file's SHA-256.
    """

    object: str
    file_name: str
    source: str
    kind: PersonKind | None
    given: Mapping[str, str]
    workspace: str
    actor: str
    request: str = ""
    content: bytes = b""


async def begin_import(command: BeginImport, intake: Intake) -> Import:
    """Write the import down and have it read. A repeat of the request answers the same import and drops its own file.

    Raises:
        IdempotencyKeyReused: the request's key was used for another file, source, kind or mapping.
        SourceUnknown: there is no such source in the workspace.
        TargetUnknown: the mapping names an attribute that the catalogue does not have.
    """
    source = await intake.source(command.source, command.workspace)
    kind = command.kind or source.kind
    await _check_targets(command.given, kind, intake)
    now = intake.now()
    import_id = derived_id("import", command.actor, command.request) if command.request else new_id()
    operation = operation_id("profile", import_id if not command.request else derived_id("import-read", import_id))
    begun = Import(
        id=import_id,
        source=source.key,
        base=source.base,
        kind=kind,
        state=ImportState.READING,
        object=command.object,
        created_at=now,
        created_by=command.actor,
        expires_at=now + KEPT,
        operation=operation,
        given=dict(command.given),
        # The name's ending alone tells the kind of file; a name may hold a person's.
        suffix="." + command.file_name.rpartition(".")[2][:8] if "." in command.file_name else "",
        asked=intake.request_mark(source.key, kind, sorted(command.given.items()), command.content),
    )
    asked = begun.asked
    begun = await intake.imports.add(begun)
    if begun.asked != asked:
        raise IdempotencyKeyReused
    if begun.object != command.object:
        await intake.uploads.delete(command.object)
    intake.app.fault("import-added")
    await _begin(begun, command.actor, intake)
    return begun


@dataclass(frozen=True, slots=True)
class RemapImport:
    """Read the file again with another mapping."""

    import_id: str
    given: Mapping[str, str]
    workspace: str
    actor: str
    expected: Etag | None = None


async def remap_import(command: RemapImport, intake: Intake) -> Import:
    """Have the file read again; corrections of its rows are lost, nothing of it is written yet.

    Raises:
        ImportNotReady: it is being read or written, or was.
        EtagStale: rows were corrected since the caller looked.
        TargetUnknown: the mapping names an attribute that the catalogue does not have.
        ColumnUnknown: the mapping names a column that the file does not have.
    """
    found = await intake.known(command.import_id, command.workspace)
    if command.expected is not None and command.expected.revision != found.corrections + 1:
        raise EtagStale
    await _check_targets(command.given, found.kind, intake)
    headers = {column.header for column in found.columns}
    for column in command.given:
        if found.columns and column not in headers:
            raise ColumnUnknown(column)
    operation = operation_id("profile", derived_id("import-remap", found.id, str(found.version)))
    remapped = found.remapped(command.given, operation)
    await intake.imports.save(remapped)
    await _begin(remapped, command.actor, intake)
    return remapped


async def cancel_import(import_id: str, workspace: str, intake: Intake) -> Import:
    """Stop what runs; drop a file that waits for its commit. What is written stays.

    Raises:
        ImportNotReady: nothing runs, and there is nothing to drop.
    """
    found = await intake.known(import_id, workspace)
    if found.correcting:
        await intake.operations.cancel(found.correcting, EVERYWHERE)
        return found
    if found.state in {ImportState.READING, ImportState.COMMITTING}:
        await intake.operations.cancel(found.operation, EVERYWHERE)
        return found
    if found.state is ImportState.FAILED and found.error == "CANCELLED":
        return found
    discarded = found.discarded()
    await intake.imports.save(discarded)
    await intake.rows.drop(found.id)
    await intake.uploads.delete(found.object)
    return discarded


async def _check_targets(given: Mapping[str, str], kind: PersonKind, intake: Intake) -> None:
    targets = await intake.targets(kind)
    for column, target in given.items():
        if target and target not in targets:
            raise TargetUnknown(column, target)


async def _begin(begun: Import, actor: str, intake: Intake) -> None:
    await intake.operations.begin(
        READ, subject=begun.id, workspace=begun.base, principal=actor, operation=begun.operation, unit="rows"
    )


async def read_import(work: Work, intake: Intake) -> dict[str, Any]:
    """Read the file of an import into staging; a repeat after a crash begins anew.

    Raises:
        FileRefused: the file as a whole cannot be taken; the import says so too.
    """
    begun = await intake.known(work.subject, EVERYWHERE)
    if begun.state is not ImportState.READING:
        return _result(begun)
    try:
        # The file has no name on the disk and is gone with its last reader.
        with tempfile.TemporaryFile() as file:
            staged = await _stage(work, begun, cast(BinaryIO, file), intake)
    except Cancelled:
        if (await intake.operations.get(work.id, None))["cancelling"]:
            await _refuse(begun, "CANCELLED", intake)
        raise
    except Exception as error:
        if not work.waits(error):
            await _refuse(begun, error.reason if isinstance(error, Problem) else "INTERNAL", intake)
        raise
    await intake.imports.save(staged)
    return _result(staged)


async def _stage(work: Work, begun: Import, file: BinaryIO, intake: Intake) -> Import:
    await intake.uploads.fetch(begun.object, file)
    begun = replace(begun, digest=intake.file_mark(await asyncio.to_thread(_digest, file)))
    source = await intake.source(begun.source, EVERYWHERE)
    order = Ordered(
        file_name=f"file{begun.suffix}",
        given=begun.given,
        remembered=await intake.imports.remembered(begun.source),
        key_columns=source.key_columns,
        country=source.country,
        today=intake.now().date(),
        added=await intake.added_targets(begun.kind),
        dictionaries=await intake.dictionaries.all(),
    )
    await intake.rows.open(begun.id)
    done = 0
    # The next rows are judged in their own process while the last ones are sealed and stored.
    async with aclosing(fetched_ahead(intake.sheets.read(file, order))) as parts:
        async for part in parts:
            if isinstance(part, FileSummary):
                intake.app.fault("rows-staged")
                return _staged(begun, part, await intake.imports.same_file(begun))
            await intake.rows.add(begun, part.rows)
            intake.app.fault("rows-added")
            done += len(part.rows)
            await work.report(done, max(part.total, done), "rows")
    raise FileEmpty


def _staged(begun: Import, summary: FileSummary, same_as: str) -> Import:
    if not sum(summary.verdicts.values()):
        raise FileEmpty
    counts = Counts(
        rows=sum(summary.verdicts.values()),
        ok=summary.verdicts[Verdict.OK],
        corrected=summary.verdicts[Verdict.CORRECTED],
        warned=summary.verdicts[Verdict.WARNING],
        refused=summary.verdicts[Verdict.REFUSED],
    )
    staged = begun.staged(summary.columns, summary.quality, summary.duplicates, counts, summary.notes)
    return replace(staged, same_as=same_as)


async def _refuse(begun: Import, reason: str, intake: Intake) -> None:
    await intake.imports.save(begun.refused(reason))
    await intake.rows.drop(begun.id)
    await intake.uploads.delete(begun.object)


def _digest(file: BinaryIO) -> bytes:
    file.seek(0)
    digest = hashlib.sha256()
    while piece := file.read(1 << 20):
        digest.update(piece)
    file.seek(0)
    return digest.digest()


def _result(read: Import) -> dict[str, Any]:
    counts = read.counts
    return {
        "import": read.id,
        "rows": counts.rows,
        "ok": counts.ok,
        "corrected": counts.corrected,
        "warned": counts.warned,
        "refused": counts.refused,
        "same_as": read.same_as,
        "notes": list(read.notes),
    }
