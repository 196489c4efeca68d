"""What time alone does: requests expire, owners are reminded of low ratings (F52), and the unanswered are counted."""

from typing import Final

from prometheus_client import Gauge

from bezkart.kernel.errors import VersionConflict
from services.feedback.domain.thread import Thread
from services.feedback.store.agenda import earliest
from services.feedback.usecases.collaborators import Feedback
from services.feedback.usecases.messages import reminder

CHUNK: Final = 200
DAY: Final = 86_400.0

_open = Gauge("bezkart_feedback_threads_open", "Conversations in which a guest waits for an answer")
_oldest = Gauge("bezkart_feedback_oldest_unanswered_seconds", "How long the longest waiting guest waits")


async def look_everywhere(service: Feedback) -> None:
    """Put every shop on the agenda: for what nobody wrote down, cut off in the moment before."""
    now = service.clock.now()
    for shop in await service.guests.shops():
        await service.agenda.mark(shop, "ask", now)
        await service.agenda.mark(shop, "tend", now)


async def tend(service: Feedback) -> None:
    """Where something is due. Safe to run twice at the same time."""
    for due in await service.agenda.due("tend", service.clock.now()):
        await _tend(due.shop, service)
        following = earliest((await service.ratings.next_due(due.shop), await service.threads.next_due(due.shop)))
        await service.agenda.settle(due, "tend", following)
    waiting = await service.agenda.waiting()
    now = service.clock.now()
    _open.set(waiting.threads)
    _oldest.set((now - (waiting.oldest or now)).total_seconds())


async def _tend(shop: str, service: Feedback) -> None:
    await service.ratings.expire(shop, service.clock.now())
    while threads := await service.threads.due(shop, service.clock.now(), CHUNK):
        for thread in threads:
            await _remind(shop, thread, service)
        if len(threads) < CHUNK:
            break
    await service.agenda.count(shop, await service.threads.waiting(shop))


async def _remind(shop: str, thread: Thread, service: Feedback) -> None:
    """Whoever answered at this moment was quicker."""
    try:
        await service.threads.save(shop, thread.reminded(), [reminder(shop, thread)], service.clock.now())
    except VersionConflict:
        return
