"""What purchases does when something has happened."""

import asyncio
from collections.abc import Sequence

from bezkart.contracts.campaigns import PromotionChanged
from bezkart.contracts.identity import GuestChanged, GuestErased, ShopChanged
from bezkart.contracts.purchases import ACCOUNT_CHANGES, AccountChange, GrantBonus, GrantCoupon
from bezkart.contracts.segments import GuestSegmentChanged
from bezkart.kit.bus.reactions import Reactions
from services.purchases.usecases.collaborators import Purchases
from services.purchases.usecases.erase_guest import erase_guest
from services.purchases.usecases.grant_bonuses import grant_bonus, grant_coupon, reward_referrers, welcome_guest
from services.purchases.usecases.learn_segments import learn_segments
from services.purchases.usecases.refer_guest import refer_registered
from services.purchases.usecases.settle_reservations import settle_reservations
from services.purchases.usecases.write_ledger import write_ledger

reactions = Reactions[Purchases]()


@reactions.on(*ACCOUNT_CHANGES, queue="purchases.ledger")
async def account_changed(events: Sequence[AccountChange], service: Purchases) -> None:
    await write_ledger(events, accounts=service.accounts, ledger=service.ledger)
    await settle_reservations(events, service)
    await reward_referrers(events, service)


@reactions.on(GuestErased, queue="purchases.erasures")
async def guest_erased(events: Sequence[GuestErased], service: Purchases) -> None:
    for event in events:
        await erase_guest(event, service)


@reactions.on(GuestChanged, queue="purchases.guests")
async def guest_changed(events: Sequence[GuestChanged], service: Purchases) -> None:
    for event in events:
        await welcome_guest(event, service)
        await refer_registered(event, service)


@reactions.on(ShopChanged, queue="purchases.shops")
async def shop_changed(events: Sequence[ShopChanged], service: Purchases) -> None:
    for event in events:
        await service.shops.learn(event.shop, version=event.version, timezone=event.timezone, currency=event.currency)


@reactions.on(GuestSegmentChanged, queue="purchases.segments")
async def guest_segment_changed(events: Sequence[GuestSegmentChanged], service: Purchases) -> None:
    await learn_segments(events, service)


@reactions.on(PromotionChanged, queue="purchases.promotions")
async def promotion_changed(events: Sequence[PromotionChanged], service: Purchases) -> None:
    for event in events:
        await service.promotions.learn(
            event.shop, event.promotion_id, version=event.version, state=event.state, rule=event.rule, at=event.at
        )


@reactions.on(GrantBonus, GrantCoupon, queue="purchases.commands")
async def grant(commands: Sequence[GrantBonus | GrantCoupon], service: Purchases) -> None:
    """Side by side: a mailing's grants share their round trips."""
    await asyncio.gather(
        *(
            grant_bonus(each, service) if isinstance(each, GrantBonus) else grant_coupon(each, service)
            for each in commands
        )
    )
