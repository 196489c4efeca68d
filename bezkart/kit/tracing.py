"""W3C trace context through requests, events and tasks; spans by OTLP where `BEZKART_OTLP_ENDPOINT` names a collector (F90).

Without one the context only passes through and nothing is imported for it (redis-py imports a part of the SDK for itself).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, TypeVar

from opentelemetry import context, trace
from opentelemetry.context import Context
from opentelemetry.trace import Span, SpanKind
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from bezkart.kit.settings import Settings

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

Item = TypeVar("Item")

EXPORT_SECONDS: Final = 3.0
"""How long a collector may take; a process that ends waits no longer for one that is away."""

_propagator = TraceContextTextMapPropagator()


def remember(traceparent: str | None) -> Context:
    """The context a request or an event came with; attach it with `opentelemetry.context.attach`."""
    return _propagator.extract({"traceparent": traceparent} if traceparent else {}, context.get_current())


def traceparent() -> str | None:
    """The present trace as a `traceparent` value, None outside any trace."""
    carrier: dict[str, str] = {}
    _propagator.inject(carrier)
    return carrier.get("traceparent")


def trace_id() -> str | None:
    """The present trace's id in hexadecimal, for logs."""
    span = trace.get_current_span().get_span_context()
    return f"{span.trace_id:032x}" if span.is_valid else None


class Spans:
    """What one process tells of its work. Without a provider it tells nothing and passes contexts on as they came."""

    def __init__(self, provider: "TracerProvider | None" = None) -> None:
        self._provider = provider
        self._tracer = provider.get_tracer("bezkart") if provider else None

    @contextmanager
    def within(
        self, parent: str | None, name: str, *, kind: SpanKind, attributes: Mapping[str, str | int] | None = None
    ) -> Iterator[Span]:
        """Work on what came with the traceparent `parent`; what is asked for and published meanwhile belongs to it.

        Nothing is told of what came without one: probes, and what a process does of its own accord.
        """
        inside = remember(parent)
        if self._tracer and parent and trace.get_current_span(inside).get_span_context().is_valid:
            with trace.use_span(self._tracer.start_span(name, inside, kind, attributes), end_on_exit=True) as span:
                yield span
            return
        token = context.attach(inside)
        try:
            yield trace.get_current_span()
        finally:
            context.detach(token)

    def apart(self, items: Sequence[Item], parent: Callable[[Item], str | None]) -> list[Sequence[Item]]:
        """A batch in parts: the items of each trace that is recorded, and all others together. So no span tells of two traces."""
        if self._provider is None:
            return [items]
        parts: dict[str, list[Item]] = {}
        for item in items:
            parts.setdefault(self._recorded(parent(item)), []).append(item)
        return list(parts.values())

    def _recorded(self, parent: str | None) -> str:
        """The trace's id if it is one that is recorded."""
        came = trace.get_current_span(remember(parent)).get_span_context()
        if self._provider is None or not parent or not came.is_valid:
            return ""
        decision = self._provider.sampler.should_sample(None, came.trace_id, "").decision
        return str(came.trace_id) if decision.is_sampled() else ""  # type: ignore[no-untyped-call]

    def close(self) -> None:
        """Send what is left; blocks for seconds at most."""
        if self._provider:
            self._provider.shutdown()


def of_process(settings: Settings, process: str) -> Spans:
    """The spans of `process`; of all traces the share that every process agrees on by the trace's id.

    Build it after fork: the exporter has a thread.
    """
    if not settings.otlp_endpoint:
        return Spans()
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import SERVICE_NAME, Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor
    from opentelemetry.sdk.trace.sampling import TraceIdRatioBased

    provider = TracerProvider(
        sampler=TraceIdRatioBased(settings.otlp_share),
        resource=Resource.create({SERVICE_NAME: process}),
        shutdown_on_exit=False,
    )
    exporter = OTLPSpanExporter(f"{settings.otlp_endpoint.rstrip('/')}/v1/traces", timeout=EXPORT_SECONDS)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    return Spans(provider)
