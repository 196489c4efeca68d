"""W3C trace context through requests and events. Spans are exported only where an SDK is configured."""

from opentelemetry import context, trace
from opentelemetry.context import Context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

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
