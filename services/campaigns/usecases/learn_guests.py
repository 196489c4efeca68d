"""Take in what events say of guests: one read and one write a batch, whatever their order."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from services.campaigns.domain.guest import Guest
from services.campaigns.usecases.collaborators import Campaigns


@dataclass(frozen=True, slots=True)
class Lesson:
    """What one event teaches about one guest."""

    guest_id: str
    learn: Callable[[Guest], Guest]


async def learn_guests(shop: str, lessons: Sequence[Lesson], service: Campaigns) -> None:
    """Lessons that came before change nothing. Raises VersionConflict: the batch is handled again."""
    known = await service.guests.load_many(shop, {lesson.guest_id for lesson in lessons})
    learned = dict(known)
    for lesson in lessons:
        learned[lesson.guest_id] = lesson.learn(learned[lesson.guest_id])
    changed = [guest for guest_id, guest in learned.items() if guest is not known[guest_id]]
    await service.guests.save_many(shop, changed, service.clock.now())
    dues = (guest.agenda.next_due() for guest in changed if guest.agenda != known[guest.id].agenda)
    await service.agenda.mark(shop, "triggers", min((due for due in dues if due), default=None))


async def erase_guests(shop: str, guest_ids: Sequence[str], service: Campaigns) -> None:
    """Only a mark against late events stays. Raises VersionConflict."""
    await learn_guests(shop, [Lesson(each, Guest.erase) for each in guest_ids], service)
    await service.guests.forget_marks(shop, guest_ids)
    for guest_id in guest_ids:
        await service.responses.erase(shop, guest_id)
        await service.uses.erase(shop, guest_id)
