"""Membership moved step by step; plain sets stand for bitmaps."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.segment.domain.membership import (
    Container,
    Standing,
    View,
    belongs,
    by_hand,
    empty,
    high_of,
    moved,
    span_of,
)
from tests.unit.segment.drawn import NOW

NOBODY: Any = frozenset()


def sets(*numbers: int) -> Any:
    return frozenset(numbers)


def a_container(**parts: Any) -> Container:
    return Container(**{"segment": "s", "high": 0, "revision": 3, "members": NOBODY, "ruled": NOBODY,
                        "added": NOBODY, "removed": NOBODY} | parts)  # fmt: skip


def standing(no: int, *, ruled: bool | None, inside: bool) -> Standing:
    return Standing(f"p{no}", no, 9, ruled, inside)


def one(*numbers: int) -> Any:
    return {no: sets(no) for no in numbers}


def test_who_comes_and_who_goes_is_told_once() -> None:
    before = a_container(members=sets(1, 2), ruled=sets(1, 2))

    after, changes = moved(
        before,
        [
            standing(1, ruled=False, inside=False),
            standing(2, ruled=True, inside=True),
            standing(3, ruled=True, inside=True),
        ],
        one(1, 2, 3),
        NOW,
    )

    assert (after.members, after.ruled) == (sets(2, 3), sets(2, 3))
    assert [(change.no, change.joined, change.revision) for change in changes] == [(1, False, 9), (3, True, 9)]
    again, nothing = moved(after, [standing(3, ruled=True, inside=True)], one(3), NOW)
    assert again is after
    assert nothing == []


def test_a_rule_that_is_not_asked_stays() -> None:
    before = a_container(members=sets(1), ruled=sets(1))

    after, changes = moved(before, [standing(1, ruled=None, inside=False)], one(1), NOW)

    assert (after.members, after.ruled) == (NOBODY, sets(1))
    assert len(changes) == 1


def test_put_in_and_taken_out_exclude_each_other() -> None:
    noted = by_hand(a_container(added=sets(1), removed=sets(2)), put_in=sets(2), taken_out=sets(1, 3))

    assert (noted.added, noted.removed) == (sets(2), sets(1, 3))


@given(st.booleans(), st.booleans(), st.booleans(), st.booleans())
def test_out_by_hand_wins_over_everything(ruled: bool, added: bool, removed: bool, takes_part: bool) -> None:
    inside = belongs(ruled=ruled, added=added, removed=removed, takes_part=takes_part)

    assert inside == ((ruled or added) and takes_part and not removed)


def test_an_absorbed_number_counts_as_its_survivor() -> None:
    containers = {("s", 0): a_container(added=sets(5)), ("s", 1): empty("s", 1, NOBODY)}
    view = View("s", containers, {70_000: (5,)})

    assert view.holds(70_000, "added")
    assert not view.holds(70_001, "added")
    assert 5 not in view


@given(st.integers(min_value=0, max_value=2**31 - 1))
def test_a_number_lies_in_its_span(no: int) -> None:
    first, last = span_of(high_of(no))
    assert first <= no <= last
    assert last - first == 65_535
