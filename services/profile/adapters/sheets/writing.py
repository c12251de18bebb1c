"""Spreadsheets that we hand out: nothing in them runs, whatever people wrote.

Promise: every text cell is escaped (`escaped_for_sheet`) and written as text, so that neither a spreadsheet nor a
person who opens the CSV in one executes what an import contained.
"""

import csv
import io
from collections.abc import Iterable, Sequence

import xlsxwriter

from services.profile.domain.normal.text import escaped_for_sheet
from services.profile.imports.queries import TemplateColumn

_LONGEST_TITLE = 255
_ROWS_WITH_CHOICES = 5000


def csv_lines(rows: Iterable[Sequence[str]], *, first: bool) -> bytes:
    """Write rows as UTF-8 with semicolons; the first piece carries the BOM that spreadsheets look for."""
    text = io.StringIO()
    out = csv.writer(text, delimiter=";", lineterminator="\r\n")
    for row in rows:
        out.writerow([escaped_for_sheet(cell) for cell in row])
    return (b"\xef\xbb\xbf" if first else b"") + text.getvalue().encode()


def workbook_of(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Write a workbook of text cells."""
    out = io.BytesIO()
    with _workbook(out) as book:
        sheet = book.add_worksheet("Ошибки")
        sheet.freeze_panes(1, 0)
        bold = book.add_format({"bold": True})
        for place, title in enumerate(header):
            sheet.write_string(0, place, escaped_for_sheet(title), bold)
        for at, row in enumerate(rows, 1):
            for place, cell in enumerate(row):
                sheet.write_string(at, place, escaped_for_sheet(cell))
    return out.getvalue()


def template_of(columns: Sequence[TemplateColumn]) -> bytes:
    """Write an empty workbook with drop-downs, whose choices lie on a hidden sheet."""
    out = io.BytesIO()
    with _workbook(out) as book:
        sheet = book.add_worksheet("Люди")
        choices = book.add_worksheet("choices")
        choices.hide()
        sheet.freeze_panes(1, 0)
        plain, needed = book.add_format({"bold": True}), book.add_format({"bold": True, "font_color": "#c00000"})
        text = book.add_format({"num_format": "@"})  # so that a phone stays what was typed
        for place, column in enumerate(columns):
            title = column.title[:_LONGEST_TITLE]
            sheet.set_column(place, place, max(14, len(title) + 4), text)
            sheet.write_string(0, place, title, needed if column.required else plain)
            if not column.choices:
                continue
            for at, choice in enumerate(column.choices):
                choices.write_string(at, place, choice)
            letter = xlsxwriter.utility.xl_col_to_name(place, True)
            sheet.data_validation(
                1, place, _ROWS_WITH_CHOICES, place,
                {"validate": "list", "source": f"=choices!{letter}$1:{letter}${len(column.choices)}",
                 "error_type": "warning", "error_message": "Нет в словаре: такое значение будет отмечено при импорте."},
            )  # fmt: skip
    return out.getvalue()


def _workbook(out: io.BytesIO) -> xlsxwriter.Workbook:
    return xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
