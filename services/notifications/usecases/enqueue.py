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
    for job in _deliveries(shop, ready):
        service.jobs.hand_over(job)


async def enqueue_for_sure(shop: str, ready: Iterable[Message], service: Notifications) -> bool:
    """The same; whether the broker has said that it has them."""
    return await service.jobs.confirmed(_deliveries(shop, ready))


def _deliveries(shop: str, ready: Iterable[Message]) -> list[Job]:
    by_queue: dict[tuple[str, str], list[str]] = defaultdict(list)
    for message in ready:
        by_queue[message.channel or "", message.urgency].append(message.id)
    return [
        Job(f"notifications.{channel}.{urgency}", TASK, [shop, channel, urgency, ids[start : start + CHUNK[urgency]]])
        for (channel, urgency), ids in by_queue.items()
        for start in range(0, len(ids), CHUNK[urgency])
    ]


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
