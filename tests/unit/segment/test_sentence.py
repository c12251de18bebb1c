"""Rules as sentences."""

from random import Random

import pytest

from services.segment.domain.catalogue import BUILT_IN
from services.segment.domain.rule_parsing import parse_rule
from services.segment.domain.sentence import LANGUAGES, sentence
from tests.unit.segment.drawn import CATALOGUE, drawn_rule

RULE = {
    "all": [
        {"affiliation": {"specialty": "paediatrics", "organisation": "clinic-1"}},
        {"consent": {"controller": "main", "purpose": "marketing", "channel": "email", "topic": "news"}},
        {"none": [{"status": "archived"}, {"attribute": "city", "op": "in", "value": ["moscow", "kazan"]}]},
    ]
}


def titles(kind: str, code: str) -> str:
    return {("specialty", "paediatrics"): "педиатрия", ("organisation", "clinic-1"): "Клиника № 1"}.get(
        (kind, code), code
    )


def test_a_rule_reads_in_russian() -> None:
    assert sentence(parse_rule(RULE, BUILT_IN), "ru", BUILT_IN, titles) == (
        "Есть место работы: организация Клиника № 1, специальность педиатрия, и есть согласие: контролёр main, "
        "цель marketing, канал e-mail, тема news, статус дано, и кроме тех, у кого (состояние — в архиве, или город — "
        "moscow или kazan)."
    )


def test_a_rule_reads_in_english() -> None:
    assert sentence(parse_rule(RULE, BUILT_IN), "en", BUILT_IN) == (
        "Works at a place with organisation clinic-1, specialty paediatrics, and has a consent with controller main, "
        "purpose marketing, channel e-mail, topic news, status granted, and not those where (state is archived, or "
        "city is moscow or kazan)."
    )


@pytest.mark.parametrize(
    ("asked", "english", "russian"),
    [
        ({"current": True}, "Works somewhere today.", "Сегодня есть место работы."),
        (
            {"specialty": ["paediatrics"], "current": True},
            "Works today at a place with specialty paediatrics.",
            "Сегодня есть место работы: специальность педиатрия.",
        ),
    ],
)
def test_a_workplace_of_today_reads_as_one(asked: dict[str, object], english: str, russian: str) -> None:
    rule = parse_rule({"affiliation": asked}, BUILT_IN)

    assert sentence(rule, "en", BUILT_IN) == english
    assert sentence(rule, "ru", BUILT_IN, titles) == russian


def test_long_lists_end_with_how_many_more() -> None:
    rule = parse_rule({"attribute": "city", "op": "in", "value": [f"c{n}" for n in range(9)]}, BUILT_IN)

    assert sentence(rule, "en", BUILT_IN) == "City is c0, c1, c2, c3, c4 and 4 more."


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_rule_can_be_said(language: str) -> None:
    for seed in range(200):
        assert sentence(parse_rule(drawn_rule(Random(seed), ("s",)), CATALOGUE), language, CATALOGUE).endswith(".")
