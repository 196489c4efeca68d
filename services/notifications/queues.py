"""The queues of Celery's tasks: one for each channel and urgency, and that of the ticks."""

from typing import Final

from services.notifications.domain.routes import PUSH, SMS, TELEGRAM

URGENT_QUEUES: Final = tuple(f"notifications.{channel}.urgent" for channel in (TELEGRAM, SMS, PUSH))
OTHER_QUEUES: Final = (
    *(f"notifications.{TELEGRAM}.{urgency}" for urgency in ("normal", "bulk")),
    f"notifications.{PUSH}.normal",
)
TICKS: Final = "notifications.ticks"
QUEUES: Final = (*URGENT_QUEUES, *OTHER_QUEUES, TICKS)
