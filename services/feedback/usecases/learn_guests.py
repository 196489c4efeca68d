"""Take in what events say of guests: one read and one write a batch, whatever their order."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from services.feedback.domain.guest import Guest
from services.feedback.store.agenda import earliest
from services.feedback.usecases.collaborators import Feedback


@dataclass(frozen=True, slots=True)
class Lesson:
    """What one event teaches about one guest, given how long after a purchase the shop asks."""

    guest_id: str
    learn: Callable[[Guest, timedelta], Guest]


async def learn_guests(shop: str, lessons: Sequence[Lesson], service: Feedback) -> None:
    """Lessons that came before change nothing. Raises VersionConflict: the batch is handled again."""
    delay = (await service.shops.load(shop)).asking.delay(service.delay)
    known = await service.guests.load_many(shop, {lesson.guest_id for lesson in lessons})
    learned = dict(known)
    for lesson in lessons:
        learned[lesson.guest_id] = lesson.learn(learned[lesson.guest_id], delay)
    changed = [guest for guest_id, guest in learned.items() if guest is not known[guest_id]]
    await service.guests.save_many(shop, changed, service.clock.now())
    await service.agenda.mark(shop, "ask", earliest(guest.due for guest in learned.values()))
