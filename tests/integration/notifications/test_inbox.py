"""The web inbox: stored is delivered; who has the page open hears of it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import orjson
import pytest
from aiohttp import web
from pymongo.errors import ServerSelectionTimeoutError

from bezkart.kit.live import LiveUpdates
from bezkart.kit.redis import connect
from bezkart.local import StoreAddresses
from bezkart.local.standins.app import build_app
from bezkart.local.standins.town import Town
from services.notifications.channels.inbox import Inbox, live_topic
from services.notifications.channels.mirror import Mirrored
from services.notifications.channels.port import Outgoing, ProviderDown, TextRefused
from tests.integration.notifications.providers import running

MESSAGE = Outgoing(message_id="m-1", shop="demo", address="g_1", text="Ваш код 123456", urgent=True)


@dataclass
class Kept:
    """A store of the inbox's shape, that can be away."""

    texts: dict[str, str] = field(default_factory=dict)
    away: bool = False

    async def put(self, outgoing: Outgoing) -> None:
        if self.away:
            raise ServerSelectionTimeoutError("no primary")
        self.texts[outgoing.message_id] = outgoing.text


@pytest.fixture
async def live(stores: StoreAddresses, namespace: str) -> AsyncIterator[LiveUpdates]:
    async with connect(stores.redis_url) as redis:
        yield LiveUpdates(redis, namespace=namespace)


async def test_it_is_kept_and_an_open_page_hears_of_it(live: LiveUpdates) -> None:
    kept = Kept()
    async with live.listen(live_topic("demo", "g_1")) as page, live.listen(live_topic("other", "g_1")) as stranger:
        receipt = await Inbox(copies=kept, live=live).send(MESSAGE)
        hint = await page.next(2)
        assert await stranger.next(0.2) is None

    assert receipt.cost == 0
    assert kept.texts == {"m-1": "Ваш код 123456"}
    assert orjson.loads(hint or "") == {"id": "m-1", "text": "Ваш код 123456"}


async def test_without_redis_it_is_delivered_all_the_same() -> None:
    kept = Kept()
    async with connect("redis://127.0.0.1:1/0") as nowhere:
        await Inbox(copies=kept, live=LiveUpdates(nowhere, namespace="")).send(MESSAGE)
    assert kept.texts == {"m-1": "Ваш код 123456"}


async def test_without_its_store_it_is_down_and_surely_not_sent(live: LiveUpdates) -> None:
    with pytest.raises(ProviderDown) as caught:
        await Inbox(copies=Kept(away=True), live=live).send(MESSAGE)
    assert (caught.value.reason, caught.value.may_have_sent) == ("store-away", False)


async def test_an_empty_text_is_refused(live: LiveUpdates) -> None:
    with pytest.raises(TextRefused):
        await Inbox(copies=Kept(), live=live).send(Outgoing("m", "demo", "g_1", " ", urgent=False))


async def test_the_page_of_phones_shows_each_copy_once(live: LiveUpdates) -> None:
    town = Town()
    async with running(build_app(town)) as base:
        mirrored = Mirrored(Inbox(copies=Kept(), live=live), address=f"{base}/inbox")
        await mirrored.send(MESSAGE)
        await mirrored.send(MESSAGE)
        await mirrored.aclose()
    assert [note["text"] for note in town.inbox.of("g_1")] == ["Ваш код 123456"]


async def test_a_mirror_that_is_away_delays_nothing_much(live: LiveUpdates) -> None:
    kept = Kept()
    async with running(web.Application()) as base:
        mirrored = Mirrored(Inbox(copies=kept, live=live), address=f"{base}/nothing-here")
        await mirrored.send(MESSAGE)
        await mirrored.aclose()
    gone = Mirrored(Inbox(copies=kept, live=live), address="http://127.0.0.1:1/inbox")
    await gone.send(MESSAGE)
    await gone.aclose()
    assert kept.texts == {"m-1": "Ваш код 123456"}
