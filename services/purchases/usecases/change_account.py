"""What every change of an account but a purchase shares: load, answered before?, decide, write once."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import TypeAdapter

from bezkart.contracts.event import Message
from bezkart.kernel.calendar import ShopCalendar
from bezkart.kit.documents import until_written
from services.purchases.domain.account import Account
from services.purchases.domain.answers import Answer, answered, remembered, request_digest
from services.purchases.domain.operation import Actor
from services.purchases.domain.terms import Terms
from services.purchases.usecases.collaborators import Purchases
from services.purchases.usecases.open_account import open_account


@dataclass(frozen=True, slots=True)
class Wish:
    """Somebody of a shop wants something of a guest's account changed; `key` is the Idempotency-Key."""

    shop: str
    calendar: ShopCalendar
    currency: str
    actor: Actor
    key: str
    guest_id: str


@dataclass(frozen=True, slots=True)
class Decision:
    """The changed account, what is to be said of it, and the answer to the caller (a dataclass)."""

    account: Account
    answer: Any
    messages: Sequence[Message] = field(default=())


Decide = Callable[[Account, Terms], Awaitable[Decision]]


async def change_account(wish: Wish, what: Sequence[object], decide: Decide, service: Purchases) -> str:
    """The answer as JSON, the same one for the same key and `what` was wished. `decide` runs again after a conflict.

    Raises GuestNotFound, GuestErased, IdempotencyKeyReused, and what `decide` raises.
    """
    program = await service.programs.current(wish.shop)
    digest = request_digest(*what, wish.guest_id)

    async def attempt() -> str:
        found = await open_account(
            wish.shop,
            wish.guest_id,
            currency=wish.currency,
            program=program,
            accounts=service.accounts,
            guest_ids=service.guest_ids,
        )
        terms = Terms(program, wish.calendar, service.clock.now(), wish.actor)
        if done := answered(found.answers, wish.key, digest, terms.now):
            return done.body
        decision = await decide(found.account, terms)
        body = TypeAdapter(type(decision.answer)).dump_json(decision.answer).decode()
        answers = remembered(found.answers, Answer(wish.key, digest, terms.now, body))
        await service.accounts.save(wish.shop, decision.account, decision.messages, answers=answers, at=terms.now)
        return body

    return await until_written(attempt)
