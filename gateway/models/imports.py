"""Imports on the wire."""

from typing import Literal

from pydantic import Field

from gateway.models.manner import Body, Time, View
from gateway.models.operations import Operation


class ColumnMapping(View):
    """Which column means what."""

    column: str = Field(description="The header as written; a repeated header carries its place: 'Телефон (2)'.")
    target: str = Field(
        description=(
            "An attribute's key, 'email', 'phone', 'external_id', 'full_name', 'organisation', "
            "'specialty', 'position', 'schedule', 'workplace_city', 'opt_in_date', 'opt_out_date' "
            "and the like; empty: not taken."
        )
    )
    origin: str = Field(
        description=("Where the choice came from: 'given', 'remembered', 'header', 'content'. Output only.")
    )


class ColumnMappingInput(Body):
    """Which column means what."""

    column: str | None = Field(
        default=None,
        max_length=300,
        description=("The header as written; a repeated header carries its place: 'Телефон (2)'."),
    )
    target: str | None = Field(
        default=None,
        max_length=64,
        description=(
            "An attribute's key, 'email', 'phone', 'external_id', 'full_name', 'organisation', "
            "'specialty', 'position', 'schedule', 'workplace_city', 'opt_in_date', 'opt_out_date' "
            "and the like; empty: not taken."
        ),
    )


class ImportCounts(View):
    """Counts of rows and people."""

    rows: int = Field(description="Rows in the file, empty ones left out.")
    ok: int = Field(description="Rows without a finding.")
    corrected: int = Field(description="Rows of which a cell was mended.")
    warned: int = Field(description="Rows with a warning.")
    refused: int = Field(description="Rows that cannot be taken.")
    created: int = Field(description="People made.")
    updated: int = Field(description="People with something new.")
    merged: int = Field(description="Rows that joined a known person of another source.")
    unchanged: int = Field(description="Rows that told nothing new.")


class Import(View):
    """One import."""

    id: str = Field(description="UUID.")
    source: str = Field(description="The source that it is of.")
    base: str = Field(description="The base that owns the source.")
    kind: str = Field(description="'hcp', 'patient' or 'contact'.")
    state: Literal["reading", "ready", "committing", "committed", "failed", "cancelled"] | None = Field(
        description=("State.")
    )
    mapping: list[ColumnMapping] = Field(description="Which column means what.")
    counts: ImportCounts | None = Field(default=None, description="Counts.")
    error: str = Field(description="The reason when the file was refused, one of the error reasons.")
    operation: str = Field(description="The running or last operation.")
    dry_run: ImportCounts | None = Field(default=None, description="What the last dry run counted.")
    create_time: Time | None = Field(default=None, description="Begun.")
    commit_time: Time | None = Field(default=None, description="Written.")
    expire_time: Time | None = Field(default=None, description="Staged rows and the file are destroyed then.")
    etag: str = Field(description="Opaque; changes with every correction.")
    same_as: str = Field(description="An earlier committed import of the very same file, if there is one.")
    principal: str = Field(description="The principal who uploaded it.")
    notes: list[str] = Field(description="What was noticed of the file as a whole, in codes.")


class StartedImport(View):
    """An import that was begun, and the reading of its file."""

    import_: Import | None = Field(default=None, alias="import", description="The import.")
    operation: Operation | None = Field(default=None, description="The reading.")


class RemapImport(Body):
    """Another mapping."""

    mapping: list[ColumnMappingInput] = Field(
        max_length=200, description="What columns mean; those that are not named are guessed anew."
    )


class CorrectRows(Body):
    """Another text for every cell of a column that holds a certain one."""

    column: str = Field(min_length=1, max_length=300, description="The header of the column.")
    value: str = Field(max_length=4096, description="What the cell holds now, exactly; empty for an empty one.")
    new_value: str = Field(max_length=4096, description="What it shall hold.")


class Cell(View):
    """One staged cell."""

    column: str = Field(description="The column's header.")
    value: str = Field(description="As written, at most 4,096 characters.")
    verdict: Literal["ok", "corrected", "warning", "refused"] | None = Field(description="The verdict.")
    suggestion: str = Field(description="What it was read as, or could be.")
    reason: str = Field(description="Why, one of the error reasons; empty when ok.")


class Row(View):
    """One staged row."""

    row: int = Field(description="Its number in the file, from 1, headers counted.")
    verdict: Literal["ok", "corrected", "warning", "refused"] | None = Field(
        description=("The worst of its cells, or the row's own.")
    )
    action: str = Field(description="'created', 'updated', 'merged', 'unchanged', 'refused'; empty before a dry run.")
    profile: str = Field(description="The person, once committed.")
    cells: list[Cell] = Field(description="Its cells in column order.")
    reasons: list[str] = Field(description="Reasons that concern the row as a whole.")


class CellInput(Body):
    """One staged cell."""

    column: str | None = Field(default=None, description="The column's header.")
    value: str | None = Field(default=None, description="As written, at most 4,096 characters.")


class UpdateRow(Body):
    """Corrections of one staged row."""

    cells: list[CellInput] = Field(
        min_length=1, max_length=200, description=("New cells; only `column` and `value` are read.")
    )


class ColumnQuality(View):
    """How good a column was."""

    column: str = Field(description="The header.")
    target: str = Field(description="What it is taken as.")
    ok: int = Field(description="Taken without a change of meaning.")
    empty: int = Field(description="Nothing in it.")
    corrected: int = Field(description="Mended, moved or with a part left away.")
    invalid: int = Field(description="Not readable as what it should be.")
    reasons: dict[str, int] = Field(description="Rows by the reason of what was found in it, as they stand now.")


class QualityReport(View):
    """How good a file was."""

    import_: str = Field(alias="import", description="The import.")
    counts: ImportCounts | None = Field(default=None, description="Counts of rows.")
    columns: list[ColumnQuality] = Field(description="By column, in the file's order.")
    duplicate_rows: int = Field(description="Rows that are one person with another row of the same file.")
    joined_rows: int = Field(description="Rows that joined a person of another source; known after the dry run.")
