"""The trail's chain shows every change."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from services.access.domain.audit import Head, Line, chained, first_break

FACTS = [(f"f{n}", {"principal": "p", "action": "profiles.read", "subjects": [str(n)]}) for n in range(5)]


def test_a_chain_goes_on_where_it_ended() -> None:
    first = chained(Head(), 3, FACTS[:2])
    rest = chained(Head(first[-1].number, first[-1].hash), 3, FACTS[2:])

    assert [line.number for line in first + rest] == [1, 2, 3, 4, 5]
    assert first_break(first + rest) is None
    assert first_break(rest, Head(first[-1].number, first[-1].hash)) is None


@given(st.integers(0, 4), st.sampled_from(["content", "drop", "swap", "forge"]))
def test_any_change_shows_at_its_line(at: int, how: str) -> None:
    lines: list[Line] = chained(Head(), 3, FACTS)
    match how:
        case "content":
            lines[at] = replace(lines[at], content={**lines[at].content, "action": "profiles.erase"})
        case "forge":
            lines[at] = chained(Head(at, "f" * 64), 3, [FACTS[at]])[0]
        case "drop":
            del lines[at]
        case "swap":
            lines[at], lines[at - 1] = lines[at - 1], lines[at]

    broken = first_break(lines)

    if how == "drop" and at == 4:
        assert broken is None  # a cut tail shows only against the anchored head
    else:
        assert broken is not None
        assert broken <= at + 1
