"""Keys said twice: the scan that spares the exact look never misses one."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from gateway.bodies import may_say_twice, said_twice

BLANKS = st.sampled_from(["", "", "", " ", "\n", "\t "])
TEXTS = st.sampled_from(["a", "b", 'a":', "a:", ' "b": 1', "\\", ""])
VALUES: st.SearchStrategy[Any] = st.recursive(
    TEXTS | st.integers(0, 9) | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.lists(st.tuples(TEXTS, inner), max_size=4),
    max_leaves=8,
)


def written(value: Any, blank: str) -> str:
    """Write pairs as an object, a key as often as it stands there."""
    if isinstance(value, list) and value and all(isinstance(each, tuple) for each in value):
        pairs = (f"{json.dumps(key)}{blank}:{written(inner, blank)}" for key, inner in value)
        return "{" + f",{blank}".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ",".join(written(each, blank) for each in value) + "]"
    return json.dumps(value)


def keys_in(value: Any) -> int:
    if isinstance(value, dict):
        return len(value) + sum(map(keys_in, value.values()))
    return sum(map(keys_in, value)) if isinstance(value, list) else 0


@given(VALUES, BLANKS)
def test_what_cannot_say_a_key_twice_does_not(value: Any, blank: str) -> None:
    body = written(value, blank).encode()

    if not may_say_twice(body, keys_in(json.loads(body))):
        assert said_twice(body) is None


def test_the_usual_body_is_spared_the_exact_look() -> None:
    properties = {"page": "a: b", "n": [{"x": 1}]}
    body = json.dumps({"event_id": "1", "time": "2026-03-01T09:30:00Z", "properties": properties})

    assert not may_say_twice(body.encode(), 6)
