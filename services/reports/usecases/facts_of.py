"""Events as facts. Ids say what a fact tells of, so a second delivery is the same fact."""

from collections.abc import Callable
from typing import Any, Final

from bezkart.contracts.accounts import AccountState, Purchase
from bezkart.contracts.event import Event
from bezkart.contracts.feedback import NpsAnswered, RatingGiven
from bezkart.contracts.identity import GuestChanged
from bezkart.contracts.notifications import CampaignMessageSettled
from bezkart.contracts.purchases import GiftIssued, GiftIssueUndone, PurchaseRecorded, PurchasesImported, PurchaseUndone
from bezkart.contracts.segments import GuestSegmentChanged
from bezkart.kernel.ids import derived_id
from services.reports.domain.facts import (
    AnyFact,
    GiftMoved,
    Moved,
    Rated,
    Registered,
    Sale,
    Scored,
    TakenBack,
    Told,
    Undone,
)

Known = (
    PurchaseRecorded
    | PurchaseUndone
    | PurchasesImported
    | GiftIssued
    | GiftIssueUndone
    | GuestChanged
    | GuestSegmentChanged
    | RatingGiven
    | NpsAnswered
    | CampaignMessageSettled
)


def paid(purchase: Purchase) -> int:
    """Money: the bill without discounts and points; 0 where the till did not say."""
    return (purchase.amount or 0) - purchase.discount - purchase.points_spent


def _sale(event: PurchaseRecorded) -> Sale:
    purchase = event.purchase
    return Sale(
        id=derived_id("sale", purchase.purchase_id),
        at=purchase.at,
        guest=event.guest_id,
        purchase=purchase.purchase_id,
        cups=purchase.cups,
        paid=paid(purchase),
        billed=purchase.amount is not None,
        discount=purchase.discount,
        points=purchase.points_spent,
        gifts_earned=event.account.gifts - event.before.gifts,
        staff=event.actor.id,
        gap=_gained(event.before, event.account) - paid(purchase),
    )


def _undoing(event: PurchaseUndone) -> tuple[AnyFact, ...]:
    purchase = event.purchase
    return (
        TakenBack(
            id=derived_id("back", purchase.purchase_id),
            at=purchase.at,
            guest=event.guest_id,
            purchase=purchase.purchase_id,
            gap=_gained(event.before, event.account) + paid(purchase),
        ),
        Undone(
            id=derived_id("undo", purchase.purchase_id),
            at=event.undone_at,
            guest=event.guest_id,
            staff=event.actor.id,
        ),
    )


def _imported(event: PurchasesImported) -> tuple[Sale, ...]:
    """Nobody of the staff sold them; the last of them tells what they did to the account together."""
    gap = _gained(event.before, event.account) - sum(map(paid, event.purchases))
    earned = event.account.gifts - event.before.gifts
    return tuple(
        Sale(
            id=derived_id("sale", purchase.purchase_id),
            at=purchase.at,
            guest=event.guest_id,
            purchase=purchase.purchase_id,
            cups=purchase.cups,
            paid=paid(purchase),
            billed=purchase.amount is not None,
            discount=purchase.discount,
            points=purchase.points_spent,
            gifts_earned=earned if last else 0,
            gap=gap if last else 0,
        )
        for purchase, last in ((each, each is event.purchases[-1]) for each in event.purchases)
    )


def _gift(event: GiftIssued | GiftIssueUndone) -> GiftMoved:
    """A gift may be issued and taken back again and again: the account's version tells these apart."""
    return GiftMoved(
        id=derived_id("gift", event.gift.gift_id, str(event.account.version)),
        at=event.at,
        guest=event.guest_id,
        given=1 if isinstance(event, GiftIssued) else -1,
        staff=event.actor.id,
    )


def _registered(event: GuestChanged) -> Registered:
    return Registered(
        id=derived_id("joined", event.guest_id), at=event.registered_at, guest=event.guest_id, source=event.source
    )


def _moved(event: GuestSegmentChanged) -> Moved:
    return Moved(
        id=derived_id("moved", event.guest_id, str(event.version)),
        at=event.at,
        guest=event.guest_id,
        version=event.version,
        previous=event.previous,
        next=event.next,
    )


def _rated(event: RatingGiven) -> Rated:
    return Rated(
        id=derived_id("rated", event.rating_id, str(event.version)),
        at=event.purchased_at,
        guest=event.guest_id,
        rating=event.rating_id,
        version=event.version,
        stars=event.stars,
        staff=event.staff_id,
    )


def _scored(event: NpsAnswered) -> Scored:
    return Scored(
        id=derived_id("scored", event.answer_id),
        at=event.at,
        guest=event.guest_id,
        version=event.version,
        score=event.score,
    )


def _told(event: CampaignMessageSettled) -> Told:
    return Told(
        id=derived_id("told", event.message_id),
        at=event.at,
        guest=event.guest_id,
        outcome=event.outcome,
        channel=event.channel,
        campaign=event.campaign,
    )


def _gained(before: AccountState, account: AccountState) -> int:
    return account.spent - before.spent


_READ: Final[dict[type[Event], Callable[[Any], tuple[AnyFact, ...]]]] = {
    PurchaseRecorded: lambda event: (_sale(event),),
    PurchaseUndone: _undoing,
    PurchasesImported: _imported,
    GiftIssued: lambda event: (_gift(event),),
    GiftIssueUndone: lambda event: (_gift(event),),
    GuestChanged: lambda event: (_registered(event),),
    GuestSegmentChanged: lambda event: (_moved(event),),
    RatingGiven: lambda event: (_rated(event),),
    NpsAnswered: lambda event: (_scored(event),),
    CampaignMessageSettled: lambda event: (_told(event),),
}


def facts_of(event: Known) -> tuple[AnyFact, ...]:
    """What the event says."""
    return _READ[type(event)](event)
