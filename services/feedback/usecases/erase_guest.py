"""Forget a guest: ratings, conversations and answers go, a mark stays that keeps late events from bringing anything back."""

from services.feedback.domain.guest import SECOND_LOOK
from services.feedback.domain.survey import answer_id
from services.feedback.usecases.collaborators import Feedback


async def erase_guest(shop: str, guest_id: str, service: Feedback) -> None:
    """Harmless when repeated, and for guests nobody has heard of. Raises VersionConflict.

    The sweep looks once more a little later, for what was being written at this very moment.
    """
    guest = await service.guests.load(shop, guest_id)
    now = service.clock.now()
    if not guest.erased:
        await service.guests.save(shop, guest.erase(now), now)
    await service.agenda.mark(shop, "ask", now + SECOND_LOOK)
    await remove_everything(shop, guest_id, service)


async def remove_everything(shop: str, guest_id: str, service: Feedback) -> None:
    await service.ratings.erase(shop, guest_id)
    await service.threads.erase(shop, guest_id)
    surveys = await service.surveys.ids(shop)
    await service.answers.erase(shop, [answer_id(survey, guest_id) for survey in surveys])
    await service.agenda.mark(shop, "tend", service.clock.now())
