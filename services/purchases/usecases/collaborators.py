"""Everything the use cases of purchases work with; built in `app.py`."""

from dataclasses import dataclass

from bezkart.kernel.ids import GuestIds
from bezkart.kit.clock import Clock
from services.purchases.store import Accounts, Ledger, Programs


@dataclass(frozen=True, slots=True)
class Purchases:
    accounts: Accounts
    ledger: Ledger
    programs: Programs
    guest_ids: GuestIds
    clock: Clock
