"""Take over past purchases (F18): batches of rows, safe to send again in any order and any part."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bezkart.contracts.purchases import PurchasesImported
from bezkart.kernel.calendar import ShopCalendar
from bezkart.kernel.errors import GuestErased, GuestNotFound
from bezkart.kernel.ids import GuestIds, derived_id
from bezkart.kit.clock import Clock
from bezkart.kit.documents import until_written
from services.purchases.domain.account import Account
from services.purchases.domain.errors import HistoryCatchingUp
from services.purchases.domain.ledger import entry_id
from services.purchases.domain.operation import Actor, Purchase
from services.purchases.domain.program import Program
from services.purchases.domain.terms import Terms
from services.purchases.store.accounts import Accounts
from services.purchases.store.documents import Remembering
from services.purchases.store.ledger import Ledger
from services.purchases.store.programs import Programs
from services.purchases.usecases.events import account_state, actor_fact, purchase_fact


@dataclass(frozen=True, slots=True)
class Row:
    """One purchase of the older system; `key` tells it from every other row of the shop's history."""

    guest_id: str
    key: str
    at: datetime
    cups: int
    amount: int | None
    item: str | None


@dataclass(frozen=True, slots=True)
class ImportPurchases:
    shop: str
    calendar: ShopCalendar
    currency: str
    actor: Actor
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Imported:
    """How many rows were new and how many had been taken over before."""

    recorded: int
    known: int


async def import_purchases(
    command: ImportPurchases,
    *,
    accounts: Accounts,
    ledger: Ledger,
    programs: Programs,
    guest_ids: GuestIds,
    clock: Clock,
) -> Imported:
    """Count the rows that are not in the ledger yet. Raises GuestNotFound, GuestErased, HistoryCatchingUp."""
    for place, row in enumerate(command.rows):
        if not guest_ids.recognises(command.shop, row.guest_id):
            raise GuestNotFound(pointer=f"/rows/{place}/guest_id")
    by_guest = _purchases(command)
    program = await programs.current(command.shop)

    async def attempt() -> Imported:
        found = await accounts.load_many(command.shop, by_guest)
        await _check_complete(command.shop, found, ledger)
        new = await _new_purchases(command.shop, by_guest, ledger)
        now = clock.now()
        changes = []
        for guest_id, purchases in new.items():
            empty = Account.opened(guest_id, command.currency, program)
            before = found.get(guest_id, Remembering(empty))
            changes.append(_change(command, before, purchases, program=program, now=now))
        await accounts.save_many(command.shop, changes, at=now)
        recorded = sum(map(len, new.values()))
        return Imported(recorded, known=len(command.rows) - recorded)

    return await until_written(attempt)


def _purchases(command: ImportPurchases) -> dict[str, dict[str, Purchase]]:
    """Guest id → purchase id → purchase, oldest first; a row that comes twice counts once."""
    grouped: dict[str, dict[str, Purchase]] = defaultdict(dict)
    for row in sorted(command.rows, key=lambda row: row.at):
        purchase_id = derived_id("p", command.shop, "import", row.guest_id, row.key)
        items = (row.item,) if row.item else ()
        grouped[row.guest_id][purchase_id] = Purchase(purchase_id, row.at, row.cups, row.amount, items)
    return grouped


async def _check_complete(shop: str, found: Mapping[str, Remembering], ledger: Ledger) -> None:
    """The ledger tells which rows are known, so it must hold every change of these accounts first."""
    if any(each.account.erased for each in found.values()):
        raise GuestErased
    if found:
        counts = await ledger.counts(shop, found)
        if any(counts.get(guest_id, 0) < each.account.entries for guest_id, each in found.items()):
            raise HistoryCatchingUp(retry_after=1)


async def _new_purchases(
    shop: str, by_guest: Mapping[str, Mapping[str, Purchase]], ledger: Ledger
) -> dict[str, list[Purchase]]:
    entries = [entry_id(purchase_id, "earn") for purchases in by_guest.values() for purchase_id in purchases]
    known = await ledger.known(shop, entries)
    left = {
        guest_id: [purchase for purchase in purchases.values() if entry_id(purchase.id, "earn") not in known]
        for guest_id, purchases in by_guest.items()
    }
    return {guest_id: purchases for guest_id, purchases in left.items() if purchases}


def _change(
    command: ImportPurchases, before: Remembering, purchases: Sequence[Purchase], *, program: Program, now: datetime
) -> tuple[Remembering, PurchasesImported]:
    changed = before.account.import_history(purchases, command.actor, program, now=now, calendar=command.calendar)
    terms = Terms(program, command.calendar, now, command.actor)
    event = PurchasesImported(
        shop=command.shop,
        guest_id=changed.guest_id,
        purchases=tuple(purchase_fact(purchase) for purchase in purchases),
        imported_at=now,
        actor=actor_fact(command.actor),
        before=account_state(before.account, terms),
        account=account_state(changed, terms),
        stamped=program.gives_stamps,
    )
    return Remembering(changed, before.answers), event
