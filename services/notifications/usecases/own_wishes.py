"""What a guest wants to hear of, and where: topics switched off, browsers that get notes."""

from collections.abc import Mapping

import orjson

from bezkart.kernel.ids import derived_id
from services.notifications.channels.web_push import WebPush
from services.notifications.domain.catalogue import TOPICS
from services.notifications.domain.errors import PushOff, PushRefused
from services.notifications.domain.routes import Browser, Routes
from services.notifications.usecases.collaborators import Notifications


async def routes_of(shop: str, guest_id: str, service: Notifications) -> Routes:
    """Of a guest of whom nothing is known yet, nothing."""
    found = await service.guests.load_many(shop, {guest_id})
    return found.get(guest_id, Routes(guest_id))


async def switch_topics(
    shop: str, guest_id: str, wanted: Mapping[str, bool], service: Notifications
) -> dict[str, bool]:
    """Topics not named stay as they are; all of them are answered. Raises GuestErased."""
    muted = (await routes_of(shop, guest_id, service)).muted
    now = {topic: wanted.get(topic, topic not in muted) for topic in TOPICS}
    await service.wishes.mute(shop, guest_id, [topic for topic, on in now.items() if not on])
    return now


async def add_browser(shop: str, guest_id: str, subscription: Mapping[str, object], service: Notifications) -> None:
    """The same browser again takes its new keys. Raises PushOff, PushRefused, GuestErased."""
    push = push_of(service)
    address = orjson.dumps(subscription).decode()
    if not push.accepts(address):
        raise PushRefused(pointer="/endpoint")
    browser = Browser(
        id=browser_id(str(subscription["endpoint"])),
        sealed=service.envelopes.seal(address),
        since=service.clock.now(),
    )
    await service.wishes.add_browser(shop, guest_id, browser)


def browser_id(endpoint: str) -> str:
    """Tells a browser apart without its address."""
    return derived_id("b", endpoint)


def push_of(service: Notifications) -> WebPush:
    """Raises PushOff."""
    if service.push is None:
        raise PushOff
    return service.push
