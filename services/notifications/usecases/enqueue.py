"""Give messages to their channel's queue, in chunks; the tick finds what the queue never got."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from bezkart.kit.job_sender import Job
from services.notifications.domain.message import Message
from services.notifications.domain.routes import PUSH
from services.notifications.usecases.collaborators import Notifications

TASK: Final = "notifications.deliver"
CHUNK: Final = {"urgent": 20, "normal": 100, "bulk": 400}


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


def enqueue_push(shop: str, kept: Iterable[Message], service: Notifications) -> None:
    """Notes to browsers of what lies in the inbox: hints, so nobody finds one that the queue never got."""
    by_urgency: dict[bool, list[str]] = defaultdict(list)
    for message in kept:
        by_urgency[message.urgent].append(message.id)
    for urgent, ids in by_urgency.items():
        urgency = "urgent" if urgent else "normal"
        for start in range(0, len(ids), CHUNK[urgency]):
            chunk = ids[start : start + CHUNK[urgency]]
            service.jobs.hand_over(Job(f"notifications.{PUSH}.{urgency}", TASK, [shop, PUSH, urgency, chunk]))
