"""Record a purchase (F10): load, decide, write once."""

from dataclasses import dataclass
from datetime import datetime

from pydantic import TypeAdapter

from bezkart.contracts.purchases import PurchaseRecorded
from bezkart.kernel.calendar import ShopCalendar
from bezkart.kernel.errors import DomainError, Unavailable, VersionConflict
from bezkart.kernel.ids import derived_id
from bezkart.kit.documents import until_written
from services.purchases.domain.answers import Answer, answered, remembered, request_digest
from services.purchases.domain.operation import Actor, Purchase
from services.purchases.domain.promotions import applied_of
from services.purchases.domain.receipt import Receipt, receipt
from services.purchases.domain.terms import Terms
from services.purchases.usecases.apply_promotions import Reservations
from services.purchases.usecases.collaborators import Purchases
from services.purchases.usecases.events import account_state, actor_fact, purchase_fact, referral_fact
from services.purchases.usecases.open_account import open_account

_receipts = TypeAdapter(Receipt)


@dataclass(frozen=True, slots=True)
class RecordPurchase:
    """A barista's wish; `amount` in minor units of `currency`, of which `spend_points` are paid by points."""

    shop: str
    calendar: ShopCalendar
    currency: str
    actor: Actor
    key: str
    guest_id: str
    cups: int
    amount: int | None
    items: tuple[str, ...]
    terminal: str | None
    spend_points: int = 0

    @property
    def digest(self) -> str:
        paid = (self.spend_points,) if self.spend_points else ()
        return request_digest("record", self.guest_id, self.cups, self.amount, self.items, self.terminal, *paid)

    def purchase(self, now: datetime, version: int) -> Purchase:
        """What is recorded on this version of the account: a key may come back after a day, and then it is another purchase."""
        return Purchase(
            id=derived_id("p", self.shop, self.guest_id, self.key, str(version)),
            at=now,
            cups=self.cups,
            amount=self.amount,
            items=self.items,
            terminal=self.terminal,
        )


async def record_purchase(command: RecordPurchase, service: Purchases) -> str:
    """The receipt as JSON, the same one for the same key.

    Raises GuestNotFound, GuestErased, IdempotencyKeyReused, TooSoon, TooManyToday, and what paying with points may
    (PointsOff, AmountNeeded, PointsOverShare, PointsNotEnough).
    """
    program = await service.programs.current(command.shop)
    promotions = await service.promotions.active(command.shop)
    reservations = Reservations(command.shop, service)

    async def attempt() -> str:
        found = await open_account(
            command.shop,
            command.guest_id,
            currency=command.currency,
            program=program,
            accounts=service.accounts,
            guest_ids=service.guest_ids,
        )
        now = service.clock.now()
        if done := answered(found.answers, command.key, command.digest, now):
            return done.body
        purchase = command.purchase(now, found.account.version)
        terms = Terms(program, command.calendar, now, command.actor)
        verdicts = (
            await reservations.verdicts(promotions, found, purchase, terms, spend_points=command.spend_points)
            if promotions
            else ()
        )
        changed = found.account.record(
            purchase,
            command.actor,
            program,
            command.calendar,
            spend_points=command.spend_points,
            applied=applied_of(verdicts),
        )
        line = changed.operations[0]
        body = _receipts.dump_json(receipt(line, found.account, changed, terms, verdicts)).decode()
        answers = remembered(found.answers, Answer(command.key, command.digest, now, body))
        event = PurchaseRecorded(
            shop=command.shop,
            guest_id=command.guest_id,
            purchase=purchase_fact(purchase, line.effect),
            actor=actor_fact(command.actor),
            before=account_state(found.account, terms),
            account=account_state(changed, terms),
            referral=referral_fact(line.effect.referral),
        )
        await service.accounts.save(command.shop, changed, [event], answers=answers, at=now)
        return body

    try:
        return await until_written(attempt)
    except (VersionConflict, Unavailable):
        raise  # a write may have gone through unseen: the sweep looks
    except DomainError:
        await reservations.release()
        raise
