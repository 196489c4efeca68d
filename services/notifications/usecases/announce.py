"""Tell the staff's open pages how an urgent message ended."""

import orjson

from bezkart.contracts.notifications import MessageDelivered, MessageFailed
from bezkart.kit.live import LiveUpdates


def staff_topic(shop: str) -> str:
    """Where the ends of a shop's messages are announced."""
    return f"notifications:settled:{shop}"


async def announce_settled(event: MessageDelivered | MessageFailed, live: LiveUpdates) -> None:
    """Only a hint: a page asks for the message itself."""
    ended = "delivered" if isinstance(event, MessageDelivered) else "failed"
    hint = {"id": event.message_id, "key": event.key, "channel": event.channel, "state": ended}
    await live.publish(staff_topic(event.shop), orjson.dumps(hint).decode())
