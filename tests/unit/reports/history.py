"""A shop's events as its services would tell them, made from a list of small decisions."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bezkart.contracts.accounts import AccountState, Actor, Gift, Purchase
from bezkart.contracts.feedback import RatingGiven
from bezkart.contracts.identity import GuestChanged
from bezkart.contracts.purchases import GiftIssued, GiftIssueUndone, PurchaseRecorded, PurchasesImported, PurchaseUndone
from bezkart.contracts.segments import GuestSegmentChanged, SegmentName
from services.reports.usecases.facts_of import Known

SHOP = "demo"
START = datetime(2026, 10, 20, 5, 30, tzinfo=UTC)


def account(version: int = 1, *, spent: int = 0, gifts: int = 0) -> AccountState:
    return AccountState(
        version=version,
        purchases=0,
        cups=0,
        stamps=0,
        card_size=6,
        gifts=gifts,
        spent=spent,
        currency="RUB",
        first_purchase_at=None,
        last_purchase_at=None,
    )


@dataclass
class Shop:
    """Tells its events one after the other; `ledger` is what its guests paid, purchase by purchase."""

    events: list[Known] = field(default_factory=list)
    ledger: dict[str, int] = field(default_factory=dict)
    sold: list[PurchaseRecorded] = field(default_factory=list)
    segments: dict[str, tuple[int, SegmentName]] = field(default_factory=dict)
    registered: set[str] = field(default_factory=set)
    _accounts: dict[str, AccountState] = field(default_factory=dict)

    def register(self, guest: str, at: datetime) -> None:
        if guest in self.registered:
            return
        self.registered.add(guest)
        self.events.append(
            GuestChanged(
                shop=SHOP,
                guest_id=guest,
                version=1,
                registered_at=at,
                source="terminal",
                has_phone=True,
                has_telegram=False,
                processing_consent=True,
                advertising_consent=True,
            )
        )

    def sell(
        self, guest: str, at: datetime, *, amount: int | None, cups: int = 1, points: int = 0, discount: int = 0,
        staff: str = "s_anya",
    ) -> PurchaseRecorded:  # fmt: skip
        paid = (amount or 0) - points - discount
        number = f"p_{len(self.sold)}"
        before = self._accounts.get(guest, account(0))
        after = self._moved(guest, paid)
        event = PurchaseRecorded(
            shop=SHOP,
            guest_id=guest,
            purchase=Purchase(
                purchase_id=number, at=at, cups=cups, amount=amount, points_spent=points, discount=discount
            ),
            actor=Actor(id=staff, role="barista"),
            before=before,
            account=after,
        )
        self.events.append(event)
        self.sold.append(event)
        self.ledger[number] = paid
        return event

    def undo(self, sold: PurchaseRecorded, at: datetime, *, staff: str = "s_anya") -> None:
        paid = self.ledger.pop(sold.purchase.purchase_id, None)
        if paid is None:
            return
        before = self._accounts[sold.guest_id]
        self.events.append(
            PurchaseUndone(
                shop=SHOP,
                guest_id=sold.guest_id,
                purchase=sold.purchase,
                undone_at=at,
                actor=Actor(id=staff, role="barista"),
                before=before,
                account=self._moved(sold.guest_id, -paid),
            )
        )

    def bring(self, guest: str, amounts: Sequence[int], at: datetime) -> None:
        """An import."""
        before = self._accounts.get(guest, account(0))
        names = [f"i_{guest}_{len(self.events)}_{each}" for each in range(len(amounts))]
        self.ledger.update(zip(names, amounts, strict=True))
        self.events.append(
            PurchasesImported(
                shop=SHOP,
                guest_id=guest,
                purchases=tuple(
                    Purchase(purchase_id=name, at=at - timedelta(days=40 - place), cups=1, amount=amount)
                    for place, (name, amount) in enumerate(zip(names, amounts, strict=True))
                ),
                imported_at=at,
                actor=Actor(id="s_owner", role="owner"),
                before=before,
                account=self._moved(guest, sum(amounts)),
            )
        )

    def give(self, guest: str, at: datetime, *, taken_back: bool = False) -> None:
        kind = GiftIssueUndone if taken_back else GiftIssued
        way = {} if taken_back else {"way": "code"}
        before = self._accounts.get(guest, account(0))
        self.events.append(
            kind.model_validate(
                {
                    "shop": SHOP,
                    "guest_id": guest,
                    "gift": Gift(gift_id=f"gift_{guest}", words={}),
                    "at": at,
                    "actor": Actor(id="s_anya", role="barista"),
                    "before": before,
                    "account": self._moved(guest, 0),
                    **way,
                }
            )
        )

    def move(self, guest: str, following: SegmentName, at: datetime) -> None:
        version, previous = self.segments.get(guest, (0, None))
        if previous == following:
            return
        self.segments[guest] = (version + 1, following)
        self.events.append(
            GuestSegmentChanged(
                shop=SHOP,
                guest_id=guest,
                version=version + 1,
                previous=previous,
                next=following,
                cause="purchase",
                at=at,
            )
        )

    def rate(self, sold: PurchaseRecorded, stars: int, version: int, at: datetime) -> None:
        self.events.append(
            RatingGiven(
                shop=SHOP,
                guest_id=sold.guest_id,
                rating_id=f"r_{sold.purchase.purchase_id}",
                version=version,
                purchase_id=sold.purchase.purchase_id,
                purchased_at=sold.purchase.at,
                staff_id=sold.actor.id,
                segment=None,
                stars=stars,
                commented=False,
                given_at=at,
            )
        )

    def _moved(self, guest: str, paid: int) -> AccountState:
        before = self._accounts.get(guest, account(0))
        self._accounts[guest] = account(before.version + 1, spent=before.spent + paid)
        return self._accounts[guest]
