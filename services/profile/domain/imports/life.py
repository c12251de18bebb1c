"""The life of an import: what may be done to it when.

reading → ready → committing → committed, or failed (the file was refused), or cancelled (stopped, by somebody or by a
fault: what was written stays, the rest can be committed again). While many rows are corrected at once nothing else is
done to it: it is neither written, tried, read again nor dropped, and answers as `correcting`. Staged rows and the file
are destroyed thirty days after the last commit, or after the upload where nothing was committed; that is also the
limit of undo.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from services.profile.domain.imports.columns import Column
from services.profile.domain.imports.errors import ImportNotReady
from services.profile.domain.imports.quality import ColumnQuality
from services.profile.domain.record import PersonKind

KEPT = timedelta(days=30)


class ImportState(StrEnum):
    """Where an import stands."""

    READING = "reading"
    READY = "ready"
    COMMITTING = "committing"
    COMMITTED = "committed"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows by verdict and by what a commit does with them."""

    rows: int = 0
    ok: int = 0
    corrected: int = 0
    warned: int = 0
    refused: int = 0
    created: int = 0
    updated: int = 0
    merged: int = 0
    unchanged: int = 0


@dataclass(frozen=True, slots=True)
class Import:
    """One import as it stands.

    `version` changes with every write, `corrections` with every corrected row alone: that is what a caller who looked
    must know of. `operation` is the running or last work, `correcting` the work that corrects rows now, `suffix` the
    ending of the file's name, `asked` the keyed hash of the request that began it.
    """

    id: str
    source: str
    base: str
    kind: PersonKind
    state: ImportState
    object: str
    created_at: datetime
    created_by: str
    expires_at: datetime
    operation: str
    given: Mapping[str, str] = field(default_factory=dict)
    columns: tuple[Column, ...] = ()
    quality: tuple[ColumnQuality, ...] = ()
    duplicates: int = 0
    counts: Counts = Counts()
    dry_run: Counts | None = None
    asked: str = ""
    digest: str = ""
    same_as: str = ""
    suffix: str = ""
    error: str = ""
    notes: tuple[str, ...] = ()
    committed_at: datetime | None = None
    corrections: int = 0
    correcting: str = ""
    version: int = 1

    def staged(
        self,
        columns: tuple[Column, ...],
        quality: tuple[ColumnQuality, ...],
        duplicates: int,
        counts: Counts,
        notes: tuple[str, ...],
    ) -> "Import":
        """Every row is judged and lies in staging."""
        return replace(
            self.moved(ImportState.READY, ImportState.READING),
            columns=columns,
            quality=quality,
            duplicates=duplicates,
            counts=counts,
            notes=notes,
        )

    def refused(self, reason: str) -> "Import":
        """The file itself cannot be taken."""
        return replace(self.moved(ImportState.FAILED, ImportState.READING), error=reason)

    def remapped(self, given: Mapping[str, str], operation: str) -> "Import":
        """Begin to read the file again with another mapping; nothing of it is written yet."""
        again = self.moved(ImportState.READING, ImportState.READY)
        return replace(
            again,
            given=dict(given),
            operation=operation,
            columns=(),
            quality=(),
            counts=Counts(),
            dry_run=None,
            corrections=self.corrections + 1,
        )

    def discarded(self) -> "Import":
        """Drop a file of which nothing is written."""
        return replace(self.moved(ImportState.FAILED, ImportState.READY), error="CANCELLED")

    def committing(self, operation: str) -> "Import":
        """Begin to write; rows that a cancelled or earlier commit wrote are not written again."""
        begun = self.moved(ImportState.COMMITTING, ImportState.READY, ImportState.CANCELLED, ImportState.COMMITTED)
        return replace(begun, operation=operation)

    def committed(self, counts: Counts, now: datetime) -> "Import":
        """All acceptable rows are written."""
        done = self.moved(ImportState.COMMITTED, ImportState.COMMITTING)
        return replace(done, counts=counts, committed_at=now, expires_at=now + KEPT)

    def cancelled(self, counts: Counts, now: datetime) -> "Import":
        """Somebody stopped it; what is written stays."""
        stopped = self.moved(ImportState.CANCELLED, ImportState.COMMITTING)
        return replace(stopped, counts=counts, expires_at=now + KEPT)

    def being_corrected(self, operation: str) -> "Import":
        """Begin to correct many rows; what a dry run expected no longer holds."""
        self.check_editable()
        return replace(
            self,
            correcting=operation,
            corrections=self.corrections + 1,
            dry_run=None,
            version=self.version + 1,
        )

    def corrected(self, counts: Counts) -> "Import":
        """End correcting. Who looked meanwhile saw rows that have changed since."""
        return replace(self, correcting="", counts=counts, corrections=self.corrections + 1, version=self.version + 1)

    def check_editable(self) -> None:
        """Refuse corrections while rows are being read, written or corrected.

        Raises:
            ImportNotReady: they are.
        """
        self._check_not_correcting()
        if self.state not in {ImportState.READY, ImportState.CANCELLED, ImportState.COMMITTED}:
            raise ImportNotReady(self.id, self.state)

    def moved(self, to: ImportState, *allowed: ImportState) -> "Import":
        """Change the state, from one of the allowed ones.

        Raises:
            ImportNotReady: it is in another.
        """
        self._check_not_correcting()
        if self.state not in allowed:
            raise ImportNotReady(self.id, self.state)
        return replace(self, state=to, version=self.version + 1)

    def _check_not_correcting(self) -> None:
        if self.correcting:
            raise ImportNotReady(self.id, "correcting")
