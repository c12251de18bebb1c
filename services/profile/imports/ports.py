"""What imports need from the world, in their own words."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum
from typing import BinaryIO, Protocol

from services.profile.domain.dictionaries import Dictionary
from services.profile.domain.imports.cells import Value, Verdict
from services.profile.domain.imports.columns import Column
from services.profile.domain.imports.life import Import, ImportState
from services.profile.domain.imports.quality import ColumnQuality
from services.profile.domain.imports.rows import Finding
from services.profile.domain.imports.targets import Target
from services.profile.domain.organisations import Organisation, Place


@dataclass(frozen=True, slots=True)
class Ordered:
    """How a file is to be read: what the caller and the source say of its columns, and what words mean."""

    file_name: str
    given: Mapping[str, str]
    remembered: Mapping[str, str]
    key_columns: tuple[str, ...]
    country: str
    today: date
    added: Sequence[Target]
    dictionaries: Mapping[str, Dictionary]


@dataclass(frozen=True, slots=True)
class StagingRow:
    """A judged row on its way into staging: `key` is what its record's key is made of, `content` the rest, packed.

    `marks` say what was found where, in codes (`rows.marks_of`).
    """

    number: int
    verdict: Verdict
    key: tuple[str, ...]
    content: bytes
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RowBatch:
    """Judged rows in file order; `total` rows of the file as far as is known."""

    rows: list[StagingRow]
    total: int


@dataclass(frozen=True, slots=True)
class FileSummary:
    """What a file added up to."""

    columns: tuple[Column, ...]
    quality: tuple[ColumnQuality, ...]
    verdicts: Mapping[Verdict, int]
    duplicates: int
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StagedRow:
    """A row in staging.

    `record` stands for its record, "" when it cannot be taken; `chosen` is the profile that it makes if nobody is
    known; `action`, `profile` and `commit` tell what a dry run expects or a commit did; `refusals` are reasons of the
    write itself. `version` changes with every correction.
    """

    number: int
    verdict: Verdict
    record: str
    chosen: str
    cells: tuple[str, ...]
    findings: tuple[Finding, ...]
    reasons: tuple[str, ...]
    values: Mapping[str, Value]
    action: str = ""
    profile: str = ""
    commit: str = ""
    refusals: tuple[str, ...] = ()
    done: bool = False
    version: int = 1


class RowState(IntEnum):
    """How far a commit has come with a row: written (also when it told nothing new), still to be written, refused."""

    WRITTEN = 1
    PENDING = 2
    REFUSED = 3


@dataclass(frozen=True, slots=True)
class RowFilter:
    """Which rows; what is empty is not asked. `marks`: one of each set."""

    verdict: Verdict | None = None
    action: str = ""
    marks: tuple[tuple[str, ...], ...] = ()
    state: RowState | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became, or would become, of a row."""

    row: StagedRow
    action: str
    profile: str = ""
    commit: str = ""
    refusals: tuple[str, ...] = ()


class Imports(Protocol):
    """The imports themselves."""

    async def add(self, begun: Import) -> Import:
        """Add one; of an id that exists, give that one."""
        ...

    async def get(self, import_id: str) -> Import | None:
        """Give one, None when there is none."""
        ...

    async def save(self, changed: Import) -> None:
        """Replace the version before this one. Raises EtagStale when somebody else did."""
        ...

    async def page(
        self,
        workspace: str,
        after: tuple[datetime, str] | None,
        limit: int,
        states: Sequence[ImportState] = (),
        source: str = "",
    ) -> list[Import]:
        """Give a workspace's newest imports, those behind `after` (time, id); only of some states or of one source."""
        ...

    async def count(self, workspace: str, states: Sequence[ImportState] = (), source: str = "") -> int:
        """Count a workspace's imports."""
        ...

    async def same_file(self, one: Import) -> str:
        """Give the latest committed import of the same file and source, "" when there is none."""
        ...

    async def remembered(self, source: str) -> Mapping[str, str]:
        """Give the columns' meanings that the source's last commit had."""
        ...

    async def remember(self, source: str, mapping: Mapping[str, str]) -> None:
        """Keep the columns' meanings for the source's next file."""
        ...

    async def expired(self, now: datetime, limit: int) -> list[Import]:
        """Give imports whose rows and file are still there and should not be."""
        ...

    async def emptied(self, import_id: str) -> None:
        """Note that rows, key and file are gone."""
        ...


class StagedRows(Protocol):
    """Rows in staging, encrypted under their import's own key."""

    async def open(self, import_id: str) -> None:
        """Make the key and drop rows of an earlier, broken reading."""
        ...

    async def add(self, of: Import, rows: Sequence[StagingRow]) -> None:
        """Put rows in."""
        ...

    async def page(self, import_id: str, wanted: RowFilter, after: int, limit: int) -> list[StagedRow]:
        """Give rows in file order beyond the row `after`."""
        ...

    async def count(self, import_id: str, wanted: RowFilter) -> int:
        """Count rows."""
        ...

    async def sealed(self, import_id: str, texts: Sequence[str]) -> bytes:
        """Seal texts under the import's key, for work that waits."""
        ...

    async def opened(self, import_id: str, sealed: bytes) -> list[str]:
        """Give such texts back."""
        ...

    async def by_mark(self, import_id: str) -> Mapping[str, int]:
        """Count rows by mark."""
        ...

    async def by_verdict(self, import_id: str) -> Mapping[Verdict, int]:
        """Count rows by verdict."""
        ...

    async def get(self, import_id: str, number: int) -> StagedRow | None:
        """Give one row, None when there is none."""
        ...

    async def correct(self, import_id: str, corrected: Sequence[tuple[StagedRow, StagedRow]]) -> None:
        """Replace rows (as they were, as they are now) in one write; their records' others are to be written again."""
        ...

    async def groups(self, import_id: str, after: str, limit: int) -> list[list[StagedRow]]:
        """Give whole records that are not written yet, in order of their key beyond `after`, about `limit` rows."""
        ...

    async def note(self, import_id: str, outcomes: Sequence[Outcome], operation: str = "") -> None:
        """Note what an operation made of rows, "" for what a dry run expects; a corrected row stays as it is."""
        ...

    async def by_action(self, import_id: str, *, written: bool = False) -> Mapping[str, int]:
        """Count records by what became, or would become, of them; records refused by the write count by rows.

        Args:
            import_id: of which import.
            written: only those that a commit has come to, whatever a dry run expects of the others.
        """
        ...

    async def refused(self, import_id: str) -> int:
        """Count rows that the verdict refuses."""
        ...

    async def pending(self, import_id: str) -> int:
        """Count rows that a commit would write."""
        ...

    async def drop(self, import_id: str) -> None:
        """Destroy rows and key for good."""
        ...


class Uploads(Protocol):
    """Files that the door took in."""

    async def fetch(self, name: str, into: BinaryIO) -> int:
        """Write a file in clear into an open file that nobody else can reach."""
        ...

    async def delete(self, name: str) -> None:
        """Delete a file; nothing happens when it is gone."""
        ...


class Sheets(Protocol):
    """Reads spreadsheets."""

    def read(self, file: BinaryIO, order: Ordered) -> AsyncGenerator[RowBatch | FileSummary, None]:
        """Give judged rows in batches, and at last the summary. Raises FileRefused."""
        ...


class Dictionaries(Protocol):
    """The dictionaries of the installation."""

    async def all(self) -> Mapping[str, Dictionary]:
        """Give all of them, at most two seconds old."""
        ...

    async def save(self, changed: Dictionary) -> bool:
        """Replace the version before this one; False when somebody else did."""
        ...


class Organisations(Protocol):
    """The directory of organisations."""

    async def resolve(self, places: Sequence[Place]) -> Mapping[Place, str]:
        """Give the ids of the organisations that names mean; unknown ones are made."""
        ...

    async def look_up(self, places: Sequence[Place]) -> Mapping[Place, str]:
        """Give the ids that names would have; nothing is made."""
        ...

    async def get(self, organisation: str) -> Organisation | None:
        """Give one, None when there is none."""
        ...

    async def add(self, organisation: Organisation, request: str | None = None, asked: str = "") -> Organisation:
        """Add one, or answer what the same request made. Raises OrganisationKnown, IdempotencyKeyReused."""
        ...

    async def save(self, changed: Organisation) -> None:
        """Replace the version before this one. Raises EtagStale when somebody else did."""
        ...

    async def search(self, text: str, after: tuple[str, str] | None, limit: int) -> list[Organisation]:
        """Give organisations by name that hold every word of a text."""
        ...

    async def count(self, text: str) -> int:
        """Count them."""
        ...

    async def parents(self) -> Mapping[str, str | None]:
        """Give what is part of what."""
        ...
