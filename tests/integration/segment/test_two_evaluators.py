"""The predicate and the query are one meaning: held on random rules and people on the real engine."""

import os
from random import Random

import pytest

from chassis.kernel import WHOLE
from services.segment.adapters import bitmaps
from services.segment.domain.face import ALL
from services.segment.domain.following import Written
from services.segment.domain.numbers import Numbers
from services.segment.domain.predicate import compile_rule
from services.segment.domain.rule_parsing import parse_rule
from services.segment.ports import Audience
from tests.integration.segment.conftest import Index
from tests.unit.segment.drawn import CATALOGUE, NOW, drawn_face, drawn_rule

PEOPLE, RULES = 250, 300


@pytest.mark.opensearch
@pytest.mark.parametrize("seed", [20260314, int.from_bytes(os.urandom(4), "big")])
async def test_predicate_and_query_agree_on_every_rule(index: Index, seed: int) -> None:
    # The seed is in the name of the case, so a failure names the world to draw again.
    random = Random(seed)
    whole = [drawn_face(random, no) for no in range(1, PEOPLE + 1)]
    partner = [drawn_face(random, face.no, profile=face.profile, face="partner") for face in whole[::2]]
    refused = await index.writer.write([Written(face) for face in (*whole, *partner)], CATALOGUE, NOW)
    assert not refused
    await index.people.settle()
    members: dict[str, Numbers] = {
        "odd": bitmaps.numbers(range(1, PEOPLE, 2)), "few": bitmaps.numbers([3, 5, 90_000]), "none": bitmaps.numbers(),
    }  # fmt: skip

    found = 0
    for _ in range(RULES):
        tree = drawn_rule(random, tuple(members))
        rule = parse_rule(tree, CATALOGUE)
        holds = compile_rule(rule, members)
        for workspace, faces in ((WHOLE, whole), ("partner", partner)):
            audience = Audience(workspace, rule, members=members)
            expected = {face.no for face in faces if holds(face, NOW)}
            assert set(await index.people.numbers(audience, NOW)) == expected, tree
            found += len(expected)
    assert found > RULES, "the rules of this world find nobody: the test would prove nothing"
    assert {face.face for face in whole} == {ALL}
