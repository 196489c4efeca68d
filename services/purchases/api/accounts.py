"""`/api/v1/accounts`: what a guest has, and its history."""

import base64
import binascii
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel

from bezkart.kernel.errors import GuestErased, GuestNotFound
from bezkart.kit.auth import Caller, Owner, RoleRequired, Staff, Unauthenticated
from bezkart.kit.problems import documented
from services.purchases.api.caller import Service, actor
from services.purchases.domain.account import Account
from services.purchases.domain.errors import CursorUnknown
from services.purchases.domain.ledger import Balance, Entry
from services.purchases.domain.program import Program
from services.purchases.domain.receipt import AccountSummary, summary
from services.purchases.usecases.open_account import open_account

_CURSOR_LIMIT: Final = 2**31  # far beyond any account, well within what MongoDB can compare

router = APIRouter(
    prefix="/api/v1/accounts", tags=["accounts"], responses=documented(Unauthenticated, RoleRequired, GuestNotFound)
)


class ActorView(BaseModel):
    id: str
    role: str


class OperationView(BaseModel):
    id: str
    kind: Literal["purchase", "undo", "import"]
    at: datetime
    cups: int
    amount: int | None
    items: tuple[str, ...]
    actor: ActorView
    mine: bool
    undone: bool
    undoable_until: datetime | None


@dataclass(frozen=True, slots=True)
class AccountView(AccountSummary):
    """An account with its last operations, newest first."""

    operations: list[OperationView]


class AccountList(BaseModel):
    accounts: list[AccountSummary]


class EntryView(BaseModel):
    id: str
    version: int
    kind: Literal["earn", "reverse"]
    reason: Literal["purchase", "undo", "import"]
    purchase_id: str
    at: datetime
    recorded_at: datetime
    actor: ActorView
    cups: int
    amount: int
    items: tuple[str, ...]
    before: Balance
    after: Balance


class LedgerPage(BaseModel):
    entries: list[EntryView]
    next: str | None


class Totals(BaseModel):
    accounts: int
    purchases: int


@router.get("/totals")
async def totals(caller: Owner, service: Service) -> Totals:
    """How many accounts are open in the shop and how many purchases they count."""
    accounts, purchases = await service.accounts.totals(caller.shop)
    return Totals(accounts=accounts, purchases=purchases)


@router.get("")
async def several(
    caller: Staff, service: Service, guest_id: Annotated[list[str], Query(min_length=1, max_length=50)]
) -> AccountList:
    """The accounts of several guests; those without purchases have zeros, unknown ones are left out."""
    program = await service.programs.current(caller.shop)
    found = await service.accounts.load_many(caller.shop, guest_id)
    accounts = [
        found[each].account if each in found else _empty(each, caller, program)
        for each in guest_id
        if each in found or service.guest_ids.recognises(caller.shop, each)
    ]
    return AccountList(accounts=[summary(account) for account in accounts if not account.erased])


@router.get("/{guest_id}", responses=documented(GuestErased))
async def one(guest_id: str, caller: Staff, service: Service) -> AccountView:
    """A guest's account with the last operations, newest first (F14)."""
    program = await service.programs.current(caller.shop)
    found = await open_account(
        caller.shop,
        guest_id,
        currency=caller.currency,
        program=program,
        accounts=service.accounts,
        guest_ids=service.guest_ids,
    )
    return _view(found.account, caller, program)


@router.get("/{guest_id}/ledger", responses=documented(CursorUnknown))
async def ledger(
    guest_id: str,
    caller: Owner,
    service: Service,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: str | None = None,
) -> LedgerPage:
    """The whole history, newest first, page by page."""
    if not service.guest_ids.recognises(caller.shop, guest_id):
        raise GuestNotFound
    after = _position(cursor) if cursor else None
    entries = await service.ledger.page(caller.shop, guest_id, after=after, limit=limit)
    following = _cursor(entries[-1]) if len(entries) == limit else None
    return LedgerPage(entries=[_entry_view(entry) for entry in entries], next=following)


def _empty(guest_id: str, caller: Caller, program: Program) -> Account:
    return Account(guest_id=guest_id, currency=caller.currency, card_size=program.cups_per_gift)


def _view(account: Account, caller: Caller, program: Program) -> AccountView:
    acting = actor(caller)
    operations = [
        OperationView(
            id=line.purchase.id,
            kind=line.kind,
            at=line.at,
            cups=line.purchase.cups,
            amount=line.purchase.amount,
            items=line.purchase.items,
            actor=ActorView(id=line.actor_id, role=line.actor_role),
            mine=line.actor_id == caller.id,
            undone=line.undone,
            undoable_until=account.undoable_until(line, acting, program, caller.calendar),
        )
        for line in account.operations[: program.operations_shown]
    ]
    counters = summary(account)
    return AccountView(**{each.name: getattr(counters, each.name) for each in fields(counters)}, operations=operations)


def _entry_view(entry: Entry) -> EntryView:
    return EntryView(
        id=entry.id,
        version=entry.version,
        kind=entry.kind,
        reason=entry.reason,
        purchase_id=entry.purchase_id,
        at=entry.at,
        recorded_at=entry.recorded_at,
        actor=ActorView(id=entry.actor_id, role=entry.actor_role),
        cups=entry.cups,
        amount=entry.amount,
        items=entry.items,
        before=entry.before,
        after=entry.after,
    )


def _cursor(entry: Entry) -> str:
    return base64.urlsafe_b64encode(f"{entry.version}.{entry.place}".encode()).decode()


def _position(cursor: str) -> tuple[int, int]:
    try:
        version, place = map(int, base64.urlsafe_b64decode(cursor.encode()).decode().split("."))
    except (ValueError, binascii.Error):
        raise CursorUnknown from None
    if not (0 <= version < _CURSOR_LIMIT and 0 <= place < _CURSOR_LIMIT):
        raise CursorUnknown
    return version, place
