"""What reports does when something has happened."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from bezkart.contracts.feedback import NpsAnswered, RatingGiven
from bezkart.contracts.identity import GuestChanged, GuestErased, ShopChanged
from bezkart.contracts.notifications import CampaignMessageSettled
from bezkart.contracts.purchases import GiftIssued, GiftIssueUndone, PurchaseRecorded, PurchasesImported, PurchaseUndone
from bezkart.contracts.segments import GuestSegmentChanged
from bezkart.kit.bus.reactions import Reactions
from services.reports.domain.facts import AnyFact
from services.reports.usecases.collaborators import Reports
from services.reports.usecases.erase_guest import erase_guest
from services.reports.usecases.facts_of import facts_of
from services.reports.usecases.learn_shop import learn_shop
from services.reports.usecases.take_in import take_in

reactions = Reactions[Reports]()


@reactions.on(ShopChanged, queue="reports.shops")
async def shop_changed(events: Sequence[ShopChanged], service: Reports) -> None:
    for event in events:
        await learn_shop(event, service)


@reactions.on(GuestErased, queue="reports.guests")
async def guest_erased(events: Sequence[GuestErased], service: Reports) -> None:
    for event in events:
        await erase_guest(event.shop, event.guest_id, event.erased_at, service)


@reactions.on(
    PurchaseRecorded, PurchaseUndone, PurchasesImported, GiftIssued, GiftIssueUndone, queue="reports.purchases"
)
@reactions.on(GuestChanged, queue="reports.guests")
@reactions.on(GuestSegmentChanged, queue="reports.segments")
@reactions.on(RatingGiven, NpsAnswered, queue="reports.feedback")
@reactions.on(CampaignMessageSettled, queue="reports.messages")
async def something_happened(events: Sequence[Any], service: Reports) -> None:
    by_shop: dict[str, list[AnyFact]] = defaultdict(list)
    for event in events:
        by_shop[event.shop].extend(facts_of(event))
    for shop, facts in by_shop.items():
        await take_in(shop, facts, service)
