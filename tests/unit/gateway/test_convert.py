"""Messages as JSON and back."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.convert import into, to_json
from gateway.refusals import RequestRefused
from gen.consilium.campaign.v1 import campaigns_pb2
from gen.consilium.profile.v1 import imports_pb2, profiles_pb2
from gen.consilium.segment.v1 import segments_pb2


def test_enums_are_words_and_the_unspecified_is_null() -> None:
    assert to_json(campaigns_pb2.Campaign(state=campaigns_pb2.CAMPAIGN_STATE_SENDING))["state"] == "sending"
    assert to_json(campaigns_pb2.Campaign())["state"] is None


def test_an_absent_message_is_left_out_and_an_empty_one_is_not() -> None:
    assert "counts" not in to_json(imports_pb2.Import())
    assert to_json(imports_pb2.Import(counts=imports_pb2.ImportCounts()))["counts"]["rows"] == 0


def test_large_numbers_stay_numbers() -> None:
    assert to_json(imports_pb2.ImportCounts(rows=2**53))["rows"] == 2**53


def test_structs_keep_their_shape() -> None:
    rule = {"all": [{"attribute": "city", "in": ["tver", None, 1.5, True]}], "none": {}}

    assert to_json(into(segments_pb2.Segment(), {"rule": rule}))["rule"] == rule


@given(st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1)))  # noqa: DTZ001 - the zone is set below
def test_times_survive_to_the_millisecond(moment: datetime) -> None:
    moment = moment.replace(microsecond=moment.microsecond // 1000 * 1000, tzinfo=UTC)
    message = into(profiles_pb2.Profile(), {"create_time": moment})

    text = to_json(message)["create_time"]

    assert datetime.fromisoformat(text) == moment
    assert len(text) == 24


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"id": "\ud800"}, "/id"),
        ({"revision": 2**63}, "/revision"),
        ({"revision": "7"}, "/revision"),
        ({"state": "gone"}, "/state"),
        ({"contacts": [{"kind": "a"}, {"kind": 7}]}, "/contacts/1/kind"),
        ({"attributes": {"city": {"value": {"number": "x"}}}}, "/attributes/city/value/number"),
        ({"create_time": "yesterday"}, "/create_time"),
        ({"nothing": 1}, "/nothing"),
        ({"contacts": 7}, "/contacts"),
        ({"attributes": []}, "/attributes"),
    ],
)
def test_what_a_field_cannot_hold_is_named(body: dict[str, Any], pointer: str) -> None:
    with pytest.raises(RequestRefused) as refused:
        into(profiles_pb2.Profile(), body)

    assert refused.value.refusal.errors[0].pointer == pointer


def a_rule(groups: int) -> Any:
    rule: Any = {"kind": "attribute", "key": "city", "in": ["tver"]}
    for _ in range(groups):
        rule = {"all": [rule]}
    return rule


def test_rules_of_sixteen_groups_pass_and_survive_the_wire() -> None:
    message = into(segments_pb2.PreviewSegmentRequest(), {"rule": a_rule(16)})

    assert segments_pb2.PreviewSegmentRequest.FromString(message.SerializeToString()) == message


@pytest.mark.parametrize("groups", [17, 20, 24, 100, 900])
def test_deeper_rules_are_refused_at_the_place(groups: int) -> None:
    with pytest.raises(RequestRefused) as refused:
        into(segments_pb2.PreviewSegmentRequest(), {"rule": a_rule(groups)})

    error = refused.value.refusal.errors[0]
    assert (error.pointer, error.code) == ("/rule" + "/all/0" * 17, "RULE_TOO_DEEP")


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf")])
def test_a_number_that_json_does_not_know_is_refused_at_the_place(number: float) -> None:
    rule = {"all": [{"attribute": {"key": "experience", "in": [1, number]}}]}

    with pytest.raises(RequestRefused) as refused:
        into(segments_pb2.PreviewSegmentRequest(), {"rule": rule})

    error = refused.value.refusal.errors[0]
    assert (error.pointer, error.code) == ("/rule/all/0/attribute/in/1", "VALUE_NOT_VALID")


def test_a_moment_before_the_first_year_is_refused_at_the_place() -> None:
    moment = datetime.fromisoformat("0001-01-01T00:00:00+14:00")

    with pytest.raises(RequestRefused) as refused:
        into(profiles_pb2.GetProfileRequest(), {"as_of_time": moment})

    assert refused.value.refusal.errors[0].pointer == "/as_of_time"
