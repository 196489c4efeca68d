"""`/api/v1/accounts/{guest_id}/ledger`: the whole history of a guest (F14)."""

import base64
import binascii
from datetime import datetime
from typing import Annotated, Final

from fastapi import APIRouter, Query
from pydantic import BaseModel

from bezkart.kernel.errors import GuestNotFound
from bezkart.kit.auth import Owner, RoleRequired, Unauthenticated
from bezkart.kit.problems import documented
from services.purchases.api.accounts import ActorView
from services.purchases.api.caller import Service
from services.purchases.domain.errors import CursorUnknown
from services.purchases.domain.ledger import Balance, Entry, EntryKind, Reason

_CURSOR_LIMIT: Final = 2**31  # far beyond any account, well within what MongoDB can compare

router = APIRouter(
    prefix="/api/v1/accounts", tags=["accounts"], responses=documented(Unauthenticated, RoleRequired, GuestNotFound)
)


class EntryView(BaseModel):
    id: str
    version: int
    kind: EntryKind
    reason: Reason
    purchase_id: str | None
    gift_id: str | None
    at: datetime
    recorded_at: datetime
    actor: ActorView
    cups: int
    amount: int
    points: int
    items: tuple[str, ...]
    note: str
    before: Balance
    after: Balance


class LedgerPage(BaseModel):
    entries: list[EntryView]
    next: str | None


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
    after = position_of(cursor) if cursor else None
    entries = await service.ledger.page(caller.shop, guest_id, after=after, limit=limit)
    following = cursor_of(entries[-1]) if len(entries) == limit else None
    return LedgerPage(entries=[_entry_view(entry) for entry in entries], next=following)


def _entry_view(entry: Entry) -> EntryView:
    return EntryView(
        id=entry.id,
        version=entry.version,
        kind=entry.kind,
        reason=entry.reason,
        purchase_id=entry.purchase_id,
        gift_id=entry.gift_id,
        at=entry.at,
        recorded_at=entry.recorded_at,
        actor=ActorView(id=entry.actor_id, role=entry.actor_role),
        cups=entry.cups,
        amount=entry.amount,
        points=entry.points,
        items=entry.items,
        note=entry.note,
        before=entry.before,
        after=entry.after,
    )


def cursor_of(entry: Entry) -> str:
    """Where the entries after this one begin."""
    return base64.urlsafe_b64encode(f"{entry.version}.{entry.place}".encode()).decode()


def position_of(cursor: str) -> tuple[int, int]:
    """Raises CursorUnknown."""
    try:
        version, place = map(int, base64.urlsafe_b64decode(cursor.encode()).decode().split("."))
    except (ValueError, binascii.Error):
        raise CursorUnknown from None
    if not (0 <= version < _CURSOR_LIMIT and 0 <= place < _CURSOR_LIMIT):
        raise CursorUnknown
    return version, place
