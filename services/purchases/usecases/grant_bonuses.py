"""What follows from elsewhere: a registration, a friend's first purchase and its undo (F15), what campaigns give (F31)."""

from collections.abc import Callable, Sequence

from bezkart.contracts.event import Message
from bezkart.contracts.identity import GuestChanged
from bezkart.contracts.purchases import (
    AccountChange,
    BonusGranted,
    BonusRevoked,
    CouponGranted,
    GrantBonus,
    GrantCoupon,
    PurchaseRecorded,
    PurchaseUndone,
)
from bezkart.kit.documents import until_written
from services.purchases.domain import bonuses, coupons
from services.purchases.domain.account import Account
from services.purchases.domain.offers import Coupon
from services.purchases.domain.operation import SYSTEM
from services.purchases.domain.points import Lot
from services.purchases.domain.terms import Terms
from services.purchases.store.documents import Remembering
from services.purchases.usecases.collaborators import Purchases
from services.purchases.usecases.events import common, coupon_fact

Change = Callable[[Account, Terms], Account | None]
Tell = Callable[[Account, Account, Terms], Message]


async def welcome_guest(event: GuestChanged, service: Purchases) -> None:
    """Once for each guest who registers; those who come from an older system have been here before. Raises ShopUnknown."""
    program = await service.programs.current(event.shop)
    if event.version != 1 or event.source == "import" or not program.points.welcome or not program.gives_points:
        return
    points = program.points.welcome

    def tell(before: Account, after: Account, terms: Terms) -> BonusGranted:
        return BonusGranted(**common(event.shop, before, after, terms), bonus="welcome", points=points)

    await _change(event.shop, event.guest_id, bonuses.welcome, tell, service)


async def reward_referrers(changes: Sequence[AccountChange], service: Purchases) -> None:
    """Whoever brought a guest is rewarded for the first purchase, and not for one that was undone. Raises ShopUnknown."""
    for change in changes:
        if isinstance(change, PurchaseRecorded | PurchaseUndone) and change.referral:
            await _reward(change, service)


async def _reward(change: PurchaseRecorded | PurchaseUndone, service: Purchases) -> None:
    referral = change.referral
    if referral is None:
        return
    lot = Lot(referral.day, referral.expires_at, "referral", referral.points)
    counted = lot if isinstance(change, PurchaseRecorded) else None

    def learn(account: Account, terms: Terms) -> Account | None:
        return bonuses.learn_friend(account, change.guest_id, change.account.version, counted, terms)

    def tell(before: Account, after: Account, terms: Terms) -> Message:
        moved = after.wallet.net - before.wallet.net
        kind = BonusRevoked if moved < 0 or counted is None else BonusGranted
        return kind(**common(change.shop, before, after, terms), bonus="referral", points=abs(moved))

    await _change(change.shop, referral.referrer_id, learn, tell, service)


async def grant_bonus(command: GrantBonus, service: Purchases) -> None:
    """Points of a campaign, once for each key. Raises ShopUnknown."""

    def grant(account: Account, terms: Terms) -> Account | None:
        day = terms.calendar.midnight(terms.today)
        lot = Lot(day, command.valid_until, "campaign", command.points)
        return coupons.grant_bonus(account, command.key, lot, terms)

    def tell(before: Account, after: Account, terms: Terms) -> BonusGranted:
        told = common(command.shop, before, after, terms)
        return BonusGranted(**told, bonus="campaign", points=command.points, campaign=command.campaign)

    await _change(command.shop, command.guest_id, grant, tell, service)


async def grant_coupon(command: GrantCoupon, service: Purchases) -> None:
    """A coupon, once for each key. Raises ShopUnknown."""
    coupon = Coupon(command.coupon_id, command.promotion_id, command.valid_until, command.campaign)

    def grant(account: Account, terms: Terms) -> Account | None:
        return coupons.grant_coupon(account, command.key, coupon, terms)

    def tell(before: Account, after: Account, terms: Terms) -> CouponGranted:
        return CouponGranted(**common(command.shop, before, after, terms), coupon=coupon_fact(coupon))

    await _change(command.shop, command.guest_id, grant, tell, service)


async def _change(shop: str, guest_id: str, change: Change, tell: Tell, service: Purchases) -> None:
    """Change the guest's account, whether or not there is one yet, unless `change` finds nothing to do."""
    program, known = await service.programs.current(shop), await service.shops.load(shop)

    async def attempt() -> None:
        found = await service.accounts.load(shop, guest_id)
        found = found or Remembering(Account.opened(guest_id, known.currency, program))
        if found.account.erased:
            return
        terms = Terms(program, known.calendar, service.clock.now(), SYSTEM)
        changed = change(found.account, terms)
        if changed is not None:
            message = tell(found.account, changed, terms)
            await service.accounts.save(shop, changed, [message], answers=found.answers, at=terms.now)

    await until_written(attempt)
