"""Record a purchase (F10): load, decide, write once."""

from dataclasses import dataclass

from pydantic import TypeAdapter

from bezkart.contracts.purchases import PurchaseRecorded
from bezkart.kernel.calendar import ShopCalendar
from bezkart.kernel.ids import GuestIds, derived_id
from bezkart.kit.clock import Clock
from bezkart.kit.documents import until_written
from services.purchases.domain.answers import Answer, answered, remembered, request_digest
from services.purchases.domain.operation import Actor, Purchase
from services.purchases.domain.receipt import Receipt, receipt
from services.purchases.domain.terms import Terms
from services.purchases.store.accounts import Accounts
from services.purchases.store.programs import Programs
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


async def record_purchase(
    command: RecordPurchase, *, accounts: Accounts, programs: Programs, guest_ids: GuestIds, clock: Clock
) -> str:
    """The receipt as JSON, the same one for the same key.

    Raises GuestNotFound, GuestErased, IdempotencyKeyReused, TooSoon, TooManyToday, and what paying with points may
    (PointsOff, AmountNeeded, PointsOverShare, PointsNotEnough).
    """
    program = await programs.current(command.shop)

    async def attempt() -> str:
        found = await open_account(
            command.shop,
            command.guest_id,
            currency=command.currency,
            program=program,
            accounts=accounts,
            guest_ids=guest_ids,
        )
        now = clock.now()
        if done := answered(found.answers, command.key, command.digest, now):
            return done.body
        purchase = Purchase(
            # With the version: a key may come back after a day, and what it records then is another purchase.
            id=derived_id("p", command.shop, command.guest_id, command.key, str(found.account.version)),
            at=now,
            cups=command.cups,
            amount=command.amount,
            items=command.items,
            terminal=command.terminal,
        )
        terms = Terms(program, command.calendar, now, command.actor)
        changed = found.account.record(
            purchase, command.actor, program, command.calendar, spend_points=command.spend_points
        )
        line = changed.operations[0]
        body = _receipts.dump_json(receipt(line, found.account, changed, terms)).decode()
        answers = remembered(found.answers, Answer(command.key, command.digest, purchase.at, body))
        event = PurchaseRecorded(
            shop=command.shop,
            guest_id=command.guest_id,
            purchase=purchase_fact(purchase, line.effect),
            actor=actor_fact(command.actor),
            before=account_state(found.account, terms),
            account=account_state(changed, terms),
            referral=referral_fact(line.effect.referral),
        )
        await accounts.save(command.shop, changed, [event], answers=answers, at=purchase.at)
        return body

    return await until_written(attempt)
