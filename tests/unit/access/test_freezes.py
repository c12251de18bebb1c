"""Feature freezes: one at a time, a month at most, and no new rights meanwhile."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chassis.kernel.problem import IdempotencyKeyReused
from services.access.domain.errors import FreezeOverlaps, FreezePeriodRefused, FreezeUnknown
from services.access.domain.freezes import KEPT, Freeze, Scope, declare, kept_roles, lift

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
DAY = timedelta(days=1)
CONGRESS = Freeze("congress", "Congress of cardiologists", NOW + DAY, NOW + 6 * DAY, tuple(Scope), "anna")


def test_a_period_that_began_already_begins_now() -> None:
    (declared,) = declare([], replace(CONGRESS, begins_at=NOW - DAY), NOW)

    assert declared.begins_at == NOW


@pytest.mark.parametrize(
    ("begin", "end"),
    [(NOW + DAY, NOW + DAY), (NOW + 2 * DAY, NOW + DAY), (NOW - 3 * DAY, NOW - DAY), (NOW, NOW + 32 * DAY)],
)
def test_a_period_without_days_or_with_too_many_is_refused(begin: datetime, end: datetime) -> None:
    with pytest.raises(FreezePeriodRefused):
        declare([], replace(CONGRESS, begins_at=begin, ends_at=end), NOW)


def test_two_periods_do_not_meet_but_may_touch() -> None:
    known = declare([], CONGRESS, NOW)
    after = replace(CONGRESS, id="after", begins_at=CONGRESS.ends_at, ends_at=CONGRESS.ends_at + DAY)

    assert len(declare(known, after, NOW)) == 2
    with pytest.raises(FreezeOverlaps) as refused:
        declare(known, replace(after, begins_at=CONGRESS.ends_at - DAY), NOW)
    assert refused.value.fields["title"] == CONGRESS.title


def test_a_lifted_period_makes_room_and_lifting_again_changes_nothing() -> None:
    known = declare([], CONGRESS, NOW)
    lifted = lift(known, CONGRESS.id, NOW + 2 * DAY)

    assert lifted[0].until == NOW + 2 * DAY
    assert not lifted[0].holds(Scope.IMPORTS, NOW + 3 * DAY)
    assert lift(lifted, CONGRESS.id, NOW + 3 * DAY) == lifted
    assert len(declare(lifted, replace(CONGRESS, id="next", begins_at=NOW + 3 * DAY), NOW)) == 2
    with pytest.raises(FreezeUnknown):
        lift(known, "another", NOW)


def test_one_taken_back_before_its_begin_never_stands() -> None:
    (taken_back,) = lift(declare([], CONGRESS, NOW), CONGRESS.id, NOW)

    assert not any(taken_back.holds(Scope.ROLES, NOW + hours * timedelta(hours=1)) for hours in range(200))


def test_a_repeat_declares_nothing_and_another_period_under_the_same_key_is_refused() -> None:
    known = declare([], CONGRESS, NOW)

    assert declare(known, CONGRESS, NOW + DAY) == known
    with pytest.raises(IdempotencyKeyReused):
        declare(known, replace(CONGRESS, title="Another"), NOW)


def test_only_the_newest_are_remembered() -> None:
    known: list[Freeze] = []
    for number in range(KEPT + 5):
        begin = NOW + number * DAY
        known = declare(known, replace(CONGRESS, id=str(number), begins_at=begin, ends_at=begin + DAY), NOW)

    assert [each.id for each in known] == [str(number) for number in range(5, KEPT + 5)]


def test_while_roles_are_frozen_none_is_added_and_any_is_taken_away() -> None:
    known = declare([], CONGRESS, NOW)
    within = NOW + 2 * DAY

    assert kept_roles(["analyst", "administrator"], ["analyst", "collector"], known, within) == ("analyst",)
    assert kept_roles(["administrator"], ["analyst"], known, NOW) == ("administrator",)
    only_imports = [replace(known[0], scopes=(Scope.IMPORTS,))]
    assert kept_roles(["administrator"], [], only_imports, within) == ("administrator",)
