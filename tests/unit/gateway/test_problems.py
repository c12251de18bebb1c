"""One form of every refusal."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.kernel import Code, Problem, Violation
from gateway.problems import STATUS_BY_CODE, TITLES, FieldError, Refusal, pointer_of, problem_body
from gateway.refusals import from_problem


@pytest.mark.parametrize(
    ("path", "pointer"),
    [
        ("etag", "/etag"),
        ("rows[3].phone", "/rows/3/phone"),
        ('attributes["city"].text', "/attributes/city/text"),
        ("profile.contacts[0].value", "/contacts/0/value"),
        ("settings.goal.event", "/goal/event"),
        ("source", "/source"),
        ("rule.all[2].any[0]", "/rule/all/2/any/0"),
        ('attributes["a/b~c"]', "/attributes/a~1b~0c"),
        ("", ""),
    ],
)
def test_paths_become_pointers(path: str, pointer: str) -> None:
    assert pointer_of(path) == pointer


@given(st.text())
def test_any_path_becomes_some_pointer(path: str) -> None:
    pointer = pointer_of(path)

    assert pointer == "" or pointer.startswith("/")


def test_every_code_has_a_status_and_every_status_a_title() -> None:
    assert {code.name for code in Code} <= STATUS_BY_CODE.keys()
    assert set(STATUS_BY_CODE.values()) <= TITLES.keys()


def test_a_body_has_what_the_standard_names() -> None:
    body = json.loads(problem_body(Refusal(422, "INVALID_FIELD", "No.", [FieldError("/a", "B", "c")])))

    assert body == {
        "type": "urn:consilium:problem:invalid-field",
        "title": "Fields are not valid",
        "status": 422,
        "code": "INVALID_FIELD",
        "detail": "No.",
        "errors": [{"pointer": "/a", "code": "B", "detail": "c"}],
    }


class Busy(Problem):
    """Tells how long to wait, and something that is not for everybody."""

    code = Code.RESOURCE_EXHAUSTED
    reason = "OVERLOADED"
    template = "Busy."


def test_a_problem_keeps_its_wait_and_tells_only_what_may_be_told() -> None:
    refusal = from_problem(Busy(retry_after=1.2, secret="x", survivor="s", violations=[Violation("page_token", "R")]))

    assert refusal.headers()["retry-after"] == "2"
    assert refusal.more == {"survivor": "s"}
    assert refusal.errors[0].pointer == "/page_token"


def test_a_query_parameter_is_told_as_one() -> None:
    assert from_problem(Busy(violations=[Violation("page_token", "R")]), "GET").errors[0].pointer == "?page_token"
