"""What the others are told of a message: of urgent ones everything that settles them, of normal ones only that they failed."""

from collections.abc import Sequence
from typing import get_args

from bezkart.contracts.event import GuestEvent
from bezkart.contracts.notifications import ChannelName, MessageDelivered, MessageFailed
from services.notifications.domain.message import Message, State

_CHANNELS = get_args(ChannelName)


def told(shop: str, message: Message) -> Sequence[GuestEvent]:
    """The event of the state a guest's message has come to, if it is one that others care about."""
    if message.staff:
        return ()
    about = {"shop": shop, "guest_id": message.guest_id, "message_id": message.id, "key": message.key}
    last = message.attempts[-1] if message.attempts else None
    if message.state is State.DELIVERED and message.urgent and last:
        facts = {"channel": last.channel, "address": last.address, "at": last.at}
        return (MessageDelivered.model_validate({**about, **facts}),)
    if message.state in {State.FAILED, State.EXPIRED} and message.urgency != "bulk":
        channel = last.channel if last and last.channel in _CHANNELS else None
        at = last.at if last else message.created_at
        return (MessageFailed.model_validate({**about, "channel": channel, "reason": message.reason or "", "at": at}),)
    return ()
