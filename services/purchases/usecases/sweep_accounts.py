"""What time alone does to accounts: locks of gifts end, points and coupons end, and are warned of. The cost follows those due."""

from typing import Final

from bezkart.contracts.event import Message
from bezkart.contracts.notifications import SendMessage
from bezkart.contracts.purchases import CouponExpired, GiftReleased, PointsExpired, PointsExpiring
from bezkart.kernel.calendar import ShopCalendar
from bezkart.kernel.errors import VersionConflict
from services.purchases.domain import bonuses, coupons, gifts
from services.purchases.domain.account import Account
from services.purchases.domain.errors import ShopUnknown
from services.purchases.domain.operation import SYSTEM
from services.purchases.domain.points import total
from services.purchases.domain.program import Program
from services.purchases.domain.terms import Terms
from services.purchases.store.documents import Remembering
from services.purchases.usecases.collaborators import Purchases
from services.purchases.usecases.events import common, coupon_fact, gift_fact

CHUNK: Final = 200
POINT: Final = 100  # guests count points as they count money: a hundred minor units are one
EXPIRING_TEMPLATE: Final = "points-expiring"


async def sweep_accounts(service: Purchases) -> int:
    """Change every account that is due, in every shop; how many changes that were. Safe to run twice at the same time."""
    changes = 0
    for shop in await service.accounts.shops():
        while due := await service.accounts.due(shop, service.clock.now(), CHUNK):
            program, calendar = await service.programs.current(shop), await _calendar(shop, service)
            for found in due:
                changes += await _sweep(shop, found, program, calendar, service)
            if len(due) < CHUNK:
                break
    return changes


async def _sweep(shop: str, found: Remembering, program: Program, calendar: ShopCalendar, service: Purchases) -> int:
    """One change of one account; what else is due follows with the next sweep. Whoever was quicker has done it."""
    terms = Terms(program, calendar, service.clock.now(), SYSTEM)
    changed, messages = _overdue(shop, found.account, terms)
    try:
        await service.accounts.save(shop, changed, messages, answers=found.answers, at=terms.now)
    except VersionConflict:
        return 0
    return 1


def _overdue(shop: str, account: Account, terms: Terms) -> tuple[Account, list[Message]]:
    if account.request and account.request.until <= terms.now:
        gift_id, words = account.request.gift_id, account.request.words
        freed = gifts.release_gift(account, gift_id, terms)
        fact = gift_fact(gift_id, words)
        return freed, [GiftReleased(**common(shop, account, freed, terms), gift=fact, reason="expired")]
    if expired := bonuses.expire(account, terms):
        lost = account.wallet.net - expired.wallet.net
        return expired, [PointsExpired(**common(shop, account, expired, terms), points=lost)]
    if coupon := account.offers.expired(terms.now):
        without = coupons.expire_coupon(account, coupon, terms)
        return without, [CouponExpired(**common(shop, account, without, terms), coupon=coupon_fact(coupon))]
    return _warned(shop, account, terms)


def _warned(shop: str, account: Account, terms: Terms) -> tuple[Account, list[Message]]:
    """With a word to the guest; without one where the program warns no more and only the moment has to be found anew."""
    changed, lots = bonuses.warn(account, terms)
    points = min(total(lots), account.wallet.spendable(terms.now))
    expires_at = min((lot.expires_at for lot in lots), default=terms.now)
    told: list[Message] = [
        PointsExpiring(**common(shop, account, changed, terms), points=points, expires_at=expires_at)
    ]
    if whole := points // POINT:
        told.append(
            SendMessage(
                shop=shop,
                guest_id=account.guest_id,
                key=f"expiring-{account.guest_id}-{changed.version}",
                template=EXPIRING_TEMPLATE,
                values={"points": whole, "days": max(1, (expires_at - terms.now).days)},
                channels=("telegram", "web"),
                expires_at=expires_at,
            )
        )
    return changed, told


async def _calendar(shop: str, service: Purchases) -> ShopCalendar:
    """The shop's days; without them the history is only shortened by another clock."""
    try:
        return (await service.shops.load(shop)).calendar
    except ShopUnknown:
        return ShopCalendar("UTC")
