"""What segments does when something has happened."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import TypeVar

from bezkart.contracts import identity as identity_contract
from bezkart.contracts import purchases as purchases_contract
from bezkart.contracts.event import Event
from bezkart.contracts.segments import GuestSegmentChanged, MoveCause
from bezkart.kernel.calendar import ShopCalendar
from bezkart.kit.bus.reactions import Reactions
from services.segments.domain.guest import AccountChange, SegmentedGuest
from services.segments.usecases.announce_move import announce_move
from services.segments.usecases.collaborators import Segments
from services.segments.usecases.draw_picture import load_shop
from services.segments.usecases.take_in import Lesson, take_in

E = TypeVar("E", bound=Event)

reactions = Reactions[Segments]()


@reactions.on(identity_contract.ShopChanged, queue="segments.shops")
async def shop_changed(events: Sequence[identity_contract.ShopChanged], service: Segments) -> None:
    for event in events:
        await service.shops.learn(event.shop, version=event.version, timezone=event.timezone)


@reactions.on(identity_contract.GuestChanged, queue="segments.guests")
async def guest_changed(events: Sequence[identity_contract.GuestChanged], service: Segments) -> None:
    for shop, changes in _by_shop(events).items():
        settings = await load_shop(shop, service)
        calendar = settings.calendar
        await take_in(settings, [_profile_lesson(change, calendar) for change in changes], service)
        imported = [change.registered_at for change in changes if change.source == "import"]
        if imported:
            await service.snapshots.forget_from(shop, calendar.day(min(imported)))


@reactions.on(identity_contract.GuestErased, queue="segments.guests")
async def guest_erased(events: Sequence[identity_contract.GuestErased], service: Segments) -> None:
    for shop, erasures in _by_shop(events).items():
        lessons = [Lesson(each.guest_id, "time", SegmentedGuest.erase) for each in erasures]
        await take_in(await load_shop(shop, service), lessons, service)


@reactions.on(*purchases_contract.ACCOUNT_CHANGES, queue="segments.purchases")
async def account_changed(events: Sequence[purchases_contract.AccountChange], service: Segments) -> None:
    for shop, changes in _by_shop(events).items():
        settings = await load_shop(shop, service)
        calendar = settings.calendar
        await take_in(settings, [_account_lesson(change, calendar) for change in changes], service)
        imported = [change for change in changes if isinstance(change, purchases_contract.PurchasesImported)]
        if imported:
            oldest = min(purchase.at for change in imported for purchase in change.purchases)
            await service.snapshots.forget_from(shop, calendar.day(oldest))


@reactions.on(GuestSegmentChanged, queue="segments.live")
async def segment_changed(events: Sequence[GuestSegmentChanged], service: Segments) -> None:
    latest = {(event.shop, event.previous, event.next): event for event in events}
    for event in latest.values():
        await announce_move(event, service.live)


def _profile_lesson(change: identity_contract.GuestChanged, calendar: ShopCalendar) -> Lesson:
    registered = calendar.day(change.registered_at)
    cause: MoveCause = "import" if change.source == "import" else "registration"
    return Lesson(change.guest_id, cause, lambda guest: guest.learn_profile(change.version, registered))


def _account_lesson(change: purchases_contract.AccountChange, calendar: ShopCalendar) -> Lesson:
    cause, days = _cause_and_days(change, calendar)
    last = change.account.last_purchase_at
    learned = AccountChange(
        version=change.account.version,
        days=days,
        purchases=change.account.purchases,
        last=calendar.day(last) if last else None,
    )
    return Lesson(change.guest_id, cause, lambda guest: guest.learn_account(learned))


def _cause_and_days(
    change: purchases_contract.AccountChange, calendar: ShopCalendar
) -> tuple[MoveCause, tuple[tuple[date, int], ...]]:
    if isinstance(change, purchases_contract.PurchaseUndone):
        return "undo", ((calendar.day(change.purchase.at), -1),)
    if isinstance(change, purchases_contract.PurchaseRecorded):
        return "purchase", ((calendar.day(change.purchase.at), 1),)
    if isinstance(change, purchases_contract.PurchasesImported):
        return "import", tuple((calendar.day(purchase.at), 1) for purchase in change.purchases)
    # Points and gifts move nobody, but each of them is a version of the account that must not be missing.
    return "time", ()


def _by_shop(events: Iterable[E]) -> dict[str, list[E]]:
    grouped: dict[str, list[E]] = defaultdict(list)
    for event in events:
        grouped[event.shop].append(event)
    return grouped
