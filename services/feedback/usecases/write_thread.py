"""A guest writes to the owner, the owner answers (F51)."""

from dataclasses import dataclass

from bezkart.contracts.event import Message as Announcement
from bezkart.kernel.errors import GuestErased, IdempotencyKeyReused
from bezkart.kernel.ids import derived_id
from bezkart.kit.documents import until_written
from services.feedback.domain.errors import ThreadNotFound, TooManyMessages
from services.feedback.domain.thread import MOST_OPEN, Author, Message, Thread
from services.feedback.usecases.collaborators import Feedback
from services.feedback.usecases.events import thread_answered, thread_opened
from services.feedback.usecases.messages import guest_message, owner_reply


@dataclass(frozen=True, slots=True)
class Speech:
    """What somebody says: `speaker` is a guest or staff id. `key` makes saying it twice once."""

    shop: str
    author: Author
    speaker: str
    text: str
    key: str


async def open_thread(speech: Speech, service: Feedback, *, contact_me: bool) -> Thread:
    """A guest begins. The same key gives the same thread. Raises IdempotencyKeyReused, TooManyMessages, GuestErased."""
    thread_id = derived_id("thread", speech.shop, speech.speaker, speech.key)

    async def attempt() -> Thread:
        found = await service.threads.load(speech.shop, thread_id)
        if found:
            if not found.said(_message_id(thread_id, speech), speech.text) or found.contact_me != contact_me:
                raise IdempotencyKeyReused
            return found
        if (await service.guests.load(speech.shop, speech.speaker)).erased:
            raise GuestErased
        if await service.threads.open_of_guest(speech.shop, speech.speaker) >= MOST_OPEN:
            raise TooManyMessages
        begun = Thread.begun(thread_id, speech.speaker, service.clock.now(), contact_me=contact_me)
        return await _add(begun, _message_id(thread_id, speech), speech, service)

    return await until_written(attempt)


async def say(thread_id: str, speech: Speech, service: Feedback) -> Thread:
    """One more message; the thread it landed in: a full one goes on in another.

    Raises ThreadNotFound (another guest's as well), IdempotencyKeyReused, TooManyMessages.
    """
    message_id = _message_id(thread_id, speech)

    async def attempt() -> Thread:
        thread = await load_thread(speech.shop, thread_id, service)
        if speech.author == "guest" and thread.guest_id != speech.speaker:
            raise ThreadNotFound
        while not thread.said(message_id, speech.text):
            if not (thread.is_full or thread.continued_in):
                return await _add(thread, message_id, speech, service)
            thread = await _following(thread, speech.shop, service)
        return thread

    return await until_written(attempt)


async def close_thread(shop: str, thread_id: str, service: Feedback) -> Thread:
    """The owner puts it away; a further message of the guest opens it again. Raises ThreadNotFound."""

    async def attempt() -> Thread:
        thread = await load_thread(shop, thread_id, service)
        closed = thread.close()
        if closed is not thread:
            await service.threads.save(shop, closed, (), service.clock.now())
            await service.agenda.mark(shop, "tend", service.clock.now())
        return closed

    return await until_written(attempt)


async def load_thread(shop: str, thread_id: str, service: Feedback) -> Thread:
    """Raises ThreadNotFound."""
    thread = await service.threads.load(shop, thread_id)
    if thread is None:
        raise ThreadNotFound
    return thread


def _message_id(thread_id: str, speech: Speech) -> str:
    return derived_id("message", speech.shop, thread_id, speech.author, speech.speaker, speech.key)


async def _following(thread: Thread, shop: str, service: Feedback) -> Thread:
    """Where a full thread goes on; the thread there begins with its first message."""
    following = thread.continued_in or derived_id("thread", shop, thread.id, "continued")
    now = service.clock.now()
    if not thread.continued_in:
        await service.threads.save(shop, thread.continued(following), (), now)
    found = await service.threads.load(shop, following)
    return found or Thread.begun(following, thread.guest_id, now, contact_me=thread.contact_me)


async def _add(thread: Thread, message_id: str, speech: Speech, service: Feedback) -> Thread:
    now = service.clock.now()
    staff_id = speech.speaker if speech.author == "owner" else ""
    message = Message(message_id, speech.author, speech.text, now, staff_id)
    added = thread.add(message)
    told: list[Announcement] = []
    if speech.author == "owner":
        shop = await service.shops.load(speech.shop)
        told = [thread_answered(speech.shop, thread, message), owner_reply(shop, added, message)]
    else:
        told = [guest_message(speech.shop, added, message)]
        if thread.waiting_since is None:
            told.append(thread_opened(speech.shop, added))
    await service.threads.save(speech.shop, added, told, now)
    await service.agenda.mark(speech.shop, "tend", now)
    return added
