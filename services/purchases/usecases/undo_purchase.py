"""Undo a purchase (F13) by a compensating change that restores everything."""

from dataclasses import dataclass

from pydantic import TypeAdapter

from bezkart.contracts.purchases import PurchaseUndone
from bezkart.kernel.calendar import ShopCalendar
from bezkart.kernel.errors import GuestErased
from bezkart.kit.clock import Clock
from bezkart.kit.documents import until_written
from services.purchases.domain.answers import Answer, answered, remembered, request_digest
from services.purchases.domain.errors import PurchaseNotFound
from services.purchases.domain.operation import Actor
from services.purchases.domain.receipt import Reversal, summary
from services.purchases.domain.terms import Terms
from services.purchases.store.accounts import Accounts
from services.purchases.store.programs import Programs
from services.purchases.usecases.events import account_state, actor_fact, purchase_fact, referral_fact

_reversals = TypeAdapter(Reversal)


@dataclass(frozen=True, slots=True)
class UndoPurchase:
    """The wish to take one purchase of a guest back."""

    shop: str
    calendar: ShopCalendar
    actor: Actor
    key: str
    guest_id: str
    purchase_id: str

    @property
    def digest(self) -> str:
        return request_digest("undo", self.guest_id, self.purchase_id)


async def undo_purchase(command: UndoPurchase, *, accounts: Accounts, programs: Programs, clock: Clock) -> str:
    """The reversal as JSON, the same one for the same key.

    Raises PurchaseNotFound, AlreadyUndone, UndoNotAllowed, UndoTooLate, GiftAlreadyIssued, GiftLocked,
    PointsAlreadySpent, GuestErased, IdempotencyKeyReused.
    """
    program = await programs.current(command.shop)

    async def attempt() -> str:
        found = await accounts.load(command.shop, command.guest_id)
        if found is None:
            raise PurchaseNotFound
        if found.account.erased:
            raise GuestErased
        now = clock.now()
        if done := answered(found.answers, command.key, command.digest, now):
            return done.body
        changed = found.account.undo(command.purchase_id, command.actor, now, program, command.calendar)
        terms = Terms(program, command.calendar, now, command.actor)
        line = found.account.operation(command.purchase_id)
        body = _reversals.dump_json(Reversal(command.purchase_id, summary(changed, terms))).decode()
        event = PurchaseUndone(
            shop=command.shop,
            guest_id=command.guest_id,
            purchase=purchase_fact(line.purchase, line.effect),
            undone_at=now,
            actor=actor_fact(command.actor),
            before=account_state(found.account, terms),
            account=account_state(changed, terms),
            referral=referral_fact(line.effect.referral),
        )
        answers = remembered(found.answers, Answer(command.key, command.digest, now, body))
        await accounts.save(command.shop, changed, [event], answers=answers, at=now)
        return body

    return await until_written(attempt)
