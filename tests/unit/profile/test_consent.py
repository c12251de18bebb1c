"""The consent ledger: the strictest word, expiry, and repeats."""

import random
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.profile.domain.consent import (
    ConsentChanged,
    ConsentStatus,
    effective,
    expire_consents,
    next_expiry,
    revoke_consent,
    state,
)
from tests.unit.profile.people_samples import KEY, NOW, evidence

GRANTED = ConsentChanged(KEY, ConsentStatus.GRANTED, evidence())


def test_revoking_twice_changes_nothing() -> None:
    first = revoke_consent({KEY: GRANTED}, KEY, evidence(1), NOW)

    assert [each.status for each in first] == [ConsentStatus.REVOKED]
    assert revoke_consent({KEY: first[0]}, KEY, evidence(2), NOW) == []
    assert revoke_consent({}, KEY, evidence(2), NOW) == []


def test_after_a_merge_the_strictest_word_counts() -> None:
    refused = ConsentChanged(KEY, ConsentStatus.REFUSED, evidence(-30))

    assert effective([{KEY: GRANTED}, {KEY: refused}], NOW)[KEY] is refused
    assert effective([{KEY: refused}, {KEY: GRANTED}], NOW)[KEY] is refused


def test_a_grant_runs_out_and_is_put_on_record_once() -> None:
    expiring = ConsentChanged(KEY, ConsentStatus.GRANTED, evidence(), NOW + timedelta(days=1))
    later = NOW + timedelta(days=2)

    assert next_expiry([{KEY: expiring}]) == NOW + timedelta(days=1)
    assert effective([{KEY: expiring}], NOW)[KEY].status_at(NOW) is ConsentStatus.GRANTED
    assert effective([{KEY: expiring}], later)[KEY].status_at(later) is ConsentStatus.EXPIRED
    [expired] = expire_consents({KEY: expiring}, later)
    assert expire_consents({KEY: expired}, later) == []


def test_a_new_grant_after_a_revocation_is_a_new_word() -> None:
    revoked = ConsentChanged(KEY, ConsentStatus.REVOKED, evidence(1))
    again = ConsentChanged(KEY, ConsentStatus.GRANTED, evidence(2))

    assert state({KEY: revoked}, again) == [again]


WORDS = st.lists(
    st.builds(
        lambda status, day: ConsentChanged(KEY, status, evidence(day)),
        st.sampled_from([ConsentStatus.GRANTED, ConsentStatus.REFUSED, ConsentStatus.REVOKED]),
        st.integers(0, 3),
    ),
    max_size=8,
)


@given(words=WORDS, seed=st.integers(0, 2**32))
def test_statements_in_any_order_end_in_the_same_status(words: list[ConsentChanged], seed: int) -> None:
    def fold(statements: list[ConsentChanged]) -> ConsentStatus | None:
        ledger: dict[object, ConsentChanged] = {}
        for statement in statements:
            ledger.update({each.key: each for each in state(ledger, statement)})  # type: ignore[arg-type]  # one key type
        return ledger[KEY].status if ledger else None

    shuffled = words[:]
    random.Random(seed).shuffle(shuffled)
    assert fold(words) == fold(shuffled)
