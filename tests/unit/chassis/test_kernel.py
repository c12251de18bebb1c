"""Ids, etags, problems."""

import uuid

import pytest

from chassis.kernel import (
    WHOLE,
    Code,
    Etag,
    EtagStale,
    Problem,
    derived_id,
    lane_of,
    lane_partitions,
    new_id,
    partition_of,
    seen_from,
    sees,
)


def test_new_ids_are_version_7_and_sort_by_the_time_of_making() -> None:
    ids = [new_id() for _ in range(10_000)]

    assert {uuid.UUID(made).version for made in ids} == {7}
    assert ids == sorted(ids)
    assert len(set(ids)) == len(ids)


def test_derived_ids_keep_their_parts_apart() -> None:
    assert derived_id("ab", "c") == derived_id("ab", "c")
    assert derived_id("ab", "c") != derived_id("a", "bc")


def test_every_partition_belongs_to_exactly_one_lane() -> None:
    found = sorted(partition for lane in range(8) for partition in lane_partitions(lane))

    assert found == list(range(64))
    assert all(lane_of(partition) == lane for lane in range(8) for partition in lane_partitions(lane))


def test_a_partition_never_moves() -> None:
    # Positions of consumers hang on it: this value may never change.
    assert partition_of("018f2b6e-7a1c-7000-8000-000000000001") == 60


@pytest.mark.parametrize("etag", [Etag(1), Etag(7, 3), Etag(9, 0, "018f2b6e-7a1c-7000-8000-000000000001")])
def test_an_etag_survives_the_round_trip(etag: Etag) -> None:
    assert Etag.parse(str(etag)) == etag


@pytest.mark.parametrize("text", ["%%%", "bm90IGFuIGV0YWc", "MS4", "LTEuMA"])
def test_an_etag_that_was_not_made_here_is_stale(text: str) -> None:
    with pytest.raises(EtagStale):
        Etag.parse(text)


def test_no_etag_is_no_condition() -> None:
    assert Etag.parse("") is None


class _Full(Problem):
    code = Code.RESOURCE_EXHAUSTED
    reason = "FULL"
    template = "There is no room for {count} in {place}."


def test_a_problem_tells_its_sentence_even_when_a_field_is_missing() -> None:
    assert _Full(count=3, place="{x}").text == "There is no room for 3 in {x}."
    assert _Full(count=3).text == "There is no room for 3 in ?."
    assert _Full().transient


def test_from_the_whole_everything_is_seen_from_a_base_its_own() -> None:
    assert all(sees(WHOLE, owner) for owner in ("main", "partner", WHOLE))
    assert sees("main", "main")
    assert not sees("main", "partner")
    assert not sees("main", WHOLE)
    assert seen_from(WHOLE) == {}
    assert seen_from("main", "base") == {"base": "main"}
