"""Keys said twice: the scan that spares the exact look never misses one."""

import json
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from gateway.bodies import keys_in, may_say_twice, said_twice

BLANKS = st.sampled_from(["", "", "", " ", "\n", "\t "])
TEXTS = st.sampled_from(["a", "b", 'a":', "a:", ' "b": 1', "\\", ""])
VALUES: st.SearchStrategy[Any] = st.recursive(
    TEXTS | st.integers(0, 9) | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.lists(st.tuples(TEXTS, inner), max_size=4),
    max_leaves=8,
)


def spelled(text: str, quote: str) -> str:
    return json.dumps(text.replace('"', "\ue000")).replace("\\ue000", quote)


def written(value: Any, blank: str, quote: str) -> str:
    """Write pairs as an object, a key as often as it stands there; quotes inside texts as told."""
    if isinstance(value, list) and value and all(isinstance(each, tuple) for each in value):
        pairs = (f"{spelled(key, quote)}{blank}:{written(inner, blank, quote)}" for key, inner in value)
        return "{" + f",{blank}".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ",".join(written(each, blank, quote) for each in value) + "]"
    return spelled(value, quote) if isinstance(value, str) else json.dumps(value)


@given(VALUES, BLANKS, st.sampled_from(['\\"', "\\u0022"]))
def test_what_cannot_say_a_key_twice_does_not(value: Any, blank: str, quote: str) -> None:
    body = written(value, blank, quote).encode()
    read = msgspec.json.encode(json.loads(body))

    if not may_say_twice(body, keys_in(read)):
        assert said_twice(body) is None


def test_the_usual_body_is_spared_the_exact_look() -> None:
    properties = {"page": "a: b", "n": [{"x": 1}], "said": 'he "said": no', "Тема": "Конгресс"}
    told = {"event_id": "1", "time": "2026-03-01T09:30:00Z", "properties": properties}

    for separators in ((",", ":"), (", ", ": ")):
        body = json.dumps(told, separators=separators).encode()
        assert not may_say_twice(body, keys_in(msgspec.json.encode(told)))
