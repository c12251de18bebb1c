"""Rows of an XLSX workbook as text: the first visible sheet, formulas as what they are."""

import math
import re
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import BinaryIO

import python_calamine
from defusedxml import ElementTree

from services.profile.adapters.sheets.guard import MOST_UNPACKED
from services.profile.domain.imports.columns import MOST_COLUMNS
from services.profile.domain.imports.errors import FileEmpty, FileRefused, FileTooLarge, TooManyColumns
from services.profile.domain.imports.headers import Merge

_FORMULA = re.compile(rb'<c [^>]*?r="([A-Z]{1,3})(\d{1,7})"[^>]*><f(?:\s[^>]*)?>([^<]+)</f>')
_WINDOW = 1 << 20
_OVERLAP = 1 << 16
_RELATIONSHIP = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


class Workbook:
    """An open workbook; `total` rows by its own word, headers counted."""

    def __init__(self, file: BinaryIO, most_rows: int) -> None:
        try:
            book = python_calamine.CalamineWorkbook.from_filelike(file)
            shown = [
                at
                for at, sheet in enumerate(book.sheets_metadata)
                if sheet.visible == python_calamine.SheetVisibleEnum.Visible
                and sheet.typ == python_calamine.SheetTypeEnum.WorkSheet
            ]
            if not shown:
                raise FileEmpty
            self._sheet = book.get_sheet_by_index(shown[0])
        except (python_calamine.CalamineError, OSError, ValueError) as error:
            raise FileRefused from error
        if self._sheet.start is None or self._sheet.end is None:
            raise FileEmpty
        self._first, self._left = self._sheet.start
        self.total: int = self._sheet.end[0] + 1
        width = self._sheet.end[1] + 1
        if width > MOST_COLUMNS and self._filled_width() > MOST_COLUMNS:
            raise TooManyColumns(columns=width, limit=MOST_COLUMNS)
        if self.total > most_rows:
            raise FileTooLarge(limit_mib=MOST_UNPACKED >> 20, limit_rows=most_rows)
        file.seek(0)
        self._formulas = _formulas(file, shown[0], most_rows)

    @property
    def merges(self) -> Sequence[Merge]:
        """The merged ranges, (row, column) from 0."""
        return self._sheet.merged_cell_ranges or []

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Give the rows with their number from 1; empty ones too."""
        pad = [""] * self._left
        formulas = self._formulas
        for at, row in enumerate(self._sheet.iter_rows(), self._first + 1):
            cells = [cell if type(cell) is str else _text(cell) for cell in row]
            if pad:
                cells = pad + cells
            for place, formula in formulas.get(at, ()):
                cells += [""] * (place + 1 - len(cells))
                cells[place] = formula
            yield at, cells

    def _filled_width(self) -> int:
        """Count columns up to the last one that has anything in its first rows: formats alone stretch a sheet."""
        rows = self._sheet.to_python(skip_empty_area=False, nrows=50)
        return max((at + 1 for row in rows for at, cell in enumerate(row) if cell != ""), default=0)


def _text(cell: str | float | bool | datetime | date | time | timedelta) -> str:
    if isinstance(cell, bool):
        return "да" if cell else "нет"
    if isinstance(cell, float | int):
        if not math.isfinite(cell):
            return "#NUM!"  # a number beyond all numbers: as a spreadsheet shows it, and read as its other errors are
        return str(int(cell)) if float(cell).is_integer() and abs(cell) < 1e15 else format(cell, ".15g")
    if isinstance(cell, datetime):
        whole = cell.hour == cell.minute == cell.second == 0
        return cell.date().isoformat() if whole else cell.isoformat(sep=" ", timespec="seconds")
    return str(cell)


def _formulas(file: BinaryIO, sheet: int, most_rows: int) -> dict[int, list[tuple[int, str]]]:
    """Find the formulas of a sheet as (column from 0, text) by row from 1; a reader of values does not tell them."""
    found: dict[int, list[tuple[int, str]]] = {}
    with zipfile.ZipFile(file) as container:
        path = _path_of(container, sheet)
        if path is None:
            return found
        unpacked, kept = 0, b""
        with container.open(path) as part:
            while piece := part.read(_WINDOW):
                unpacked += len(piece)
                if unpacked > MOST_UNPACKED:
                    raise FileTooLarge(limit_mib=MOST_UNPACKED >> 20, limit_rows=most_rows)
                if b"<f" not in piece and b"<f" not in kept:
                    kept = piece[-_OVERLAP:]
                    continue
                window = kept + piece
                for match in _FORMULA.finditer(window):
                    if match.end() > len(kept):
                        cell = (_place(match[1]), "=" + _unescaped(match[3].decode("utf-8", "replace")))
                        found.setdefault(int(match[2]), []).append(cell)
                kept = window[-_OVERLAP:]
    return found


def _path_of(container: zipfile.ZipFile, sheet: int) -> str | None:
    try:
        book = ElementTree.fromstring(container.read("xl/workbook.xml"))
        links = ElementTree.fromstring(container.read("xl/_rels/workbook.xml.rels"))
    except (KeyError, ElementTree.ParseError, ValueError):
        return None
    sheets = [each.get(_RELATIONSHIP) for each in book.iter() if each.tag.endswith("}sheet")]
    targets = {each.get("Id"): str(each.get("Target")) for each in links.iter() if each.get("Id")}
    target = targets.get(sheets[sheet]) if sheet < len(sheets) else None
    if target is None:
        return None
    path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return path if path in container.namelist() else None


def _place(letters: bytes) -> int:
    place = 0
    for letter in letters:
        place = place * 26 + letter - 64
    return place - 1


def _unescaped(text: str) -> str:
    for mark, sign in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&")):
        text = text.replace(mark, sign)
    return text
