"""Everything the use cases of purchases work with; built in `app.py`."""

from dataclasses import dataclass

from bezkart.kernel.ids import GuestIds
from bezkart.kit.clock import Clock
from services.purchases.store.accounts import Accounts
from services.purchases.store.codes import Codes
from services.purchases.store.ledger import Ledger
from services.purchases.store.programs import Programs, Shops


@dataclass(frozen=True, slots=True)
class Purchases:
    accounts: Accounts
    ledger: Ledger
    programs: Programs
    shops: Shops
    codes: Codes
    guest_ids: GuestIds
    clock: Clock
