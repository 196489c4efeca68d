"""A low rating reaches the owner at once and opens a conversation about it (F52)."""

from bezkart.contracts.event import Message
from bezkart.kernel.ids import derived_id
from services.feedback.domain.rating import Rating
from services.feedback.domain.thread import RatingNote, Thread
from services.feedback.usecases.collaborators import Feedback
from services.feedback.usecases.events import thread_opened
from services.feedback.usecases.messages import low_rating


async def follow_rating(shop: str, rating_id: str, service: Feedback) -> None:
    """Looks at the rating as it is now, so the events may come twice and in any order. Raises VersionConflict."""
    rating = await service.ratings.load(shop, rating_id)
    if rating is None or rating.stars is None or rating.given_at is None:
        return  # erased meanwhile
    note = RatingNote(rating.id, rating.version, rating.stars, rating.comment)
    thread_id = derived_id("thread", shop, rating.id)
    thread = await service.threads.load(shop, thread_id)
    if thread is None:
        if rating.is_low:
            begun = Thread.of_rating(thread_id, rating.guest_id, note, rating.given_at)
            told: list[Message] = [thread_opened(shop, begun), low_rating(shop, rating, begun)]
            await service.threads.save(shop, begun, told, service.clock.now())
            await service.agenda.mark(shop, "tend", service.clock.now())
        return
    await service.agenda.mark(shop, "tend", service.clock.now())  # whoever opened it may have been cut off before this
    noted = thread.note(note)
    if noted is not thread:
        more = [low_rating(shop, rating, noted)] if _said_more(rating, thread) else []
        await service.threads.save(shop, noted, more, service.clock.now())


def _said_more(rating: Rating, thread: Thread) -> bool:
    """Words that came after the stars, as they do in the bot."""
    before = thread.rating.comment if thread.rating else ""
    return rating.is_low and bool(rating.comment) and rating.comment != before
