"""What feedback does when something has happened."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TypeVar

from bezkart.contracts.event import Event
from bezkart.contracts.feedback import NpsAnswered, RatingGiven, ThreadAnswered, ThreadOpened
from bezkart.contracts.identity import GuestErased, ShopChanged
from bezkart.contracts.purchases import PurchaseRecorded, PurchasesImported, PurchaseUndone
from bezkart.contracts.segments import GuestSegmentChanged
from bezkart.kit.bus.reactions import Reactions
from services.feedback.domain.guest import Account, Visit
from services.feedback.usecases.announce import News, announce
from services.feedback.usecases.collaborators import Feedback
from services.feedback.usecases.erase_guest import erase_guest
from services.feedback.usecases.follow_rating import follow_rating
from services.feedback.usecases.learn_guests import Lesson, learn_guests

E = TypeVar("E", bound=Event)

reactions = Reactions[Feedback]()


@reactions.on(ShopChanged, queue="feedback.shops")
async def shop_changed(events: Sequence[ShopChanged], service: Feedback) -> None:
    for event in events:
        await service.shops.learn(event.shop, version=event.version, name=event.name)


@reactions.on(PurchaseRecorded, PurchaseUndone, PurchasesImported, queue="feedback.purchases")
async def purchases_changed(
    events: Sequence[PurchaseRecorded | PurchaseUndone | PurchasesImported], service: Feedback
) -> None:
    for shop, changes in _by_shop(events).items():
        await learn_guests(shop, [_purchase_lesson(change) for change in changes], service)


@reactions.on(GuestSegmentChanged, queue="feedback.guests")
async def segment_changed(events: Sequence[GuestSegmentChanged], service: Feedback) -> None:
    for shop, changes in _by_shop(events).items():
        await learn_guests(shop, [_segment_lesson(change) for change in changes], service)


@reactions.on(GuestErased, queue="feedback.guests")
async def guest_erased(events: Sequence[GuestErased], service: Feedback) -> None:
    for event in events:
        await erase_guest(event.shop, event.guest_id, service)


@reactions.on(RatingGiven, queue="feedback.ratings")
async def rating_given(events: Sequence[RatingGiven], service: Feedback) -> None:
    for shop, rating_id in dict.fromkeys((event.shop, event.rating_id) for event in events):
        await follow_rating(shop, rating_id, service)


@reactions.on(RatingGiven, ThreadOpened, ThreadAnswered, NpsAnswered, queue="feedback.live")
async def news(events: Sequence[News], service: Feedback) -> None:
    latest = {(event.shop, type(event)): event for event in events}
    for event in latest.values():
        await announce(event, service.live)


def _purchase_lesson(change: PurchaseRecorded | PurchaseUndone | PurchasesImported) -> Lesson:
    """Imported purchases are told of long afterwards: nobody is asked about them."""
    account = Account(change.account.version, change.account.last_purchase_at)
    visits: tuple[Visit, ...] = ()
    if not isinstance(change, PurchasesImported):
        purchase, undone = change.purchase, isinstance(change, PurchaseUndone)
        visits = (Visit(purchase.purchase_id, purchase.at, change.actor.id, undone=undone),)
    return Lesson(change.guest_id, lambda guest, delay: guest.learn_visits(visits, account, delay=delay))


def _segment_lesson(change: GuestSegmentChanged) -> Lesson:
    return Lesson(change.guest_id, lambda guest, _delay: guest.learn_segment(change.next, change.version))


def _by_shop(events: Iterable[E]) -> dict[str, list[E]]:
    grouped: dict[str, list[E]] = defaultdict(list)
    for event in events:
        grouped[event.shop].append(event)
    return grouped
