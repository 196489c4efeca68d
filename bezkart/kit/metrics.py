"""Prometheus metrics shared by every process. Labels are bounded: templates of routes, names of queues."""

from typing import Final

from prometheus_client import Counter, Histogram

_LATENCY: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1.0, 2.5, 5.0)

requests = Counter("bezkart_http_requests_total", "Requests answered", ("method", "route", "status"))
request_seconds = Histogram("bezkart_http_request_seconds", "Time to the answer", ("method", "route"), buckets=_LATENCY)
problems = Counter("bezkart_problems_total", "Expected failures by slug", ("slug",))
messages = Counter("bezkart_bus_messages_total", "Messages handled", ("queue", "outcome"))
message_seconds = Histogram(
    "bezkart_bus_batch_seconds", "Time a batch takes in its handler", ("queue",), buckets=_LATENCY
)
message_age_seconds = Histogram(
    "bezkart_bus_message_age_seconds",
    "From the event's moment to the end of its handling",
    ("queue",),
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0, 300.0, 3600.0),
)
published = Counter("bezkart_bus_published_total", "Events confirmed by the broker", ("type",))
publish_failures = Counter("bezkart_bus_publish_failures_total", "Publishes without a confirm, tried again")
swept = Counter("bezkart_outbox_swept_total", "Events that the sweep found left behind")
jobs = Counter("bezkart_jobs_total", "Celery tasks ended", ("task", "outcome"))
