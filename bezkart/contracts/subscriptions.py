"""Who listens to what: every queue of the system with the events and commands that reach it.

Publishers and consumers both declare all of it when they connect, so a message published before its reader ever ran waits
in the reader's queue, and an unroutable publish is an error instead of a loss.
"""

from typing import Final

from bezkart.contracts.campaigns import PromotionChanged
from bezkart.contracts.command import Command
from bezkart.contracts.event import Event, Message
from bezkart.contracts.feedback import NpsAnswered, RatingGiven, ThreadAnswered, ThreadOpened
from bezkart.contracts.identity import (
    GuestChanged,
    GuestContactsChanged,
    GuestErased,
    ShopChanged,
    StaffContactsChanged,
)
from bezkart.contracts.notifications import (
    CampaignMessageSettled,
    CancelCampaign,
    MessageDelivered,
    MessageFailed,
    NotifyStaff,
    SendMessage,
)
from bezkart.contracts.purchases import (
    ACCOUNT_CHANGES,
    GiftIssued,
    GiftIssueUndone,
    GrantBonus,
    GrantCoupon,
    ProgramChanged,
    PurchaseRecorded,
    PurchasesImported,
    PurchaseUndone,
)
from bezkart.contracts.segments import GuestSegmentChanged

SUBSCRIPTIONS: Final[dict[str, tuple[type[Message], ...]]] = {
    "purchases.erasures": (GuestErased,),
    "purchases.ledger": ACCOUNT_CHANGES,
    "purchases.guests": (GuestChanged,),
    "purchases.shops": (ShopChanged,),
    "purchases.commands": (GrantBonus, GrantCoupon),
    "purchases.promotions": (PromotionChanged,),
    "purchases.segments": (GuestSegmentChanged,),
    "segments.shops": (ShopChanged,),
    "segments.guests": (GuestChanged, GuestErased),
    "segments.purchases": ACCOUNT_CHANGES,
    "segments.live": (GuestSegmentChanged,),
    "notifications.commands": (SendMessage, NotifyStaff, CancelCampaign),
    "notifications.purchases": (PurchaseRecorded,),
    "notifications.programs": (ProgramChanged,),
    "notifications.segments": (GuestSegmentChanged,),
    "notifications.guests": (GuestContactsChanged, GuestErased),
    "notifications.staff": (StaffContactsChanged,),
    "notifications.live": (MessageDelivered, MessageFailed),
    "feedback.shops": (ShopChanged,),
    "feedback.guests": (GuestSegmentChanged, GuestErased),
    "feedback.purchases": (PurchaseRecorded, PurchaseUndone, PurchasesImported),
    "feedback.ratings": (RatingGiven,),
    "feedback.live": (RatingGiven, ThreadOpened, ThreadAnswered, NpsAnswered),
    "campaigns.shops": (ShopChanged,),
    "campaigns.guests": (GuestChanged, GuestErased, GuestSegmentChanged),
    "campaigns.purchases": ACCOUNT_CHANGES,
    "campaigns.programs": (ProgramChanged,),
    "campaigns.threads": (ThreadAnswered,),
    "campaigns.outcomes": (CampaignMessageSettled,),
    "reports.shops": (ShopChanged,),
    "reports.guests": (GuestChanged, GuestErased),
    "reports.segments": (GuestSegmentChanged,),
    "reports.purchases": (PurchaseRecorded, PurchaseUndone, PurchasesImported, GiftIssued, GiftIssueUndone),
    "reports.feedback": (RatingGiven, NpsAnswered),
    "reports.messages": (CampaignMessageSettled,),
}

MESSAGES: Final[dict[str, type[Message]]] = {
    message.type: message for messages in SUBSCRIPTIONS.values() for message in messages
}
EVENTS: Final[dict[str, type[Event]]] = {
    name: message for name, message in MESSAGES.items() if issubclass(message, Event)
}
COMMANDS: Final[dict[str, type[Command]]] = {
    name: message for name, message in MESSAGES.items() if issubclass(message, Command)
}
