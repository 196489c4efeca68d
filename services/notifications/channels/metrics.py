"""What of notifications is measured beside the tries (`sending`): for operations, and to scale workers by (F43)."""

from typing import Final

from prometheus_client import Counter, Gauge

parked: Final = Counter(
    "bezkart_notifications_parked_total", "Messages parked while their channel is down", ("channel",)
)
settled: Final = Counter("bezkart_notifications_settled_total", "Messages that came to their end", ("urgency", "state"))
cost: Final = Counter("bezkart_notifications_cost_total", "Charged by providers, minor units of roubles", ("channel",))
queue_length: Final = Gauge("bezkart_notifications_queue_tasks", "Chunks ready in a queue", ("queue",))
waiting: Final = Gauge("bezkart_notifications_waiting_messages", "Messages pending", ("channel", "urgency"))
oldest_seconds: Final = Gauge(
    "bezkart_notifications_oldest_seconds", "Age of the oldest pending message", ("channel", "urgency")
)
breaker_open: Final = Gauge(
    "bezkart_notifications_breaker_open", "1 while the breaker is not closed", ("channel", "provider")
)
