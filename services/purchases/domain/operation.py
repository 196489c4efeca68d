"""What happened to an account, as its short history keeps it (F14), with all that is needed to take it back. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from services.purchases.domain.offers import Applied
from services.purchases.domain.points import Lot, total
from services.purchases.domain.program import Words

OperationKind = Literal["purchase", "undo", "import", "gift", "gift-undo", "bonus", "revoke", "adjust", "expire"]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a staff id, and whether it may do what only an owner may."""

    id: str
    role: str
    is_owner: bool


SYSTEM: Final = Actor("system", "system", is_owner=True)


@dataclass(frozen=True, slots=True)
class Purchase:
    """One purchase; `amount` is the bill in minor units, None when nobody said.

    A line of the history that is no purchase has one of no cups here, with the id of what it is about (a gift, a bonus).
    """

    id: str
    at: datetime
    cups: int
    amount: int | None = None
    items: tuple[str, ...] = ()
    terminal: str | None = None


@dataclass(frozen=True, slots=True)
class Referral:
    """What the guest who brought this one gets for the first purchase."""

    referrer_id: str
    lot: Lot


@dataclass(frozen=True, slots=True)
class Effect:
    """What a line did beyond counting a purchase: stamps, points earned (the bonus beside them) and spent, the gift handed over.

    `introduced`: the purchase was the first of a guest who had been brought by another. What `promotions` gave of stamps and points is
    among the others.
    """

    stamps: int = 0
    earned: tuple[Lot, ...] = ()
    bonus: tuple[Lot, ...] = ()
    spent: tuple[Lot, ...] = ()
    introduced: bool = False
    referral: Referral | None = None
    gift: Words | None = None
    reason: str = ""
    promotions: tuple[Applied, ...] = ()

    @property
    def discount(self) -> int:
        """What promotions took off the bill."""
        return sum(each.discount for each in self.promotions)

    @property
    def only_stamps(self) -> bool:
        """Whether there is nothing to know but the stamps, as with most purchases."""
        moved = self.earned or self.bonus or self.spent or self.referral
        return not (moved or self.introduced or self.gift or self.reason or self.promotions)

    @property
    def points(self) -> int:
        """The change of the guest's points."""
        return total(self.earned) + total(self.bonus) - total(self.spent)


NOTHING: Final = Effect()


@dataclass(frozen=True, slots=True)
class Operation:
    """A line of the short history. An undo's line names what it took back by the same `purchase.id`."""

    kind: OperationKind
    at: datetime
    purchase: Purchase
    actor_id: str
    actor_role: str
    undone: bool = False
    effect: Effect = NOTHING

    @property
    def counts(self) -> bool:
        """Whether the purchase of this line is part of the account."""
        return self.kind == "purchase" and not self.undone

    @property
    def money(self) -> int:
        """What was paid in money: the bill less discounts and points."""
        return (self.purchase.amount or 0) - self.effect.discount - total(self.effect.spent)
