"""What time alone does: requests expire, owners are reminded of low ratings (F52), and the unanswered are counted."""

from typing import Final

from prometheus_client import Gauge

from bezkart.kernel.errors import VersionConflict
from services.feedback.domain.thread import Thread
from services.feedback.usecases.collaborators import Feedback
from services.feedback.usecases.messages import reminder

CHUNK: Final = 200

_open = Gauge("bezkart_feedback_threads_open", "Conversations in which a guest waits for an answer")
_oldest = Gauge("bezkart_feedback_oldest_unanswered_seconds", "How long the longest waiting guest waits")


async def tend(service: Feedback) -> None:
    """Once over all shops. Safe to run twice at the same time."""
    waiting, oldest = 0, service.clock.now()
    for shop in await service.guests.shops():
        await service.ratings.expire(shop, service.clock.now())
        while due := await service.threads.due(shop, service.clock.now(), CHUNK):
            for thread in due:
                await _remind(shop, thread, service)
            if len(due) < CHUNK:
                break
        found = await service.threads.waiting(shop)
        waiting += found.threads
        oldest = min(oldest, found.oldest or oldest)
    _open.set(waiting)
    _oldest.set((service.clock.now() - oldest).total_seconds())


async def _remind(shop: str, thread: Thread, service: Feedback) -> None:
    """Whoever answered at this moment was quicker."""
    try:
        await service.threads.save(shop, thread.reminded(), [reminder(shop, thread)], service.clock.now())
    except VersionConflict:
        return
