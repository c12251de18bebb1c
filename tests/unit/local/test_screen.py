"""The screen repeats what matters and leaves the rest to files."""

import json

import pytest

from deploy.local.screen import counted, worth


@pytest.mark.parametrize("level", ["info", "debug"])
def test_what_went_well_stays_in_the_file(level: str) -> None:
    assert worth(json.dumps({"level": level, "event": "process.ready"})) is None


def test_a_warning_is_shown_with_its_fields() -> None:
    line = json.dumps({"level": "warning", "event": "bus.lost", "service": "profile", "timestamp": "2026-01-01"})

    assert worth(line) == "warning: bus.lost service=profile"


@pytest.mark.parametrize("line", ["Traceback (most recent call last):", '{"no": "level"}', "[1, 2]"])
def test_what_is_no_structured_line_is_shown_as_it_is(line: str) -> None:
    assert worth(line) == line


def test_an_empty_line_is_not_shown() -> None:
    assert worth("   ") is None


def test_a_number_has_its_thousands_and_its_unit() -> None:
    assert [counted(8914, "row"), counted(1, "row"), counted(0, "person", "people")] == [
        "8,914 rows", "1 row", "0 people",
    ]  # fmt: skip
