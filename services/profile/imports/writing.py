"""From staged rows to people: try it, do it, and be able to go on after any crash.

Promise: a record is written by a commit whose id is made of the operation and the record, so that the same bulk again
changes nothing and answers the same; rows that are noted as done are never looked at again. What is written when
somebody cancels stays written.
"""

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from chassis.kernel import Etag, EtagStale, derived_id
from chassis.operations import Cancelled, Work
from services.profile.commands.records import PutResult, StagedDraft
from services.profile.domain.imports.errors import ImportNotReady
from services.profile.domain.imports.life import Counts, Import, ImportState
from services.profile.domain.imports.records import Drafting, draft_of, places_of
from services.profile.domain.organisations import Place
from services.profile.domain.sources import EVERYWHERE
from services.profile.imports.intake import Intake
from services.profile.imports.ports import Outcome, StagedRow

DRY_RUN = "import-dry-run"
COMMIT = "import-commit"
BULK_ROWS = 2_000
"""Rows of one step: a few overlapping bulks of profile, about a second, so that progress moves and a stop is quick."""

Group = Sequence[StagedRow]


async def begin_dry_run(import_id: str, workspace: str, actor: str, intake: Intake) -> dict[str, Any]:
    """Begin to count what a commit would do; the same state of the import answers the same operation.

    Raises:
        ImportNotReady: it is being read, written or corrected, or its file was refused.
    """
    found = await intake.known(import_id, workspace)
    found.check_editable()
    return await intake.begin(DRY_RUN, found, actor, await intake.rows.pending(found.id))


async def begin_commit(import_id: str, etag: Etag | None, workspace: str, actor: str, intake: Intake) -> dict[str, Any]:
    """Begin to write what can be taken; while it runs, and after it, a second call answers the same operation.

    Raises:
        ImportNotReady: it is being read or corrected, or its file was refused.
        EtagStale: rows were corrected since the caller looked.
    """
    found = await intake.known(import_id, workspace)
    if found.state is ImportState.COMMITTING:
        return await intake.operations.get(found.operation, None)
    found.check_editable()
    if found.state is ImportState.COMMITTED and not await intake.rows.pending(found.id):
        return await intake.operations.get(found.operation, None)
    if etag is not None and etag.revision != found.corrections + 1:
        raise EtagStale
    return await intake.begin(COMMIT, found, actor, await intake.rows.pending(found.id))


async def dry_run(work: Work, intake: Intake) -> dict[str, Any]:
    """Say for every row what a commit would do with it; nothing is written but that."""
    found = await intake.known(work.subject, EVERYWHERE)
    found.check_editable()
    drafting = await intake.drafting(found)
    total, done, after = await intake.rows.pending(found.id), 0, ""
    while groups := await intake.rows.groups(found.id, after, BULK_ROWS):
        places = [place for group in groups for place in places_of([row.values for row in group])]
        organisations = await intake.organisations.look_up(places)
        drafts = await asyncio.to_thread(_drafts, found.id, groups, drafting, organisations, work.id)
        results = await intake.plan(drafts, work.principal)
        outcomes = [
            each for group, result in zip(groups, results, strict=True) for each in _outcomes(group, result, "")
        ]
        await intake.rows.note(found.id, outcomes)
        done, after = done + len(outcomes), groups[-1][0].record
        await work.report(done, total, "rows")
    counts = await _counted(found, intake, written=False)
    present = await intake.known(found.id, EVERYWHERE)
    if present.version == found.version:
        # Whoever changed the import meanwhile made these counts old; the operation still tells them.
        with contextlib.suppress(EtagStale):
            await intake.imports.save(replace(found, dry_run=counts, version=found.version + 1))
    return _result(found, counts)


async def commit(work: Work, intake: Intake) -> dict[str, Any]:
    """Write every row that can be taken and is not written yet.

    Lists and counts follow within seconds: the result's `at_least` is the etag of the last person written, for which a
    search waits ("" when this run wrote nobody).

    Raises:
        ImportNotReady: another commit runs, or rows are being corrected.
    """
    found = await _taken_up(work, intake)
    if found.state is ImportState.COMMITTED:
        return _result(found, found.counts) | {"at_least": ""}
    try:
        last = await _write_all(work, found, intake)
    except Cancelled:
        if (await intake.operations.get(work.id, None))["cancelling"]:
            await intake.imports.save(found.cancelled(await _counted(found, intake, written=True), intake.now()))
        raise
    except Exception as error:
        if not work.waits(error):
            # It ends here for good: what is written stays, and the rest can be committed again.
            await intake.imports.save(found.cancelled(await _counted(found, intake, written=True), intake.now()))
        raise
    counts = await _counted(found, intake, written=True)
    intake.app.fault("rows-written")
    await intake.imports.remember(
        found.source, {column.header: column.target for column in found.columns if column.target}
    )
    await intake.imports.save(found.committed(counts, intake.now()))
    return _result(found, counts) | {"at_least": await _etag_of(last, intake)}


async def _taken_up(work: Work, intake: Intake) -> Import:
    found = await intake.known(work.subject, EVERYWHERE)
    if found.operation == work.id and found.state in {ImportState.COMMITTING, ImportState.COMMITTED}:
        return found
    if found.state is ImportState.COMMITTING:
        raise ImportNotReady(found.id, found.state)
    committing = found.committing(work.id)
    await intake.imports.save(committing)
    return committing


async def _write_all(work: Work, found: Import, intake: Intake) -> str:
    """Write them in order of their records' keys; give the last person written, "" for nobody."""
    drafting = await intake.drafting(found)
    total = found.counts.rows - found.counts.refused
    done, after, last = total - await intake.rows.pending(found.id), "", ""
    while groups := await intake.rows.groups(found.id, after, BULK_ROWS):
        places = [place for group in groups for place in places_of([row.values for row in group])]
        organisations = await intake.organisations.resolve(places)
        intake.app.fault("organisations-resolved")
        drafts = await asyncio.to_thread(_drafts, found.id, groups, drafting, organisations, work.id)
        results = await intake.put(drafts, work.principal, work.id)
        intake.app.fault("records-put")
        outcomes = [
            outcome
            for group, result, draft in zip(groups, results, drafts, strict=True)
            for outcome in _outcomes(group, result, draft.commit_id or "")
        ]
        await intake.rows.note(found.id, outcomes, work.id)
        intake.app.fault("outcomes-noted")
        last = next((outcome.profile for outcome in reversed(outcomes) if outcome.commit), last)
        done, after = done + len(outcomes), groups[-1][0].record
        await work.report(done, max(total, done), "rows")
    return last


async def _etag_of(profile: str, intake: Intake) -> str:
    revisions = (await intake.app.views.load([profile])).revisions if profile else {}
    return str(Etag(revisions[profile], 0, profile)) if profile in revisions else ""


def _drafts(
    import_id: str, groups: Sequence[Group], drafting: Drafting, organisations: Mapping[Place, str], operation: str
) -> list[StagedDraft]:
    return [_staged(import_id, group, drafting, organisations, operation) for group in groups]


def _staged(
    import_id: str, group: Group, drafting: Drafting, organisations: Mapping[Place, str], operation: str
) -> StagedDraft:
    first = group[0]
    external = first.values.get("external_id")
    declared = drafting.source.key_columns
    key = str(external) if external and (not declared or "external_id" in declared) else first.record
    return StagedDraft(
        draft=draft_of(key, [row.values for row in group], drafting, organisations),
        row=f"{import_id}:{first.number}",
        profile_id=first.chosen,
        commit_id=derived_id("import-row", operation, first.record),
    )


def _outcomes(group: Group, result: PutResult, commit_id: str) -> list[Outcome]:
    refusals = tuple(violation.reason for violation in result.violations)
    written = "" if result.action in {"unchanged", "refused"} else commit_id
    return [Outcome(row, result.action, result.profile or "", written, refusals) for row in group]


async def _counted(found: Import, intake: Intake, *, written: bool) -> Counts:
    by_action = await intake.rows.by_action(found.id, written=written)
    judged_refused = await intake.rows.refused(found.id)
    return replace(
        found.counts,
        refused=judged_refused + by_action.get("refused", 0),
        created=by_action.get("created", 0),
        updated=by_action.get("updated", 0),
        merged=by_action.get("merged", 0),
        unchanged=by_action.get("unchanged", 0),
    )


def _result(of: Import, counts: Counts) -> dict[str, Any]:
    # Nothing new from a file that is known already: say that it is.
    idle = not (counts.created or counts.updated or counts.merged)
    return {
        "import": of.id,
        "rows": counts.rows,
        "created": counts.created,
        "updated": counts.updated,
        "merged": counts.merged,
        "unchanged": counts.unchanged,
        "refused": counts.refused,
        "changed_nothing": idle,
        "same_as": of.same_as,
    }
