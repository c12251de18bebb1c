"""Reading rules: whatever comes in, a rule or violations that name their places."""

import json
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.segment.domain import rule as r
from services.segment.domain.catalogue import BUILT_IN, AttributeType
from services.segment.domain.errors import RuleInvalid
from services.segment.domain.rule_parsing import MAX_DEPTH, MAX_LIST, MAX_NODES, parse_rule
from tests.unit.segment.drawn import CATALOGUE, drawn_rule

SCHEMA = json.loads(Path("docs/schema/rule.json").read_text(encoding="utf-8"))


def refusals(tree: object) -> list[tuple[str, str]]:
    with pytest.raises(RuleInvalid) as caught:
        parse_rule(tree, BUILT_IN)
    return [(violation.field, violation.reason) for violation in caught.value.violations]


def nested(depth: int) -> dict[str, Any]:
    tree: dict[str, Any] = {"kind": "hcp"}
    for _ in range(depth):
        tree = {"all": [tree]}
    return tree


def test_a_rule_is_read_into_its_leaves() -> None:
    rule = parse_rule(
        {
            "all": [
                {"affiliation": {"specialty": "Paediatrics", "organisation": ["c1", "c2"]}},
                {"none": [{"attribute": "family_name", "op": "begins_with", "value": " ЁЛ"}]},
            ]
        },
        BUILT_IN,
    )

    assert rule == r.Group(
        r.Quantifier.ALL,
        (
            r.AffiliationLeaf(organisation=("c1", "c2"), specialty=("paediatrics",)),
            r.Group(
                r.Quantifier.NONE,
                (r.AttributeLeaf("family_name", AttributeType.TEXT, r.Operator.BEGINS_WITH, ("ел",)),),
            ),
        ),
    )


def test_everything_that_is_wrong_is_named_at_once() -> None:
    tree = {
        "all": [
            {"attribute": "shoe_size", "value": 44},
            {"attribute": "city", "op": "less", "value": "moscow"},
            {"attribute": "birth_date", "value": "1980-02-30"},
            {"kind": "cat"},
            {"any": {"kind": "hcp"}},
            {"segment": []},
            {"status": "active", "colour/tone": 1},
            {"status": "erased"},
            {"consent": {"kanal": "email"}},
            {"attribute": "birth_date", "op": "between", "value": ["2000-01-01", "1999-01-01"]},
            {},
            7,
        ]
    }

    assert refusals(tree) == [
        ("rule.all[0].attribute", "ATTRIBUTE_UNKNOWN"),
        ("rule.all[1].op", "OPERATOR_UNKNOWN"),
        ("rule.all[2].value", "VALUE_INVALID"),
        ("rule.all[3].kind", "VALUE_UNKNOWN"),
        ("rule.all[4].any", "NOT_A_LIST"),
        ("rule.all[5].segment", "NOT_A_LIST"),
        ('rule.all[6]["colour/tone"]', "FIELD_UNKNOWN"),
        ("rule.all[7].status", "VALUE_UNKNOWN"),
        ("rule.all[8].consent.kanal", "FIELD_UNKNOWN"),
        ("rule.all[9].value", "RANGE_INVALID"),
        ("rule.all[10]", "LEAF_UNKNOWN"),
        ("rule.all[11]", "NOT_AN_OBJECT"),
    ]


def test_depth_nodes_and_lists_are_capped() -> None:
    parse_rule(nested(MAX_DEPTH - 1), BUILT_IN)
    assert refusals(nested(MAX_DEPTH))[0][1] == "RULE_TOO_DEEP"
    assert refusals(nested(100))[0][1] == "RULE_TOO_DEEP"
    parse_rule({"any": [{"kind": "hcp"}] * (MAX_NODES - 1)}, BUILT_IN)
    assert refusals({"any": [{"kind": "hcp"}] * MAX_NODES}) == [(f"rule.any[{MAX_NODES - 1}]", "RULE_TOO_LARGE")]
    too_long = {"attribute": "city", "op": "in", "value": ["x"] * 100_000}
    assert refusals({"all": [too_long]}) == [("rule.all[0].value", "LIST_TOO_LONG")]
    assert MAX_LIST == 1_000


def test_health_attributes_cannot_be_asked_for() -> None:
    assert refusals({"attribute": "diagnosis", "op": "is_present"}) == [("rule.attribute", "ATTRIBUTE_UNKNOWN")]


json_trees = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=8) | st.sampled_from(["active", "hcp", "city"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["all", "any", "none", "attribute", "op", "value", "affiliation", "consent", "status", "x"]
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=12,
)


@given(json_trees)
def test_nothing_crashes_the_reader(tree: object) -> None:
    with suppress(RuleInvalid):
        parse_rule(tree, BUILT_IN)


@given(st.integers(min_value=0))
def test_every_rule_fits_the_published_schema(seed: int) -> None:
    tree = drawn_rule(Random(seed), ("0190a6f0-0000-7000-8000-000000000001",))

    parse_rule(tree, CATALOGUE)

    jsonschema.validate(tree, SCHEMA)


@pytest.mark.parametrize(
    "tree",
    [
        {"kind": "cat"},
        {"all": [], "any": []},
        {"attribute": "city"},
        {"attribute": "city", "op": "is_missing", "value": 1},
    ],
)
def test_schema_and_reader_refuse_alike(tree: object) -> None:
    assert refusals(tree)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(tree, SCHEMA)
