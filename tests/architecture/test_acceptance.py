"""docs/acceptance.md: every promise has one line, and what it calls shown is shown by tests that exist."""

import ast
import re
from collections import Counter
from typing import NamedTuple

from tests.architecture.tree import ROOT

DOCUMENT = (ROOT / "docs" / "acceptance.md").read_text(encoding="utf-8")
PROMISES = {"S0": 86, "S1": 34, "S2": 28, "S3": 39, "S4": 59}
STATES = ("works", "partly", "not yet")
LINE = re.compile(r"^\| (S\d-\d\d) \| ([^|]+) \| ([^|]+) \| ([^|]*)\|$", re.MULTILINE)
TEST = re.compile(r"`(tests/[\w/]+\.py|console/tests/browser/\w+\.test\.ts)::([^`]+)`")
TITLE = re.compile(r"\bit(?:\.each\([^)]*\))?\(\s*'([^']+)'")
"""A browser test, by what it says."""


class Promise(NamedTuple):
    """One line of the table."""

    row: str
    promise: str
    state: str
    said: str
    tests: list[tuple[str, str]]


def promises() -> list[Promise]:
    found = []
    for row, promise, state, shown in LINE.findall(DOCUMENT):
        code, _, said = state.partition(": ")
        found.append(Promise(row, promise, code, said, TEST.findall(shown)))
        assert len(TEST.findall(shown)) == shown.count("::"), f"{row} names a test in a form of its own"
    return found


def test_every_promise_has_one_line_in_order() -> None:
    wanted = [f"{section}-{number:02}" for section, count in PROMISES.items() for number in range(1, count + 1)]

    assert [line.row for line in promises()] == wanted


def test_a_state_is_one_of_three_and_what_is_there_only_in_part_says_what() -> None:
    for line in promises():
        assert line.state in STATES, line.row
        assert line.said or line.state != "partly", line.row


def test_what_works_is_shown_by_tests() -> None:
    assert not [line.row for line in promises() if line.state == "works" and not line.tests]


def test_every_test_named_exists() -> None:
    named = {test for line in promises() for test in line.tests}
    there = {(path, name) for path in {path for path, _ in named} for name in _tests_of(path)}

    assert not named - there


def test_the_counts_at_the_top_are_those_of_the_lines() -> None:
    counted = Counter(line.state for line in promises())
    told = re.search(r"^\| \*\*all\*\* \|(.*)\|$", DOCUMENT, re.MULTILINE)

    assert told is not None
    assert [int(number) for number in re.findall(r"\d+", told[1])] == [*(counted[state] for state in STATES), 246]


def _tests_of(path: str) -> set[str]:
    if path.endswith(".ts"):
        return set(TITLE.findall((ROOT / path).read_text(encoding="utf-8")))
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
