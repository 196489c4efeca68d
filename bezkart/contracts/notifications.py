"""What `services/notifications` is asked to do, and what it tells the others."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from bezkart.contracts.command import GuestCommand
from bezkart.contracts.event import GuestEvent, Moment

ChannelName = Literal["telegram", "sms", "web"]
Urgency = Literal["urgent", "normal", "bulk"]
Value = Annotated[str, Field(max_length=2000)] | int


class SendMessage(GuestCommand):
    """Tell a guest something. `key` is unique in the shop: the same key again sends nothing.

    `template` names the words (`gift-code`, `receipt`, …; `text` takes free ones in the value `text`). `channels` are those
    allowed, in the order of failover; only an urgent message ever goes by paid SMS. Past `expires_at` it is not sent any more.
    """

    type: ClassVar[str] = "bezkart.notifications.send-message.v1"

    key: Annotated[str, Field(min_length=1, max_length=200)]
    template: Annotated[str, Field(min_length=1, max_length=60)]
    values: dict[str, Value] = Field(default_factory=dict)
    urgency: Urgency = "normal"
    channels: Annotated[tuple[ChannelName, ...], Field(min_length=1)] = ("telegram", "sms", "web")
    expires_at: Moment | None = None


class MessageDelivered(GuestEvent):
    """An urgent message reached the guest; `address` is masked."""

    type: ClassVar[str] = "bezkart.notifications.message-delivered.v1"

    message_id: str
    key: str
    channel: ChannelName
    address: str
    at: Moment


class MessageFailed(GuestEvent):
    """An urgent or normal message will not reach the guest any more; `channel` is the last one tried, if any was."""

    type: ClassVar[str] = "bezkart.notifications.message-failed.v1"

    message_id: str
    key: str
    channel: ChannelName | None
    reason: str
    at: Moment
