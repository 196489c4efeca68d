"""A guest's account: purchases, the stamp card, gifts, points. Pure rules (F10, F11, F13, F15, F16)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Final

from bezkart.kernel.calendar import ShopCalendar
from services.purchases.domain.card import Card, Promise
from services.purchases.domain.earning import effect_of
from services.purchases.domain.errors import PointsAlreadySpent, PurchaseNotFound
from services.purchases.domain.guards import Flag, check_guards, check_undoable, flags_after
from services.purchases.domain.offers import NO_OFFERS, Applied, Offers
from services.purchases.domain.operation import Actor, Effect, Operation, OperationKind, Purchase
from services.purchases.domain.points import Wallet, opposite
from services.purchases.domain.program import Program, Tier, Words
from services.purchases.domain.spend import Spend

_CARD_FIELDS: Final = tuple(Card.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class GiftRequest:
    """A gift of which the `sends`-th code is out, good until `until`; then the gift is free again, written or not."""

    gift_id: str
    words: Words
    until: datetime
    sends: int
    actor_id: str


@dataclass(frozen=True, slots=True)
class Brought:
    """A friend this guest brought: what the friend's newest known `version` says of the bonus (0 points: none)."""

    friend_id: str
    version: int
    day: datetime
    expires_at: datetime
    points: int


@dataclass(frozen=True, slots=True)
class Account:
    """`version` counts changes from 1; `stamps` < `card_size` always; the card's fields are explained in `Card`.

    `operations` (newest first) hold at least everything that may still be undone; `settled_first_at` and `settled_last_at`
    span those purchases that cannot be undone any more, so undoing any of the others restores the exact first and last purchase.
    `entries` counts the ledger entries the account's changes have made. `awaits_bonus`: a referred guest has not bought yet.
    `offline_step` is the newest step whose offline code was taken (F45).
    `due` is the next moment at which time alone changes something: a lock, a warning, an expiry (of points, of a coupon).
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
    card_gift: Words | None = None
    promised: tuple[Promise, ...] = ()
    request: GiftRequest | None = None
    wallet: Wallet = field(default_factory=Wallet)
    spend: Spend = field(default_factory=Spend)
    referred_by: str | None = None
    awaits_bonus: bool = False
    brought: tuple[Brought, ...] = ()
    welcomed: bool = False
    warned_through: datetime | None = None
    flags: tuple[Flag, ...] = ()
    offline_step: int = 0
    offers: Offers = NO_OFFERS
    due: datetime | None = None

    @classmethod
    def opened(cls, guest_id: str, currency: str, program: Program) -> "Account":
        """An empty account; its first card begins under the present rules."""
        return cls(guest_id, currency, program.cups_per_gift, card_gift=program.gift_words)

    @property
    def card(self) -> Card:
        return Card(self.stamps, self.card_size, self.closed, self.gifts, self.card_gift, self.promised)

    def with_card(self, card: Card) -> "Account":
        return replace(self, **{name: getattr(card, name) for name in _CARD_FIELDS})

    def tier(self, program: Program, today: date) -> Tier | None:
        """By what was paid in the last 365 days; None where there are no points."""
        return program.tier(self.spend.within_year(today)) if program.gives_points else None

    def live_request(self, now: datetime) -> GiftRequest | None:
        """The request whose code may still come."""
        return self.request if self.request and self.request.until > now else None

    def record(
        self,
        purchase: Purchase,
        actor: Actor,
        program: Program,
        calendar: ShopCalendar,
        *,
        spend_points: int = 0,
        applied: tuple[Applied, ...] = (),
    ) -> "Account":
        """Count a purchase made now, with the promotions `applied`: stamps become gifts, points are spent and earned.

        Raises TooSoon, TooManyToday, PointsOff, AmountNeeded, PointsOverShare, PointsNotEnough.
        """
        check_guards(self.operations, purchase, actor, program, calendar)
        today = calendar.day(purchase.at)
        effect = effect_of(
            purchase,
            spend_points,
            wallet=self.wallet,
            tier=self.tier(program, today),
            referred_by=self.referred_by if self.awaits_bonus else None,
            applied=applied,
            program=program,
            calendar=calendar,
        )
        line = Operation("purchase", purchase.at, purchase, actor.id, actor.role, effect=effect)
        counted = replace(
            self.with_card(self.card.filled(effect.stamps, program)),
            purchases=self.purchases + 1,
            cups=self.cups + purchase.cups,
            spent=self.spent + line.money,
            wallet=self.wallet.moved((*effect.earned, *effect.bonus, *opposite(effect.spent))),
            spend=self.spend.since(today).plus(today, line.money),
            awaits_bonus=self.awaits_bonus and not effect.introduced,
            offers=self.offers.after(applied) if applied else self.offers,
        )
        entries = 1 + bool(effect.spent) + bool(effect.bonus)
        lines = (line, *self.operations)
        flags = flags_after(self.flags, lines, actor_id=actor.id, day=today, program=program, calendar=calendar)
        return replace(counted, flags=flags).advanced(lines, purchase.at, program, calendar, entries=entries)

    def undo(
        self, purchase_id: str, actor: Actor, now: datetime, program: Program, calendar: ShopCalendar
    ) -> "Account":
        """Take a purchase back exactly.

        Raises PurchaseNotFound, AlreadyUndone, UndoNotAllowed, UndoTooLate, GiftAlreadyIssued, GiftLocked, PointsAlreadySpent.
        """
        line = self.operation(purchase_id)
        check_undoable(line, actor, now, program, calendar)
        lines = tuple(replace(each, undone=True) if each is line else each for each in self.operations)
        effect = line.effect
        taken = self.wallet.returned((*effect.earned, *effect.bonus), now)
        wallet = self.wallet.moved((*opposite(taken), *effect.spent))
        if wallet.net < min(0, self.wallet.net) and (later := self._spent_since(line)):
            raise PointsAlreadySpent(purchase_id=later.purchase.id)
        back = Effect(earned=effect.spent, spent=taken, referral=effect.referral)
        reversal = Operation("undo", now, line.purchase, actor.id, actor.role, effect=back)
        discounted = replace(
            self.with_card(self.card.emptied(effect.stamps, locked=1 if self.live_request(now) else 0)),
            purchases=self.purchases - 1,
            cups=self.cups - line.purchase.cups,
            spent=self.spent - line.money,
            wallet=wallet,
            spend=self.spend.plus(calendar.day(line.at), -line.money),
            awaits_bonus=self.awaits_bonus or effect.introduced,
            offers=self.offers.before(effect.promotions) if effect.promotions else self.offers,
            flags=flags_after(
                self.flags,
                lines,
                actor_id=line.actor_id,
                day=calendar.day(line.at),
                program=program,
                calendar=calendar,
            ),
        )
        return discounted.advanced((reversal, *lines), now, program, calendar)

    def import_history(
        self, purchases: Sequence[Purchase], actor: Actor, program: Program, *, now: datetime, calendar: ShopCalendar
    ) -> "Account":
        """Count past purchases of an older system; they cannot be undone and earn no points, but count for the tier."""
        moments = [purchase.at for purchase in purchases]
        cups, money = sum(each.cups for each in purchases), sum(each.amount or 0 for each in purchases)
        spend = self.spend
        for purchase in purchases:
            spend = spend.plus(calendar.day(purchase.at), purchase.amount or 0)
        card = self.card
        for purchase in purchases if program.gives_stamps else ():
            card = card.filled(purchase.cups, program)
        account = replace(
            self.with_card(card),
            purchases=self.purchases + len(purchases),
            cups=self.cups + cups,
            spent=self.spent + money,
            spend=spend.since(calendar.day(now)),
            awaits_bonus=False,
            settled_first_at=_earliest((self.settled_first_at, *moments)),
            settled_last_at=_latest((self.settled_last_at, *moments)),
        )
        lines = [Operation("import", purchase.at, purchase, actor.id, actor.role) for purchase in purchases]
        newest_first = sorted((*self.operations, *lines), key=lambda line: line.at, reverse=True)
        return account.advanced(tuple(newest_first), now, program, calendar, entries=len(purchases))

    def erase(self) -> "Account":
        """What is left of an erased guest: a mark that nothing may be recorded again."""
        return Account(
            guest_id=self.guest_id,
            currency=self.currency,
            card_size=self.card_size,
            version=self.version + 1,
            erased=True,
        )

    def operation(self, operation_id: str, kind: OperationKind = "purchase") -> Operation:
        """The line that recorded the purchase, or handed the gift over. Raises PurchaseNotFound."""
        for line in self.operations:
            if line.purchase.id == operation_id and line.kind == kind:
                return line
        raise PurchaseNotFound

    def may_have(self, purchase_id: str, at: datetime) -> bool:
        """Whether the purchase of that moment was recorded, undone or not; also where that cannot be told any more."""
        forgotten = self.erased or (self.settled_last_at is not None and self.settled_last_at >= at)
        return forgotten or any(line.purchase.id == purchase_id for line in self.operations)

    def undoable_until(
        self, line: Operation, actor: Actor, program: Program, calendar: ShopCalendar
    ) -> datetime | None:
        """Until when `actor` may undo `line`; None if never."""
        if line.kind not in {"purchase", "gift"} or line.undone:
            return None
        if actor.is_owner:
            return calendar.end(calendar.day(line.at))
        return line.at + timedelta(minutes=program.undo_minutes) if line.actor_id == actor.id else None

    def advanced(
        self,
        lines: tuple[Operation, ...],
        now: datetime,
        program: Program,
        calendar: ShopCalendar,
        *,
        entries: int = 1,
    ) -> "Account":
        """The next version: shorten the history, settle what left it, derive the first and last purchase, and what is due."""
        still_undoable = min(calendar.midnight(calendar.day(now)), now - timedelta(minutes=program.undo_minutes))
        older = lines[program.operations_shown :]
        undoable = tuple(line for line in older if line.kind in {"purchase", "gift"} and line.at >= still_undoable)
        kept = lines[: program.operations_shown] + undoable
        left = [line.at for line in older if line.counts and line.at < still_undoable]
        settled_first = _earliest((self.settled_first_at, *left))
        settled_last = _latest((self.settled_last_at, *left))
        live = [line.at for line in kept if line.counts]
        undoable_stamps = sum(line.effect.stamps for line in kept if line.counts)
        return replace(
            self,
            version=self.version + 1,
            operations=kept,
            settled_first_at=settled_first,
            settled_last_at=settled_last,
            first_purchase_at=_earliest((settled_first, *live)),
            last_purchase_at=_latest((settled_last, *live)),
            closed=self.closed[-undoable_stamps - 1 :],
            entries=self.entries + entries,
            due=self._due(program),
        )

    def _due(self, program: Program) -> datetime | None:
        warning = None
        if program.points.warn_days and (unwarned := self.wallet.earliest_expiry(self.warned_through)):
            warning = unwarned - timedelta(days=program.points.warn_days)
        lock = self.request.until if self.request else None
        return _earliest((lock, self.wallet.earliest_expiry(), warning, self.offers.earliest_expiry))

    def _spent_since(self, line: Operation) -> Operation | None:
        later = self.operations[: self.operations.index(line)]
        return next((each for each in later if each.counts and each.effect.spent), None)


def _earliest(moments: Iterable[datetime | None]) -> datetime | None:
    return min((moment for moment in moments if moment is not None), default=None)


def _latest(moments: Iterable[datetime | None]) -> datetime | None:
    return max((moment for moment in moments if moment is not None), default=None)
