"""How links outrank each other, and how a batch is named."""

from datetime import UTC, datetime, timedelta

from services.report.adapters.warehouse.writing import token_of
from services.report.domain.facts import day_of, version_of_decision, version_of_fetch, version_of_mention

EARLY = datetime(2020, 1, 1, tzinfo=UTC)
LATE = EARLY + timedelta(days=3000)


def test_what_was_read_from_profile_outranks_what_it_published_and_that_what_a_fact_mentions() -> None:
    assert version_of_fetch(EARLY) > version_of_decision(LATE)
    assert version_of_decision(EARLY) > version_of_mention(LATE)


def test_later_links_outrank_earlier_ones_of_their_kind() -> None:
    for version in (version_of_fetch, version_of_decision, version_of_mention):
        assert version(EARLY + timedelta(milliseconds=1)) > version(EARLY)
        assert 0 < version(LATE) < 1 << 63


def test_facts_are_sorted_by_utc_days_whatever_their_zone() -> None:
    assert day_of(datetime.fromisoformat("2026-03-02T01:30:00+03:00")).isoformat() == "2026-03-01"


def test_a_batch_is_named_by_every_sequence_in_it() -> None:
    # 2 had been handed back and comes again between the same borders: it must not be taken for the batch before.
    assert token_of("X", [1, 3]) != token_of("X", [1, 2, 3])
    assert token_of("X", [3, 1]) == token_of("X", [1, 3])
    assert token_of("X", [1, 3]) != token_of("Y", [1, 3])
