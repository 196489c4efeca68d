"""Everything the use cases of purchases work with; built in `app.py`."""

from dataclasses import dataclass, field

from bezkart.kernel.ids import GuestIds
from bezkart.kit.clock import Clock
from services.purchases.store.accounts import Accounts
from services.purchases.store.codes import Codes
from services.purchases.store.ledger import Ledger
from services.purchases.store.limits import PromotionLimits
from services.purchases.store.programs import Programs, Shops
from services.purchases.store.promotions import Promotions
from services.purchases.store.segments import Segments
from services.purchases.store.tries import Tries


@dataclass(frozen=True, slots=True)
class Purchases:
    """`offline_key` is what the guests' offline secrets follow from."""

    accounts: Accounts
    ledger: Ledger
    programs: Programs
    shops: Shops
    promotions: Promotions
    limits: PromotionLimits
    segments: Segments
    codes: Codes
    tries: Tries
    offline_key: bytes = field(repr=False)
    guest_ids: GuestIds
    clock: Clock
