"""Record a purchase (F10): load, decide, write once."""

from dataclasses import dataclass

from pydantic import TypeAdapter

from bezkart.contracts.purchases import PurchaseRecorded
from bezkart.kernel.calendar import ShopCalendar
from bezkart.kernel.ids import GuestIds, derived_id
from bezkart.kit.clock import Clock
from bezkart.kit.documents import until_written
from services.purchases.domain.account import Account, Actor, Purchase
from services.purchases.domain.answers import Answer, answered, remembered, request_digest
from services.purchases.domain.program import Program
from services.purchases.domain.receipt import Receipt, summary
from services.purchases.store import Accounts, Programs
from services.purchases.usecases.events import account_state, actor_fact, purchase_fact
from services.purchases.usecases.open_account import open_account

_receipts = TypeAdapter(Receipt)


@dataclass(frozen=True, slots=True)
class RecordPurchase:
    """A barista's wish; `amount` in minor units of `currency`."""

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

    @property
    def digest(self) -> str:
        return request_digest("record", self.guest_id, self.cups, self.amount, self.items, self.terminal)


async def record_purchase(
    command: RecordPurchase, *, accounts: Accounts, programs: Programs, guest_ids: GuestIds, clock: Clock
) -> str:
    """The receipt as JSON, the same one for the same key.

    Raises GuestNotFound, GuestErased, IdempotencyKeyReused.
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
        changed = found.account.record(purchase, command.actor, program, command.calendar)
        body = _receipts.dump_json(_receipt(command, purchase, found.account, changed, program)).decode()
        answers = remembered(found.answers, Answer(command.key, command.digest, purchase.at, body))
        event = PurchaseRecorded(
            shop=command.shop,
            guest_id=command.guest_id,
            purchase=purchase_fact(purchase),
            actor=actor_fact(command.actor),
            before=account_state(found.account),
            account=account_state(changed),
        )
        await accounts.save(command.shop, changed, [event], answers=answers, at=purchase.at)
        return body

    return await until_written(attempt)


def _receipt(command: RecordPurchase, purchase: Purchase, before: Account, after: Account, program: Program) -> Receipt:
    line = after.operation(purchase.id)
    return Receipt(
        purchase_id=purchase.id,
        at=purchase.at,
        cups=purchase.cups,
        gifts_earned=after.gifts - before.gifts,
        undoable_until=after.undoable_until(line, command.actor, program, command.calendar),
        account=summary(after),
    )
