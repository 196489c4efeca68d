"""Give messages to their channel's queue, in chunks; the tick finds what the queue never got."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from bezkart.kit.job_sender import Job
from services.notifications.domain.message import Message
from services.notifications.domain.routes import SMS, TELEGRAM
from services.notifications.usecases.collaborators import Notifications

TASK: Final = "notifications.deliver"
CHUNK: Final = {"urgent": 20, "normal": 100, "bulk": 400}
URGENT_QUEUES: Final = tuple(f"notifications.{channel}.urgent" for channel in (TELEGRAM, SMS))
OTHER_QUEUES: Final = tuple(f"notifications.{TELEGRAM}.{urgency}" for urgency in ("normal", "bulk"))
TICKS: Final = "notifications.ticks"
QUEUES: Final = (*URGENT_QUEUES, *OTHER_QUEUES, TICKS)


def enqueue(shop: str, ready: Iterable[Message], service: Notifications) -> None:
    """They lie in the store as waiting already."""
    by_queue: dict[tuple[str, str], list[str]] = defaultdict(list)
    for message in ready:
        by_queue[message.channel or "", message.urgency].append(message.id)
    for (channel, urgency), ids in by_queue.items():
        size = CHUNK[urgency]
        for start in range(0, len(ids), size):
            chunk = ids[start : start + size]
            queue = f"notifications.{channel}.{urgency}"
            service.jobs.hand_over(Job(queue, TASK, [shop, channel, urgency, chunk]))
