"""What `services/purchases` tells the others."""

from typing import ClassVar, Literal

from bezkart.contracts.event import Fact, GuestEvent, Moment


class AccountState(Fact):
    """The account after the event. `version` counts its changes from 1 without holes; money is in minor units."""

    version: int
    purchases: int
    cups: int
    stamps: int
    card_size: int
    gifts: int
    spent: int
    currency: str
    first_purchase_at: Moment | None
    last_purchase_at: Moment | None


class Actor(Fact):
    """Who did it: a staff id and the role it had."""

    id: str
    role: str


class Purchase(Fact):
    """One purchase. `amount` in minor units of the shop's currency, None when the till did not say."""

    purchase_id: str
    at: Moment
    cups: int
    amount: int | None = None
    items: tuple[str, ...] = ()
    terminal: str | None = None


class PurchaseRecorded(GuestEvent):
    """A barista recorded a purchase."""

    type: ClassVar[str] = "bezkart.purchases.purchase-recorded.v1"

    purchase: Purchase
    actor: Actor
    before: AccountState
    account: AccountState


class PurchaseUndone(GuestEvent):
    """A purchase was taken back; `purchase` is the one that no longer counts."""

    type: ClassVar[str] = "bezkart.purchases.purchase-undone.v1"

    purchase: Purchase
    undone_at: Moment
    actor: Actor
    before: AccountState
    account: AccountState


class PurchasesImported(GuestEvent):
    """Past purchases of one guest came from an older system, oldest first."""

    type: ClassVar[str] = "bezkart.purchases.purchases-imported.v1"

    purchases: tuple[Purchase, ...]
    imported_at: Moment
    actor: Actor
    before: AccountState
    account: AccountState


AccountChange = PurchaseRecorded | PurchaseUndone | PurchasesImported
EntryKind = Literal["earn", "bonus", "redeem", "adjust", "reverse", "expire"]
