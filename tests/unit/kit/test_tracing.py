"""Spans: nothing while nobody collects, one's own trace only while somebody does."""

import subprocess
import sys

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import TraceIdRatioBased
from opentelemetry.trace import SpanKind

from bezkart.kit.tracing import Spans, traceparent

FIRST, SECOND = f"00-{'a' * 32}-{'1' * 16}-01", f"00-{'b' * 32}-{'2' * 16}-01"
_OFF = """
import sys
import services.purchases.app
from bezkart.kit.settings import Settings
from bezkart.kit.tracing import of_process
of_process(Settings(), "purchases").close()
sys.exit("opentelemetry.sdk.trace" in sys.modules or "opentelemetry.exporter" in sys.modules)
"""


def recording(share: float = 1.0) -> tuple[Spans, InMemorySpanExporter]:
    provider, kept = TracerProvider(sampler=TraceIdRatioBased(share)), InMemorySpanExporter()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    return Spans(provider), kept


def test_while_nobody_collects_nothing_is_imported() -> None:
    assert subprocess.run([sys.executable, "-c", _OFF], check=False, timeout=60).returncode == 0


def test_while_nobody_collects_the_trace_passes_through() -> None:
    with Spans().within(FIRST, "work", kind=SpanKind.SERVER):
        assert traceparent() == FIRST
    assert traceparent() is None


def test_work_is_a_span_of_its_trace_and_what_follows_hangs_on_it() -> None:
    spans, kept = recording()
    with spans.within(FIRST, "work", kind=SpanKind.SERVER):
        inside = traceparent()
    (span,) = kept.get_finished_spans()
    assert span.parent is not None
    assert inside == f"00-{'a' * 32}-{span.context.span_id:016x}-01"
    assert f"{span.parent.span_id:016x}" == "1" * 16


def test_an_error_is_told_and_raised() -> None:
    spans, kept = recording()
    with pytest.raises(RuntimeError), spans.within(FIRST, "work", kind=SpanKind.SERVER):
        raise RuntimeError("boom")
    assert not kept.get_finished_spans()[0].status.is_ok


@pytest.mark.parametrize("came", [None, "", "nonsense"])
def test_what_came_without_a_trace_is_not_told(came: str | None) -> None:
    spans, kept = recording()
    with spans.within(came, "probe", kind=SpanKind.SERVER):
        pass
    assert not kept.get_finished_spans()


def test_a_batch_falls_apart_by_recorded_traces_only() -> None:
    batch = [FIRST, SECOND, None, FIRST]
    assert Spans().apart(batch, lambda each: each) == [batch]
    assert recording()[0].apart(batch, lambda each: each) == [[FIRST, FIRST], [SECOND], [None]]
    assert recording(share=0.0)[0].apart(batch, lambda each: each) == [batch]
