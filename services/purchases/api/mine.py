"""`/api/v1/accounts/me`: what a guest sees of the own account, takes away from it, and needs for the offline code (F45)."""

import base64
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Annotated, Final

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel

from bezkart.kernel.errors import GuestErased, GuestNotFound
from bezkart.kit.auth import Caller, Guest, RoleRequired, Unauthenticated
from bezkart.kit.problems import documented
from services.purchases.api.accounts import ExpiringPoints, Offer, expiring, offers_of
from services.purchases.api.caller import Service, terms
from services.purchases.api.ledger import cursor_of, position_of
from services.purchases.domain.account import Account
from services.purchases.domain.errors import CursorUnknown
from services.purchases.domain.ledger import Balance, Entry, EntryKind, Reason
from services.purchases.domain.offline import DIGITS, STEP_SECONDS, offline_code, offline_secret
from services.purchases.domain.operation import OperationKind
from services.purchases.domain.receipt import AccountSummary, summary
from services.purchases.domain.terms import Terms
from services.purchases.usecases.collaborators import Purchases
from services.purchases.usecases.open_account import open_account

CHUNK: Final = 500
SECRET: Final = {"Cache-Control": "no-store"}

router = APIRouter(
    prefix="/api/v1/accounts/me",
    tags=["guest"],
    responses=documented(Unauthenticated, RoleRequired, GuestNotFound, GuestErased),
)


class OwnOperation(BaseModel):
    """`id` is that of the purchase or the gift; `points` is what the line changed of them."""

    id: str
    kind: OperationKind
    reason: str
    at: datetime
    cups: int
    amount: int | None
    discount: int
    points: int
    items: tuple[str, ...]
    undone: bool


@dataclass(frozen=True, slots=True)
class OwnAccount(AccountSummary):
    """The guest's account with its last operations, newest first. `referral_code` is for friends."""

    operations: list[OwnOperation]
    referral_code: str
    referred: bool
    points_expiring: ExpiringPoints | None
    offers: list[Offer]


class OwnEntry(BaseModel):
    """A line of the whole history; `after` is what the guest had then, `note` what the owner wrote about a correction."""

    id: str
    kind: EntryKind
    reason: Reason
    at: datetime
    cups: int
    amount: int
    points: int
    items: tuple[str, ...]
    note: str
    after: Balance


class OwnHistory(BaseModel):
    operations: list[OwnEntry]
    next: str | None


class OwnExport(BaseModel):
    """Everything purchases holds of the guest."""

    exported_at: datetime
    account: OwnAccount
    history: list[OwnEntry]


class OfflineKey(BaseModel):
    """For TOTP (RFC 6238, HMAC-SHA-256): `secret` in base32 without padding. `issued_at` shows how wrong the own clock is."""

    secret: str
    step_seconds: int
    digits: int
    issued_at: datetime


class ShownCode(BaseModel):
    """`valid_seconds` from now; a newer code does not end this one."""

    code: str
    valid_seconds: int


@router.get("")
async def mine(caller: Guest, service: Service) -> OwnAccount:
    """The own account with the last operations, newest first."""
    account, now = await _opened(caller, service)
    return await _view(account, now, caller, service)


@router.get("/operations", responses=documented(CursorUnknown))
async def operations(
    caller: Guest,
    service: Service,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    cursor: str | None = None,
) -> OwnHistory:
    """The whole history, newest first, page by page; a purchase is in it a moment after it was recorded."""
    after = position_of(cursor) if cursor else None
    entries = await service.ledger.page(caller.shop, caller.id, after=after, limit=limit)
    following = cursor_of(entries[-1]) if len(entries) == limit else None
    return OwnHistory(operations=[_entry(each) for each in entries], next=following)


@router.get("/export")
async def export(caller: Guest, service: Service) -> OwnExport:
    """The account and every line of its history (F3)."""
    account, now = await _opened(caller, service)
    history: list[OwnEntry] = []
    after: tuple[int, int] | None = None
    while page := await service.ledger.page(caller.shop, caller.id, after=after, limit=CHUNK):
        history += [_entry(each) for each in page]
        after = page[-1].version, page[-1].place
    return OwnExport(exported_at=now.now, account=await _view(account, now, caller, service), history=history)


@router.get("/offline-key")
async def offline_key(caller: Guest, service: Service, response: Response) -> OfflineKey:
    """What the page computes the rotating code from while it has no connection."""
    _, now = await _opened(caller, service)
    response.headers.update(SECRET)
    secret = offline_secret(service.offline_key, caller.shop, caller.id)
    return OfflineKey(
        secret=base64.b32encode(secret).decode().rstrip("="),
        step_seconds=STEP_SECONDS,
        digits=DIGITS,
        issued_at=now.now,
    )


@router.get("/offline-code")
async def shown_code(caller: Guest, service: Service, response: Response) -> ShownCode:
    """The code itself, for a chat that cannot compute one."""
    account, now = await _opened(caller, service)
    response.headers.update(SECRET)
    secret = offline_secret(service.offline_key, caller.shop, caller.id)
    shown = offline_code(secret, now.now, taken=account.offline_step)
    return ShownCode(code=shown.code, valid_seconds=int((shown.good_until - now.now).total_seconds()))


async def _opened(caller: Caller, service: Purchases) -> tuple[Account, Terms]:
    """Raises GuestErased."""
    program = await service.programs.current(caller.shop)
    found = await open_account(
        caller.shop,
        caller.id,
        currency=caller.currency,
        program=program,
        accounts=service.accounts,
        guest_ids=service.guest_ids,
    )
    return found.account, terms(caller, program, service)


async def _view(account: Account, now: Terms, caller: Caller, service: Purchases) -> OwnAccount:
    counters = summary(account, now)
    return OwnAccount(
        **{each.name: getattr(counters, each.name) for each in fields(counters)},
        operations=[
            OwnOperation(
                id=line.purchase.id,
                kind=line.kind,
                reason=line.effect.reason or line.kind,
                at=line.at,
                cups=line.purchase.cups,
                amount=line.purchase.amount,
                discount=line.effect.discount,
                points=line.effect.points,
                items=line.purchase.items,
                undone=line.undone,
            )
            for line in account.operations[: now.program.operations_shown]
        ],
        referral_code=service.guest_ids.share_code(caller.id),
        referred=account.referred_by is not None,
        points_expiring=expiring(account, now),
        offers=await offers_of(account, caller.shop, now, service),
    )


def _entry(entry: Entry) -> OwnEntry:
    return OwnEntry(**{name: getattr(entry, name) for name in OwnEntry.model_fields})
