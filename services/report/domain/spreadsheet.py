"""Rows that leave for a spreadsheet: CSV or JSON, safe to open.

Promise: no cell that somebody else wrote can act as a formula, whatever program opens the file.
"""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence

Cell = str | int | float | bool | None

# Spreadsheets take a text that begins so for a formula (OWASP, CSV injection); a tab or a line end may hide it.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def escape_cell(value: Cell) -> Cell:
    """Put an apostrophe before a text that a spreadsheet would run; numbers and other texts stay as they are."""
    if isinstance(value, str) and value.lstrip(" \u00a0\ufeff").startswith(_FORMULA_STARTS):
        return "'" + value
    return value


def csv_of(columns: Sequence[str], rows: Iterable[Mapping[str, Cell]]) -> str:
    """Write RFC 4180 text: a header line, CRLF line ends, every text cell escaped, an absent value as an empty cell."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([escape_cell(column) for column in columns])
    for row in rows:
        writer.writerow(["" if row.get(column) is None else escape_cell(row[column]) for column in columns])
    return out.getvalue()


def json_of(columns: Sequence[str], rows: Iterable[Mapping[str, Cell]]) -> str:
    """Write one JSON object a line, columns in order; texts are escaped, for such files are pasted too."""
    return "".join(
        json.dumps({column: escape_cell(row.get(column)) for column in columns}, ensure_ascii=False) + "\n"
        for row in rows
    )
