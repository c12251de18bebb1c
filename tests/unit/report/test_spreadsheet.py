"""Rows that leave for a spreadsheet cannot act in it."""

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.report.domain.spreadsheet import csv_of, escape_cell, json_of


@pytest.mark.parametrize(
    "text",
    [
        '=HYPERLINK("http://x")',
        "+7(900)",
        "-2+3",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "  =1",
        "\u00a0=1",
        "＝1",
        "\ufeff@x",
    ],
)
def test_a_text_that_a_spreadsheet_would_run_gets_an_apostrophe(text: str) -> None:
    assert escape_cell(text) == "'" + text


@pytest.mark.parametrize("value", ["delivered", "a=b", "", -5, -0.5, True, None, "2026-01-01"])
def test_other_values_stay_as_they_are(value: str | int | float | bool | None) -> None:
    assert escape_cell(value) is value


def test_csv_has_a_header_escaped_cells_and_empty_cells_for_nothing() -> None:
    text = csv_of(["name", "n"], [{"name": "=1+1", "n": -3}, {"name": 'say "hi", x'}])

    assert text == 'name,n\r\n\'=1+1,-3\r\n"say ""hi"", x",\r\n'


def test_json_has_one_object_a_line_in_order() -> None:
    text = json_of(["b", "a"], [{"a": "@x", "b": 1}, {"a": "да"}])

    assert text == '{"b": 1, "a": "\'@x"}\n{"b": null, "a": "да"}\n'


@given(st.lists(st.text(), min_size=1))
def test_no_text_cell_of_any_csv_starts_a_formula(texts: list[str]) -> None:
    read = list(csv.reader(io.StringIO(csv_of(["x"], [{"x": text} for text in texts]), newline="")))

    for [cell], text in zip(read[1:], texts, strict=False):
        assert not cell.lstrip().startswith(("=", "+", "-", "@")), text
        assert json.loads(json_of(["x"], [{"x": text}]))["x"] == cell
