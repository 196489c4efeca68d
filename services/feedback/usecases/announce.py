"""Tell the owner's open pages that something happened."""

from typing import Final

import orjson

from bezkart.contracts.feedback import NpsAnswered, RatingGiven, ThreadAnswered, ThreadOpened
from bezkart.kit.live import LiveUpdates

News = RatingGiven | ThreadOpened | ThreadAnswered | NpsAnswered

KINDS: Final[dict[type[News], str]] = {
    RatingGiven: "rating",
    ThreadOpened: "thread",
    ThreadAnswered: "thread",
    NpsAnswered: "survey",
}


def live_topic(shop: str) -> str:
    """Where the news of a shop is announced."""
    return f"feedback:live:{shop}"


async def announce(event: News, live: LiveUpdates) -> None:
    """What kind of news, and nothing else: a page only looks again."""
    await live.publish(live_topic(event.shop), orjson.dumps({"kind": KINDS[type(event)]}).decode())
