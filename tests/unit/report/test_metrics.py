"""The metric registry: whole, in two languages, and arithmetic that hides no denominator."""

import pytest

from services.report.domain.errors import MetricUnknown
from services.report.domain.facts import OUTCOMES
from services.report.domain.metrics import Count, Figure, Ratio, figure_of
from services.report.domain.registry import METRICS, counts_behind, metrics_named


def test_every_outcome_has_a_metric_of_its_own() -> None:
    counted = {
        metric.rule.outcomes for metric in METRICS.values() if isinstance(metric.rule, Count) and not metric.rule.sign
    }

    assert {(outcome,) for outcome in OUTCOMES} <= counted


def test_every_metric_speaks_both_languages_and_shows_its_formula() -> None:
    for metric in METRICS.values():
        assert set(metric.titles) == {"en", "ru"}
        assert set(metric.descriptions) == {"en", "ru"}
        assert metric.formula


def test_every_ratio_is_of_two_counts_of_one_unit_and_reads_so() -> None:
    for metric in METRICS.values():
        if isinstance(metric.rule, Ratio):
            above, below = METRICS[metric.rule.numerator], METRICS[metric.rule.denominator]
            assert isinstance(above.rule, Count)
            assert above.unit is below.unit
            assert metric.formula == f"{above.name} / {below.name}"
            assert metric.denominator == below.name


def test_the_figures_that_marketers_ask_for_by_name() -> None:
    formulas = {name: METRICS[name].formula for name in ("ctr", "cto", "ctor", "uto")}

    assert formulas == {
        "ctr": "clicked / reached",
        "cto": "converted / reached",
        "ctor": "clicked / opened",
        "uto": "returned / reached",
    }


def test_a_ratio_shows_what_it_was_made_from() -> None:
    assert figure_of(METRICS["ctr"], {"clicked": 3, "reached": 12}) == Figure(0.25, 3, 12)


def test_a_ratio_over_nothing_has_no_value() -> None:
    assert figure_of(METRICS["ctr"], {"clicked": 0, "reached": 0}) == Figure(None, 0, 0)


def test_a_count_has_no_denominator() -> None:
    assert figure_of(METRICS["delivered"], {"delivered": 7}) == Figure(7.0, 7, 0)


def test_counts_behind_ratios_are_asked_for_once() -> None:
    assert list(counts_behind(metrics_named(["ctr", "uto", "reached"]))) == ["clicked", "reached", "returned"]


def test_an_unknown_metric_is_refused_by_name() -> None:
    with pytest.raises(MetricUnknown) as refusal:
        metrics_named(["delivered", "happiness"])

    assert refusal.value.fields == {"metric": "happiness"}
