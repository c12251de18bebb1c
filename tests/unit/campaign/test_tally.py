"""Tallies: outcomes folded in any order and any number of times end the same."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.kernel import derived_id
from services.campaign.domain.tally import Outcome, open_tally

MESSAGES = [derived_id("message", str(place)) for place in range(5)]
TALLY = open_tally("batch-1", "campaign-1", 1, MESSAGES)


def test_it_counts_what_ended_and_how() -> None:
    tally = TALLY.after({MESSAGES[0]: Outcome.DELIVERED, MESSAGES[3]: Outcome.NO_CONSENT})

    assert (tally.size, tally.finished) == (5, 2)
    assert tally.outcomes == {"delivered": 1, "no-consent": 1}
    assert tally.revision == 1


def test_the_same_outcome_again_changes_nothing() -> None:
    tally = TALLY.after({MESSAGES[0]: Outcome.DELIVERED})

    assert tally.after({MESSAGES[0]: Outcome.DELIVERED}) is tally


def test_later_evidence_raises_unconfirmed_and_nothing_else() -> None:
    unsure = TALLY.after({MESSAGES[0]: Outcome.UNCONFIRMED, MESSAGES[1]: Outcome.DELIVERED})

    sure = unsure.after({MESSAGES[0]: Outcome.DELIVERED, MESSAGES[1]: Outcome.BOUNCED})

    assert sure.outcomes == {"delivered": 2}
    assert sure.after({MESSAGES[0]: Outcome.UNCONFIRMED}) is sure


def test_what_is_held_is_neither_finished_nor_in_the_way_until_it_ends() -> None:
    held = TALLY.after({MESSAGES[0]: None, MESSAGES[1]: None})

    assert (held.held, held.finished, held.outcomes) == (2, 0, {})
    assert held.after({MESSAGES[0]: None}) is held
    ended = held.after({MESSAGES[0]: Outcome.DELIVERED})
    assert (ended.held, ended.finished) == (1, 1)
    assert ended.after({MESSAGES[0]: None}) is ended, "an outcome that came first stands"


def test_a_message_of_another_batch_is_a_fault() -> None:
    with pytest.raises(KeyError):
        TALLY.after({derived_id("other"): Outcome.DELIVERED})


@given(
    facts=st.lists(st.tuples(st.sampled_from(MESSAGES), st.sampled_from(Outcome)), unique_by=lambda fact: fact[0]),
    held=st.lists(st.sampled_from(MESSAGES)),
    repeats=st.randoms(use_true_random=False),
)
def test_order_and_repeats_do_not_matter(facts: list[tuple[str, Outcome]], held: list[str], repeats: Random) -> None:
    told: list[tuple[str, Outcome | None]] = [*facts * 3, *((message, None) for message in held)]
    repeats.shuffle(told)
    tally = TALLY
    for message, outcome in told:
        tally = tally.after({message: outcome})

    assert tally.cells == TALLY.after(dict.fromkeys(held) | dict(facts)).cells
    assert tally.finished == len(facts)
