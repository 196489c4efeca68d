"""Tell the owner's open pages that somebody moved."""

import orjson

from bezkart.contracts.segments import GuestSegmentChanged
from bezkart.kit.live import LiveUpdates


def live_topic(shop: str) -> str:
    """Where the moves of a shop are announced."""
    return f"segments:live:{shop}"


async def announce_move(event: GuestSegmentChanged, live: LiveUpdates) -> None:
    """Without the guest's id: a page only looks again."""
    move = {"previous": event.previous, "next": event.next, "cause": event.cause, "at": event.at}
    await live.publish(live_topic(event.shop), orjson.dumps(move).decode())
