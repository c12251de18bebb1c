"""Traces where nobody records them: the caller's goes on, none is begun."""

from chassis.telemetry.tracing import serving, traceparent

CALLERS = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def test_a_callers_trace_is_told_further() -> None:
    with serving("/consilium.profile.v1.Profiles/GetProfile", CALLERS):
        assert traceparent() == CALLERS

    assert traceparent() == ""


def test_without_a_callers_trace_there_is_none() -> None:
    with serving("/consilium.profile.v1.Profiles/GetProfile", ""):
        assert traceparent() == ""


def test_a_callers_nonsense_is_no_trace() -> None:
    with serving("/consilium.profile.v1.Profiles/GetProfile", "00-nonsense"):
        assert traceparent() == ""
