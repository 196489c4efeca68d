"""What the others are told of a message: of urgent ones and of campaigns' whatever settles them, of normal ones only that they failed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, get_args

from bezkart.contracts.event import GuestEvent
from bezkart.contracts.notifications import CampaignMessageSettled, ChannelName, MessageDelivered, MessageFailed
from services.notifications.domain.message import Message, State
from services.notifications.domain.routes import TELEGRAM, WEB

_CHANNELS = get_args(ChannelName)


def told(shop: str, message: Message, now: datetime) -> Sequence[GuestEvent]:
    """The events of the state a guest's message has just come to, if it is one that others care about."""
    if message.staff or message.pending:
        return ()
    ended = _ended(shop, message)
    return (*ended, _settled(shop, message, now)) if message.campaign else ended


def _ended(shop: str, message: Message) -> Sequence[GuestEvent]:
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


def _settled(shop: str, message: Message, now: datetime) -> CampaignMessageSettled:
    """Built of our own values, and of a mailing there are many: they need not be looked at again."""
    last = message.attempts[-1] if message.attempts else None
    facts: dict[str, Any] = {
        "shop": shop,
        "guest_id": message.guest_id,
        "message_id": message.id,
        "key": message.key,
        "campaign": message.campaign,
        "outcome": message.state.value,
        "channel": last.channel if last and last.channel in _CHANNELS else None,
        "reason": message.reason or _not_by_telegram(message),
        "at": last.at if message.state is State.DELIVERED and last else now,
    }
    return CampaignMessageSettled.model_construct(**facts)


def _not_by_telegram(message: Message) -> str:
    """Why a message that reached only the inbox got no further, such as `bot-blocked`; empty for one that did."""
    by = message.delivered_by
    failed = [each.reason for each in message.attempts if each.channel == TELEGRAM and each.reason]
    return failed[-1] if by and by.channel == WEB and failed else ""
