"""What may go wrong with an import, one class per thing that a caller may act on.

A refused file is told by the import itself (`error`), by the same reasons; nothing of a file's content goes into a
field or a template, save headers, which name no person.
"""

from chassis.kernel import Code, Problem


class ImportUnknown(Problem):
    """No import has this id in the caller's workspace."""

    code = Code.NOT_FOUND
    reason = "IMPORT_UNKNOWN"
    template = "There is no import {import_id}."

    def __init__(self, import_id: str) -> None:
        super().__init__(import_id=import_id)


class RowUnknown(Problem):
    """The import has no such row."""

    code = Code.NOT_FOUND
    reason = "IMPORT_ROW_UNKNOWN"
    template = "Import {import_id} has no row {row}."

    def __init__(self, import_id: str, row: int) -> None:
        super().__init__(import_id=import_id, row=row)


class ImportNotReady(Problem):
    """What was asked for needs another state."""

    code = Code.FAILED_PRECONDITION
    reason = "IMPORT_NOT_READY"
    template = "Import {import_id} is {state}; that cannot be done now."

    def __init__(self, import_id: str, state: str) -> None:
        super().__init__(import_id=import_id, state=state)


class RowCommitted(Problem):
    """The row is written already; its person is corrected on the card."""

    code = Code.FAILED_PRECONDITION
    reason = "IMPORT_ROW_COMMITTED"
    template = "Row {row} of import {import_id} is committed already."

    def __init__(self, import_id: str, row: int) -> None:
        super().__init__(import_id=import_id, row=row)


class ColumnUnknown(Problem):
    """The mapping names a column that the file does not have."""

    code = Code.INVALID_ARGUMENT
    reason = "IMPORT_COLUMN_UNKNOWN"
    template = "The file has no column {column}."

    def __init__(self, column: str) -> None:
        super().__init__(column=column[:300])


class TargetUnknown(Problem):
    """The mapping names an attribute that the catalogue does not have."""

    code = Code.INVALID_ARGUMENT
    reason = "IMPORT_TARGET_UNKNOWN"
    template = "Column {column} cannot be taken as {target}: the catalogue has no such attribute."

    def __init__(self, column: str, target: str) -> None:
        super().__init__(column=column[:300], target=target[:64])


class TargetTwice(Problem):
    """Two columns were given one meaning."""

    code = Code.INVALID_ARGUMENT
    reason = "IMPORT_TARGET_TWICE"
    template = "Column {column} is a second one for {target}, which may be given once."

    def __init__(self, column: str, target: str) -> None:
        super().__init__(column=column[:300], target=target[:64])


class FileRefused(Problem):
    """The file itself cannot be read; the reason says why."""

    code = Code.INVALID_ARGUMENT
    reason = "FILE_UNREADABLE"
    template = "The file cannot be read: it is damaged."

    def __init__(self, **fields: object) -> None:
        super().__init__(violations=(), retry_after=None, **fields)


class FileEmpty(FileRefused):
    """Nothing in it, or headers alone."""

    reason = "FILE_EMPTY"
    template = "The file has no rows."


class FileNotWhatItsNameSays(FileRefused):
    """The content is of another kind than the name."""

    reason = "FILE_CONTENT_MISMATCH"
    template = "The content of the file is not what its name says; XLSX and CSV are taken."


class FileProtected(FileRefused):
    """A password is on it."""

    reason = "FILE_PASSWORD_PROTECTED"
    template = "The workbook is protected by a password; save it without one."


class FileCarriesMacros(FileRefused):
    """Macros are in it."""

    reason = "FILE_HAS_MACROS"
    template = "The workbook carries macros; save it as XLSX without them."


class FileTooLarge(FileRefused):
    """It unpacks to more than is taken."""

    reason = "FILE_TOO_LARGE"
    template = "The file unpacks to more than {limit_mib} MiB or more than {limit_rows} rows."


class FileTakesTooLong(FileRefused):
    """Reading it went beyond its share of memory or time."""

    reason = "FILE_TOO_COSTLY"
    template = "Reading the file went beyond the memory or the time that one file may have; split it."


class TooManyColumns(FileRefused):
    """More columns than a file of people has."""

    reason = "FILE_TOO_MANY_COLUMNS"
    template = "The file has {columns} columns; at most {limit} are taken."


class NoHeaders(FileRefused):
    """No row reads like headers and no mapping was given."""

    reason = "FILE_WITHOUT_HEADERS"
    template = "No column could be recognised in the first {rows} rows; name the columns in the mapping."
