"""Everything the use cases of identity work with; built in `app.py`."""

from dataclasses import dataclass

from bezkart.kernel.ids import GuestIds
from bezkart.kit.assertion import Assertions
from bezkart.kit.clock import Clock
from bezkart.kit.vault import Envelopes, Vault
from services.identity.store.directory import Shops, Staff
from services.identity.store.guests import Guests
from services.identity.store.sessions import Lockouts, Sessions
from services.identity.store.sign_ins import CodeLimits, Invitations, SignIns
from services.identity.store.telegram import CodeOrders, TelegramLinks
from services.identity.usecases.passwords import Passwords
from services.identity.usecases.token_issuer import TokenIssuer


@dataclass(frozen=True, slots=True)
class Identity:
    """`transport` seals contacts for notifications.

    `assertions` reads what the bot says of whom it asks for; `codes_per_…` are limits an hour.
    `ops_key` opens the platform's own routes; `lenient` allows the short passwords of the demo.
    """

    guests: Guests
    shops: Shops
    staff: Staff
    sessions: Sessions
    lockouts: Lockouts
    sign_ins: SignIns
    code_limits: CodeLimits
    code_orders: CodeOrders
    invitations: Invitations
    links: TelegramLinks
    assertions: Assertions
    vault: Vault
    transport: Envelopes
    guest_ids: GuestIds
    passwords: Passwords
    tokens: TokenIssuer
    clock: Clock
    ops_key: str
    lenient: bool
    cookie_secure: bool
    bot_username: str
    codes_per_address: int
    codes_per_shop: int
