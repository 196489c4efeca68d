"""What `services/notifications` is asked to do, and what it tells the others."""

from typing import Annotated, ClassVar, Final, Literal

from pydantic import AfterValidator, Field

from bezkart.contracts.command import Command, GuestCommand
from bezkart.contracts.event import Fact, GuestEvent, Moment

ChannelName = Literal["telegram", "sms", "web"]
Urgency = Literal["urgent", "normal", "bulk"]
Value = Annotated[str, Field(max_length=2000)] | int
Key = Annotated[str, Field(min_length=1, max_length=200)]
TemplateName = Annotated[str, Field(min_length=1, max_length=60)]
CampaignRef = Annotated[str, Field(min_length=1, max_length=120)]

LONGEST_ACTION: Final = 60
LARGEST_PICTURE: Final = 200_000
"""Bytes of a picture in base64: a message is one document, and the broker carries it."""


def _short_action(action: str) -> str:
    if not 0 < len(action.encode()) <= LONGEST_ACTION:
        raise ValueError(f"an action has 1 to {LONGEST_ACTION} bytes: Telegram carries 64")
    return action


class Button(Fact):
    """What the reader may tap: `action` comes back from Telegram as callback data, and the page makes the call it names.

    Buttons of one `row` stand beside each other.
    """

    text: Annotated[str, Field(min_length=1, max_length=40)]
    action: Annotated[str, AfterValidator(_short_action)]
    row: Annotated[int, Field(ge=0, le=11)] = 0


Buttons = Annotated[tuple[Button, ...], Field(max_length=12)]
Picture = Annotated[str, Field(min_length=1, max_length=LARGEST_PICTURE, pattern=r"^[A-Za-z0-9+/]+={0,2}$")]
"""A PNG in base64."""


class SendMessage(GuestCommand):
    """Tell a guest something. `key` is unique in the shop: the same key again sends nothing.

    `template` names the words (`gift-code`, `receipt`, …; `text` takes free ones in the value `text`). `channels` are those
    allowed, in the order of failover; only an urgent message ever goes by paid SMS. Past `expires_at` it is not sent any more.
    `sealed_phone` (transport key) is where an SMS goes while the guest has no number of his own here: one who just signs in.
    `campaign` (`<kind>:<id>:<run>:<variant>`) asks to be told what became of it: `CampaignMessageSettled`.
    """

    type: ClassVar[str] = "bezkart.notifications.send-message.v1"

    key: Key
    template: TemplateName
    values: dict[str, Value] = Field(default_factory=dict)
    urgency: Urgency = "normal"
    channels: Annotated[tuple[ChannelName, ...], Field(min_length=1)] = ("telegram", "sms", "web")
    expires_at: Moment | None = None
    sealed_phone: str | None = Field(default=None, max_length=500, repr=False)
    buttons: Buttons = ()
    campaign: CampaignRef | None = None


class CancelCampaign(Command):
    """Send nothing more of the campaign whose messages' `campaign` begins with `campaign` and a colon (`mailing:<id>:<run>`).

    What waits becomes cancelled, and so does what comes later; what left stays sent. Repeating it changes nothing.
    """

    type: ClassVar[str] = "bezkart.notifications.cancel-campaign.v1"

    campaign: CampaignRef


class NotifyStaff(Command):
    """Tell those who work in the shop, by Telegram only: all owners (`role` "owner"), or one person (`role` is a staff id).

    One message for each who has linked a Telegram account; nobody there is nothing to do. `key` is unique in the shop, and may be
    one that a `SendMessage` has. `about` is the guest whom the words tell of: his erasure takes them along. `picture` comes with
    the words under it; it is kept no longer than until the message has arrived or is given up.
    """

    type: ClassVar[str] = "bezkart.notifications.notify-staff.v1"

    key: Key
    role: Annotated[str, Field(min_length=1, max_length=100)]
    template: TemplateName
    values: dict[str, Value] = Field(default_factory=dict)
    buttons: Buttons = ()
    urgency: Urgency = "normal"
    expires_at: Moment | None = None
    about: Annotated[str, Field(max_length=100)] | None = None
    picture: Picture | None = Field(default=None, repr=False)


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


class CampaignMessageSettled(GuestEvent):
    """A message of a campaign has come to its end; `channel` is the one it reached the guest by, or the last that was tried.

    `campaign` and `key` are the command's; told once for each message.
    """

    type: ClassVar[str] = "bezkart.notifications.campaign-message-settled.v1"

    message_id: str
    key: str
    campaign: CampaignRef
    outcome: Literal["delivered", "failed", "expired", "cancelled"]
    channel: ChannelName | None
    reason: str
    at: Moment
