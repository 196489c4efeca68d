"""Who listens to what: every queue of the system with the events bound to it.

Publishers and consumers both declare all of it when they connect, so an event published before its reader ever ran waits
in the reader's queue, and an unroutable publish is an error instead of a loss.
"""

from typing import Final

from bezkart.contracts.event import Event
from bezkart.contracts.identity import GuestChanged, GuestErased, ShopChanged
from bezkart.contracts.purchases import PurchaseRecorded, PurchasesImported, PurchaseUndone
from bezkart.contracts.segments import GuestSegmentChanged

SUBSCRIPTIONS: Final[dict[str, tuple[type[Event], ...]]] = {
    "purchases.erasures": (GuestErased,),
    "purchases.ledger": (PurchaseRecorded, PurchaseUndone, PurchasesImported),
    "segments.shops": (ShopChanged,),
    "segments.guests": (GuestChanged, GuestErased),
    "segments.purchases": (PurchaseRecorded, PurchaseUndone, PurchasesImported),
    "segments.live": (GuestSegmentChanged,),
}

EVENTS: Final[dict[str, type[Event]]] = {event.type: event for events in SUBSCRIPTIONS.values() for event in events}
