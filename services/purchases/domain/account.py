"""A guest's account: what was bought, the open stamp card, the gifts earned. Pure rules (F10, F11, F13, F16)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from bezkart.kernel.calendar import ShopCalendar
from services.purchases.domain.errors import (
    AlreadyUndone,
    GiftAlreadyIssued,
    PurchaseNotFound,
    UndoNotAllowed,
    UndoTooLate,
)
from services.purchases.domain.program import Program

OperationKind = Literal["purchase", "undo", "import"]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a staff id, and whether it may do what only an owner may."""

    id: str
    role: str
    is_owner: bool


@dataclass(frozen=True, slots=True)
class Purchase:
    """One purchase; `amount` in minor units, None when nobody said."""

    id: str
    at: datetime
    cups: int
    amount: int | None = None
    items: tuple[str, ...] = ()
    terminal: str | None = None


@dataclass(frozen=True, slots=True)
class Operation:
    """A line of the short history. An undo's line names the purchase it took back by the same `purchase.id`."""

    kind: OperationKind
    at: datetime
    purchase: Purchase
    actor_id: str
    actor_role: str
    undone: bool = False

    @property
    def counts(self) -> bool:
        """Whether the purchase of this line is part of the account."""
        return self.kind == "purchase" and not self.undone


@dataclass(frozen=True, slots=True)
class Account:
    """`version` counts changes from 1; `stamps` < `card_size` always; `closed` holds the sizes of the latest full cards.

    `operations` (newest first) hold at least every purchase that may still be undone; `settled_first_at` and `settled_last_at`
    span those that cannot be undone any more, so undoing any of the others restores the exact first and last purchase.
    `entries` counts the ledger entries the account's changes have made.
    """

    guest_id: str
    currency: str
    card_size: int
    version: int = 0
    purchases: int = 0
    cups: int = 0
    stamps: int = 0
    closed: tuple[int, ...] = ()
    gifts: int = 0
    spent: int = 0
    first_purchase_at: datetime | None = None
    last_purchase_at: datetime | None = None
    settled_first_at: datetime | None = None
    settled_last_at: datetime | None = None
    operations: tuple[Operation, ...] = ()
    entries: int = 0
    erased: bool = False

    def record(self, purchase: Purchase, actor: Actor, program: Program, calendar: ShopCalendar) -> "Account":
        """Count a purchase made now and turn full stamp cards into gifts."""
        line = Operation("purchase", purchase.at, purchase, actor.id, actor.role)
        counted = self._count(purchase, program)
        return counted._with_operations((line, *self.operations), purchase.at, program, calendar)

    def undo(
        self, purchase_id: str, actor: Actor, now: datetime, program: Program, calendar: ShopCalendar
    ) -> "Account":
        """Take a purchase back exactly.

        Raises PurchaseNotFound, AlreadyUndone, UndoNotAllowed, UndoTooLate, GiftAlreadyIssued.
        """
        line = self.operation(purchase_id)
        if line.undone:
            raise AlreadyUndone
        if actor.is_owner:
            undoable = calendar.day(line.at) == calendar.day(now)
        elif line.actor_id != actor.id:
            raise UndoNotAllowed
        else:
            undoable = now - line.at <= timedelta(minutes=program.undo_minutes)
        if not undoable:
            raise UndoTooLate
        lines = tuple(replace(each, undone=True) if each is line else each for each in self.operations)
        reversal = Operation("undo", now, line.purchase, actor.id, actor.role)
        return self._discount(line.purchase)._with_operations((reversal, *lines), now, program, calendar)

    def import_history(
        self, purchases: Sequence[Purchase], actor: Actor, program: Program, *, now: datetime, calendar: ShopCalendar
    ) -> "Account":
        """Count past purchases of an older system; they cannot be undone."""
        account = self
        for purchase in purchases:
            account = account._count(purchase, program)
        moments = [purchase.at for purchase in purchases]
        account = replace(
            account,
            settled_first_at=_earliest((self.settled_first_at, *moments)),
            settled_last_at=_latest((self.settled_last_at, *moments)),
        )
        lines = [Operation("import", purchase.at, purchase, actor.id, actor.role) for purchase in purchases]
        newest_first = sorted((*self.operations, *lines), key=lambda line: line.at, reverse=True)
        return account._with_operations(tuple(newest_first), now, program, calendar, entries=len(purchases))

    def erase(self) -> "Account":
        """What is left of an erased guest: a mark that nothing may be recorded again."""
        return Account(
            guest_id=self.guest_id,
            currency=self.currency,
            card_size=self.card_size,
            version=self.version + 1,
            erased=True,
        )

    def operation(self, purchase_id: str) -> Operation:
        """The line that recorded the purchase. Raises PurchaseNotFound."""
        for line in self.operations:
            if line.purchase.id == purchase_id and line.kind == "purchase":
                return line
        raise PurchaseNotFound

    def undoable_until(
        self, line: Operation, actor: Actor, program: Program, calendar: ShopCalendar
    ) -> datetime | None:
        """Until when `actor` may undo `line`; None if never."""
        if not line.counts:
            return None
        if actor.is_owner:
            return calendar.end(calendar.day(line.at))
        return line.at + timedelta(minutes=program.undo_minutes) if line.actor_id == actor.id else None

    def _count(self, purchase: Purchase, program: Program) -> "Account":
        stamps, size, closed = self.stamps + purchase.cups, self.card_size, self.closed
        gifts = self.gifts
        while stamps >= size:
            stamps, gifts, closed = stamps - size, gifts + 1, (*closed, size)
            size = program.cups_per_gift  # an open card ends under the rules it began with (F16)
        return replace(
            self,
            purchases=self.purchases + 1,
            cups=self.cups + purchase.cups,
            stamps=stamps,
            card_size=size,
            closed=closed,
            gifts=gifts,
            spent=self.spent + (purchase.amount or 0),
        )

    def _discount(self, purchase: Purchase) -> "Account":
        stamps, size, closed, gifts = self.stamps - purchase.cups, self.card_size, self.closed, self.gifts
        while stamps < 0:
            if gifts == 0:
                raise GiftAlreadyIssued
            size, closed, gifts = closed[-1], closed[:-1], gifts - 1
            stamps += size
        return replace(
            self,
            purchases=self.purchases - 1,
            cups=self.cups - purchase.cups,
            stamps=stamps,
            card_size=size,
            closed=closed,
            gifts=gifts,
            spent=self.spent - (purchase.amount or 0),
        )

    def _with_operations(
        self,
        lines: tuple[Operation, ...],
        now: datetime,
        program: Program,
        calendar: ShopCalendar,
        *,
        entries: int = 1,
    ) -> "Account":
        """The next version: shorten the history, settle what left it, derive the first and last purchase."""
        still_undoable = min(calendar.midnight(calendar.day(now)), now - timedelta(minutes=program.undo_minutes))
        kept = tuple(
            line
            for place, line in enumerate(lines)
            if place < program.operations_shown or (line.kind == "purchase" and line.at >= still_undoable)
        )
        left = [line.at for line in lines if line.counts and line not in kept]
        settled_first = _earliest((self.settled_first_at, *left))
        settled_last = _latest((self.settled_last_at, *left))
        live = [line.at for line in kept if line.counts]
        undoable_cups = sum(line.purchase.cups for line in kept if line.counts)
        return replace(
            self,
            version=self.version + 1,
            operations=kept,
            settled_first_at=settled_first,
            settled_last_at=settled_last,
            first_purchase_at=_earliest((settled_first, *live)),
            last_purchase_at=_latest((settled_last, *live)),
            closed=self.closed[-undoable_cups - 1 :],
            entries=self.entries + entries,
        )


def _earliest(moments: Iterable[datetime | None]) -> datetime | None:
    return min((moment for moment in moments if moment is not None), default=None)


def _latest(moments: Iterable[datetime | None]) -> datetime | None:
    return max((moment for moment in moments if moment is not None), default=None)
