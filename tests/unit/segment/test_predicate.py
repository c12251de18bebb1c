"""The predicate: what missing means, tuples, time."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.segment.domain.catalogue import BUILT_IN
from services.segment.domain.face import Affiliation, Consent, Face
from services.segment.domain.predicate import compile_rule
from services.segment.domain.rule_parsing import parse_rule
from tests.unit.segment.drawn import NOW

DOCTOR = Face(
    profile="0190a6f0-0000-7000-8000-000000000001",
    no=7,
    face="all",
    revision=1,
    status="active",
    kind="hcp",
    attributes={"family_name": ("елкин",), "degree": ("phd", "professor")},
    affiliations=(
        Affiliation(organisation="clinic-1", specialty="therapy"),
        Affiliation(organisation="clinic-2", specialty="paediatrics", end="2026-03-13"),
    ),
    consents=(Consent("main", "marketing", "email", "news", "granted", NOW),),
)


def holds(tree: object, face: Face = DOCTOR, **members: set[int]) -> bool:
    return compile_rule(parse_rule(tree, BUILT_IN), members)(face, NOW)


@pytest.mark.parametrize("operator", ["equals", "not_equals"])
def test_a_leaf_over_a_missing_value_is_false(operator: str) -> None:
    leaf = {"attribute": "city", "op": operator, "value": "moscow"}

    assert not holds(leaf)
    assert holds({"none": [leaf]})
    assert holds({"attribute": "city", "op": "is_missing"})


def test_of_several_values_one_has_to_hold_and_for_negation_none() -> None:
    assert holds({"attribute": "degree", "value": "professor"})
    assert not holds({"attribute": "degree", "op": "not_equals", "value": "professor"})
    assert holds({"attribute": "degree", "op": "not_in", "value": ["md"]})


def test_specialty_and_clinic_belong_to_one_workplace() -> None:
    assert not holds({"affiliation": {"specialty": "paediatrics", "organisation": "clinic-1"}})
    assert holds({"affiliation": {"specialty": "paediatrics", "organisation": "clinic-2"}})
    assert not holds({"affiliation": {"specialty": "paediatrics", "organisation": "clinic-2", "current": True}})


def test_a_consent_runs_out_at_its_moment() -> None:
    granted = parse_rule({"consent": {"controller": "main", "channel": "email"}}, BUILT_IN)
    expired = parse_rule({"consent": {"controller": "main", "status": "expired"}}, BUILT_IN)
    before = NOW - timedelta(milliseconds=1)

    assert compile_rule(granted)(DOCTOR, before)
    assert not compile_rule(granted)(DOCTOR, NOW)
    assert compile_rule(expired)(DOCTOR, NOW)


def test_archived_people_take_part_only_where_they_are_asked_for() -> None:
    archived = replace(DOCTOR, status="archived")

    assert not holds({"kind": "hcp"}, archived)
    assert holds({"all": [{"kind": "hcp"}, {"status": "archived"}]}, archived)
    assert not holds({"none": [{"status": "archived"}]}, replace(DOCTOR, status="erased"))


def test_another_segment_is_asked_by_number() -> None:
    assert holds({"segment": ["a", "b"]}, a={1}, b={7})
    assert not holds({"segment": "a"}, a=set())


def test_empty_groups() -> None:
    assert holds({"all": []})
    assert holds({"none": []})
    assert not holds({"any": []})
