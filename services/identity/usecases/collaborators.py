"""Everything the use cases of identity work with; built in `app.py`."""

from dataclasses import dataclass

from bezkart.kernel.ids import GuestIds
from bezkart.kit.clock import Clock
from bezkart.kit.vault import Envelopes, Vault
from services.identity.store.directory import Shops, Staff
from services.identity.store.guests import Guests
from services.identity.store.sessions import Lockouts, Sessions
from services.identity.usecases.issue_token import TokenIssuer
from services.identity.usecases.passwords import Passwords


@dataclass(frozen=True, slots=True)
class Identity:
    """`transport` seals contacts for notifications.

    `ops_key` opens the platform's own routes; `lenient` allows the short passwords of the demo.
    """

    guests: Guests
    shops: Shops
    staff: Staff
    sessions: Sessions
    lockouts: Lockouts
    vault: Vault
    transport: Envelopes
    guest_ids: GuestIds
    passwords: Passwords
    tokens: TokenIssuer
    clock: Clock
    ops_key: str
    lenient: bool
    cookie_secure: bool
