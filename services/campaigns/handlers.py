"""What campaigns does when something has happened."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TypeVar

from bezkart.contracts.accounts import AccountState, Purchase
from bezkart.contracts.event import Event
from bezkart.contracts.feedback import ThreadAnswered
from bezkart.contracts.identity import GuestChanged, GuestErased, ShopChanged
from bezkart.contracts.notifications import CampaignMessageSettled
from bezkart.contracts.purchases import (
    ACCOUNT_CHANGES,
    AccountChange,
    ProgramChanged,
    PurchaseRecorded,
    PurchasesImported,
    PurchaseUndone,
)
from bezkart.contracts.segments import GuestSegmentChanged
from bezkart.kit.bus.reactions import Reactions
from services.campaigns.domain.guest import Account, Profile, Visit
from services.campaigns.store.shops import Program
from services.campaigns.usecases.collaborators import Campaigns
from services.campaigns.usecases.follow_purchases import follow_purchases
from services.campaigns.usecases.follow_uses import follow_uses
from services.campaigns.usecases.keep_promotions import pause_without_plan
from services.campaigns.usecases.learn_guests import Lesson, erase_guests, learn_guests
from services.campaigns.usecases.notice_occasions import occasions
from services.campaigns.usecases.settle_messages import settle_messages

E = TypeVar("E", bound=Event)

reactions = Reactions[Campaigns]()


@reactions.on(ShopChanged, queue="campaigns.shops")
async def shop_changed(events: Sequence[ShopChanged], service: Campaigns) -> None:
    for event in events:
        entry = {"name": event.name, "timezone": event.timezone, "currency": event.currency, "plan": event.plan}
        await service.shops.learn(event.shop, version=event.version, **entry)
        await pause_without_plan(event.shop, service)


@reactions.on(ProgramChanged, queue="campaigns.programs")
async def program_changed(events: Sequence[ProgramChanged], service: Campaigns) -> None:
    for event in events:
        program = Program(event.mode, event.cups_per_gift, event.gift)
        await service.shops.learn_program(event.shop, version=event.version, program=program)


@reactions.on(GuestChanged, queue="campaigns.guests")
async def guest_changed(events: Sequence[GuestChanged], service: Campaigns) -> None:
    for shop, changes in by_shop(events).items():
        lessons = [_profile_lesson(change) for change in changes]
        await learn_guests(shop, lessons + await occasions(shop, changes, service), service)


@reactions.on(GuestSegmentChanged, queue="campaigns.guests")
async def segment_changed(events: Sequence[GuestSegmentChanged], service: Campaigns) -> None:
    for shop, changes in by_shop(events).items():
        lessons = [_segment_lesson(change) for change in changes]
        await learn_guests(shop, lessons + await occasions(shop, changes, service), service)


@reactions.on(GuestErased, queue="campaigns.guests")
async def guest_erased(events: Sequence[GuestErased], service: Campaigns) -> None:
    for shop, erasures in by_shop(events).items():
        await erase_guests(shop, [event.guest_id for event in erasures], service)


@reactions.on(*ACCOUNT_CHANGES, queue="campaigns.purchases")
async def account_changed(events: Sequence[AccountChange], service: Campaigns) -> None:
    for shop, changes in by_shop(events).items():
        lessons = [_account_lesson(change) for change in changes]
        await learn_guests(shop, lessons + await occasions(shop, changes, service), service)
        await follow_purchases(shop, changes, service)
        await follow_uses(shop, changes, service)


@reactions.on(ThreadAnswered, queue="campaigns.threads")
async def thread_answered(events: Sequence[ThreadAnswered], service: Campaigns) -> None:
    for shop, answers in by_shop(events).items():
        await learn_guests(shop, await occasions(shop, answers, service), service)


@reactions.on(CampaignMessageSettled, queue="campaigns.outcomes")
async def message_settled(events: Sequence[CampaignMessageSettled], service: Campaigns) -> None:
    for shop, ends in by_shop(events).items():
        await settle_messages(shop, ends, service)


def by_shop(events: Iterable[E]) -> dict[str, list[E]]:
    grouped: dict[str, list[E]] = defaultdict(list)
    for event in events:
        grouped[event.shop].append(event)
    return grouped


def _profile_lesson(change: GuestChanged) -> Lesson:
    profile = Profile(
        registered_at=change.registered_at,
        source=change.source,
        has_phone=change.has_phone,
        has_telegram=change.has_telegram,
        ads=change.advertising_consent,
        birthday=change.birthday,
    )
    return Lesson(change.guest_id, lambda guest: guest.learn_profile(change.version, profile))


def _segment_lesson(change: GuestSegmentChanged) -> Lesson:
    return Lesson(change.guest_id, lambda guest: guest.learn_segment(change.version, change.next))


def _account_lesson(change: AccountChange) -> Lesson:
    account, visits = _account(change.account), _visits(change)
    return Lesson(change.guest_id, lambda guest: guest.learn_account(change.account.version, account, visits))


def _account(state: AccountState) -> Account:
    return Account(
        purchases=state.purchases,
        last_purchase_at=state.last_purchase_at,
        stamps=state.stamps,
        card_size=state.card_size,
        gifts=state.gifts,
        points=state.points,
        tier=state.tier,
    )


def _visits(change: AccountChange) -> tuple[Visit, ...]:
    """Purchases that say what was bought."""
    purchases: tuple[Purchase, ...] = ()
    if isinstance(change, PurchaseRecorded | PurchaseUndone):
        purchases = (change.purchase,)
    elif isinstance(change, PurchasesImported):
        purchases = change.purchases
    undone = isinstance(change, PurchaseUndone)
    return tuple(Visit(each.purchase_id, each.at, each.items, undone) for each in purchases if each.items)
