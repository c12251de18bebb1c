"""Traces: who goes on in whose, what is recorded of a failure, and that ids are made where nobody records."""

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from chassis.outbox import Fact, to_entry
from chassis.telemetry import tracing
from chassis.telemetry.tracing import arriving, consuming, continuing, doing, publishing, serving, traceparent
from tests.unit.chassis.test_outbox import NOW

CALLERS = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
SISTERS = "00-0af7651916cd43dd8448eb211c80319c-a7ad6b7169203332-01"
OTHERS = "00-1af7651916cd43dd8448eb211c80319c-c7ad6b7169203333-01"


def test_a_callers_trace_is_told_further() -> None:
    with serving("/consilium.profile.v1.Profiles/GetProfile", CALLERS):
        assert traceparent() == CALLERS

    assert traceparent() == ""


def test_without_a_callers_trace_there_is_none() -> None:
    with serving("/consilium.profile.v1.Profiles/GetProfile", ""):
        assert traceparent() == ""


@pytest.mark.parametrize("nonsense", ["00-nonsense", CALLERS[:-1], "ff" + CALLERS[2:], f"00-{'0' * 32}-{'0' * 16}-01"])
def test_a_callers_nonsense_is_no_trace(nonsense: str) -> None:
    with serving("/consilium.profile.v1.Profiles/GetProfile", nonsense):
        assert traceparent() == ""


def test_a_request_has_a_trace_of_its_own_even_where_nobody_records() -> None:
    with arriving("GET", CALLERS):
        own = traceparent()

    assert own.endswith("-00")
    assert own[3:35] not in CALLERS
    assert traceparent() == ""


def test_facts_carry_the_trace_of_the_write_that_caused_them() -> None:
    fact = Fact("f", "profile", "profile-changed", 1, b"", NOW)

    with serving("/consilium.profile.v1.Profiles/UpdateProfile", CALLERS):
        entry = to_entry(fact, 1)

    assert entry["trace"] == CALLERS
    assert to_entry(fact, 1)["trace"] == ""


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> InMemorySpanExporter:
    """Record spans in memory for one test."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(trace, "get_tracer_provider", lambda: provider)
    monkeypatch.setattr(tracing, "_tracer", lambda: provider.get_tracer("test"))
    return exporter


def _by_name(spans: InMemorySpanExporter) -> dict[str, ReadableSpan]:
    return {span.name: span for span in spans.get_finished_spans()}


def test_a_batch_of_one_trace_goes_on_in_it_and_one_of_several_is_linked(spans: InMemorySpanExporter) -> None:
    with consuming("one", [CALLERS, SISTERS, CALLERS]):
        pass
    with consuming("several", [CALLERS, OTHERS, ""]):
        pass

    told = _by_name(spans)
    one, several = told["one"], told["several"]
    assert one.parent is not None
    assert one.parent.span_id == int(CALLERS[36:52], 16)
    assert [link.context.span_id for link in one.links] == [int(SISTERS[36:52], 16)]
    assert several.parent is None
    assert {link.context.trace_id for link in several.links} == {int(CALLERS[3:35], 16), int(OTHERS[3:35], 16)}
    assert dict(several.attributes or {}) == {"consilium.batch_size": 3}


def test_a_request_is_linked_to_the_callers_trace_and_not_below_it(spans: InMemorySpanExporter) -> None:
    with arriving("GET", CALLERS):
        pass

    [request] = spans.get_finished_spans()
    assert request.parent is None
    assert [link.context.trace_id for link in request.links] == [int(CALLERS[3:35], 16)]


def test_of_a_failure_a_span_has_the_kind_and_never_the_text(spans: InMemorySpanExporter) -> None:
    with pytest.raises(ValueError, match="Anna"), continuing("work", CALLERS):
        raise ValueError("Anna Petrova is no number")

    [work] = spans.get_finished_spans()
    assert work.status.description == "ValueError"
    assert "Anna" not in work.to_json()


def test_housekeeping_makes_no_traces(spans: InMemorySpanExporter) -> None:
    with doing("mongodb find leases"), publishing("publish profile", ["", ""]):
        pass

    assert spans.get_finished_spans() == ()
