"""The bot's own metrics."""

from typing import Final

from prometheus_client import Counter, Gauge, Histogram

updates: Final = Counter("bezkart_bot_updates_total", "Updates of Telegram by what became of them", ("outcome",))
answer_seconds: Final = Histogram(
    "bezkart_bot_answer_seconds",
    "From taking an update to its screen",
    ("kind",),
    buckets=(0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0),
)
waiting: Final = Gauge("bezkart_bot_updates_waiting", "Updates taken and not yet done")
gateway_failures: Final = Counter("bezkart_bot_gateway_failures_total", "Questions to the gateway without an answer")
