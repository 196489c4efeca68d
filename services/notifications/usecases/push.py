"""Notes to the browsers of guests who asked for them: what lies in the inbox, told once, best effort."""

import asyncio
from collections.abc import Sequence
from typing import Final

import structlog

from services.notifications.channels.breaker import BreakerOpen
from services.notifications.channels.limits import NotYet
from services.notifications.channels.port import AddressDead, Outgoing, SendFailed
from services.notifications.channels.sending import Sending
from services.notifications.domain.message import Message
from services.notifications.domain.routes import PUSH, Browser
from services.notifications.usecases.accept import in_inbox, open_text
from services.notifications.usecases.collaborators import Notifications

log = structlog.get_logger("bezkart.notifications")

LONGEST: Final = 300
AT_ONCE: Final = 10


async def push(shop: str, ids: Sequence[str], service: Notifications) -> None:
    """Twice is harmless: a note carries the message's id, and the browser shows one note an id."""
    sending = service.sendings.of(PUSH)
    if sending is None:
        return
    messages = [each for each in await service.messages.load_many(shop, ids) if in_inbox(each)]
    routes = await service.guests.load_many(shop, {each.guest_id for each in messages})
    at_once = asyncio.Semaphore(AT_ONCE)

    async def one(message: Message, browser: Browser) -> None:
        async with at_once:
            await _push(shop, message, browser, sending, service)

    notes = [
        one(message, browser)
        for message in messages
        if message.guest_id in routes
        for browser in routes[message.guest_id].browsers
    ]
    await asyncio.gather(*notes)


async def _push(shop: str, message: Message, browser: Browser, sending: Sending, service: Notifications) -> None:
    note = Outgoing(
        message_id=message.id,
        shop=shop,
        address=service.envelopes.open(browser.sealed),
        text=open_text(message, service)[:LONGEST],
        urgent=message.urgent,
    )
    try:
        await sending.send(note)
    except AddressDead:
        await service.wishes.drop_browser(shop, message.guest_id, browser.id)
    except (SendFailed, BreakerOpen, NotYet) as missed:
        log.info("note_missed", message_id=message.id, reason=str(missed))
