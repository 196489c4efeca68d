"""Purchases with promotions, gifts, points, coupons, friends and their undo in any order: nothing negative, the ledger adds up."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bezkart.contracts import purchases as contract
from bezkart.kernel.calendar import ShopCalendar
from bezkart.kernel.promotion import Benefit, Conditions, Limits, Rule
from services.purchases.domain import bonuses, coupons, gifts
from services.purchases.domain.account import Account
from services.purchases.domain.errors import GiftAlreadyIssued, GiftLocked, LaterGiftFirst, PointsAlreadySpent
from services.purchases.domain.ledger import Balance, Entry
from services.purchases.domain.offers import Coupon
from services.purchases.domain.operation import Actor, Purchase
from services.purchases.domain.points import Lot
from services.purchases.domain.program import Points, Program, Tier
from services.purchases.domain.promotions import Promotion, applied_of, evaluate, sale_of
from services.purchases.domain.terms import Terms
from services.purchases.usecases.events import (
    account_state,
    actor_fact,
    common,
    coupon_fact,
    gift_fact,
    purchase_fact,
    referral_fact,
)
from services.purchases.usecases.write_ledger import entries_of

MORNING = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)
MOSCOW = ShopCalendar("Europe/Moscow")
OWNER = Actor("s_owner", "owner", is_owner=True)
TIERS = (Tier("bronze", 0, 300), Tier("silver", 500_00, 500), Tier("gold", 1000_00, 1000))
NO_HISTORY: dict[str, Any] = {
    "version": 0,
    "operations": (),
    "entries": 0,
    "flags": (),
    "brought": (),
    "due": None,
    "warned_through": None,
}
PROMOTIONS = [
    Promotion("p_tenth", 1, Rule("discount", "Скидка", Benefit(percent=10), limits=Limits(per_guest=2))),
    Promotion(
        "p_first", 1, Rule("discount", "Первая", Benefit(amount=50_00), conditions=Conditions(first_purchase=True))
    ),
    Promotion("p_pairs", 1, Rule("n-for-m", "Два по цене одного", Benefit(buy=2, pay=1), group="g")),
    Promotion("p_twice", 1, Rule("bonus-multiplier", "Баллы", Benefit(factor=250))),
    Promotion("p_stamp", 1, Rule("extra-stamps", "Штампы", Benefit(stamps=2))),
    Promotion("p_coupon", 1, Rule("coupon", "Купон", Benefit(percent=50), group="g")),
    Promotion("p_hello", 1, Rule("coupon", "Баллы", Benefit(points=15_00))),
]
PROGRAMS = st.builds(
    Program,
    cups_per_gift=st.integers(2, 5),
    gift=st.sampled_from(["раф", "чай"]),
    mode=st.sampled_from(["stamps", "points", "both"]),
    operations_shown=st.just(2),
    points=st.builds(
        Points,
        tiers=st.just(TIERS),
        max_share=st.sampled_from([30, 100]),
        valid_days=st.integers(7, 20),
        warn_days=st.sampled_from([0, 3]),
        welcome=st.sampled_from([0, 50_00]),
        referral_friend=st.just(20_00),
        referral_referrer=st.just(30_00),
    ),
)


def balance(account: Account) -> Balance:
    net = account.wallet.net
    return Balance(
        account.purchases, account.cups, account.stamps, account.gifts, account.spent, max(0, net), max(0, -net)
    )


class Counter(RuleBasedStateMachine):
    """One guest at the counter for a day; `undoing` holds how to take back each thing that still stands, latest last."""

    def __init__(self) -> None:
        super().__init__()
        self.now = MORNING
        self.names = count(1)
        self.entries: list[Entry] = []
        self.undoing: dict[str, Callable[[], None]] = {}
        self.friends: dict[str, int] = {}

    @initialize(
        program=PROGRAMS,
        referred=st.booleans(),
        promotions=st.lists(st.sampled_from(PROMOTIONS), unique=True),
        held=st.lists(st.sampled_from(["p_coupon", "p_hello"]), max_size=3),
    )
    def open(self, program: Program, referred: bool, promotions: list[Promotion], held: list[str]) -> None:
        self.program = program
        self.promotions = promotions
        self.account = self.start = Account.opened("g_guest", "RUB", program)
        if referred:
            self.account = bonuses.refer(self.account, "g_friend", self.terms)
        for promotion_id in held:
            self.grant_coupon(promotion_id, 2)
        self.start = self.account

    @property
    def terms(self) -> Terms:
        return Terms(self.program, MOSCOW, self.now, OWNER)

    def grant_coupon(self, promotion_id: str, days: int) -> None:
        name = f"k{next(self.names)}"
        coupon = Coupon(name, promotion_id, self.now + timedelta(days=days), "mailing:m:1")
        changed = coupons.grant_coupon(self.account, name, coupon, self.terms)
        assert changed
        assert coupons.grant_coupon(changed, name, coupon, self.terms) is None
        fact = coupon_fact(coupon)
        self.take(changed, contract.CouponGranted.model_validate({**self.common(changed), "coupon": fact}))

    def take(self, changed: Account, event: contract.AccountChange) -> None:
        assert changed.version == self.account.version + 1 == event.account.version
        entries = entries_of(event)
        assert len(entries) == changed.entries - self.account.entries
        self.entries += entries
        self.account = changed

    def common(self, changed: Account) -> dict[str, object]:
        return {**common("demo", self.account, changed, self.terms)}

    @rule(minutes=st.integers(1, 15))
    def wait(self, minutes: int) -> None:
        self.now = min(self.now + timedelta(minutes=minutes), MORNING + timedelta(hours=12))

    @rule(program=PROGRAMS)
    def change_program(self, program: Program) -> None:
        self.program = program

    @rule(cups=st.integers(1, 7), amount=st.none() | st.integers(0, 400_00), share=st.sampled_from([0, 0, 50, 100]))
    def buy(self, cups: int, amount: int | None, share: int) -> None:
        purchase = Purchase(f"p{next(self.names)}", self.now, cups, amount)
        sale = sale_of(self.account, purchase, self.terms, segment=None)
        bill = (amount or 0) - sum(each.discount for each in applied_of(evaluate(self.promotions, sale, MOSCOW)))
        assert bill >= 0
        most = min(bill * self.program.points.max_share // 100, self.account.wallet.spendable(self.now))
        spend = most * share // 100 if self.program.gives_points else 0
        applied = applied_of(evaluate(self.promotions, replace(sale, spend_points=spend), MOSCOW))
        before, tier = self.account, self.program.tier(self.account.spend.within_year(self.terms.today))
        changed = before.record(purchase, OWNER, self.program, MOSCOW, spend_points=spend, applied=applied)
        effect = changed.operations[0].effect
        gained = sum(lot.left for lot in effect.bonus) + sum(each.points for each in applied)
        assert effect.points == (bill - spend) * (tier.rate if tier else 0) // 10_000 - spend + gained
        self.take(
            changed,
            contract.PurchaseRecorded(
                shop="demo",
                guest_id="g_guest",
                purchase=purchase_fact(purchase, effect),
                actor=actor_fact(OWNER),
                before=account_state(before, self.terms),
                account=account_state(changed, self.terms),
                referral=referral_fact(effect.referral),
            ),
        )
        self.undoing[purchase.id] = lambda: self.undo_purchase(purchase.id)

    def undo_purchase(self, purchase_id: str) -> None:
        before = self.account
        line = before.operation(purchase_id)
        changed = before.undo(purchase_id, OWNER, self.now, self.program, MOSCOW)
        self.take(
            changed,
            contract.PurchaseUndone(
                shop="demo",
                guest_id="g_guest",
                purchase=purchase_fact(line.purchase, line.effect),
                undone_at=self.now,
                actor=actor_fact(OWNER),
                before=account_state(before, self.terms),
                account=account_state(changed, self.terms),
            ),
        )

    @precondition(lambda self: self.account.gifts and not self.account.live_request(self.now))
    @rule()
    def request(self) -> None:
        changed = gifts.request_gift(self.account, f"gift{next(self.names)}", self.terms)
        assert changed.request
        fact = gift_fact(changed.request.gift_id, changed.request.words)
        self.take(
            changed,
            contract.GiftRequested.model_validate(
                {**self.common(changed), "gift": fact, "until": changed.request.until, "sends": 1}
            ),
        )

    @precondition(lambda self: self.account.request)
    @rule()
    def release(self) -> None:
        request = self.account.request
        assert request
        changed = gifts.release_gift(self.account, request.gift_id, self.terms)
        fact = gift_fact(request.gift_id, request.words)
        self.take(
            changed,
            contract.GiftReleased.model_validate({**self.common(changed), "gift": fact, "reason": "cancelled"}),
        )

    @precondition(lambda self: self.account.live_request(self.now))
    @rule()
    def issue(self) -> None:
        request = self.account.request
        assert request
        self.issued(gifts.issue_gift(self.account, request.gift_id, self.terms), request.gift_id, "code")

    @precondition(lambda self: self.account.gifts)
    @rule()
    def override(self) -> None:
        gift_id = f"gift{next(self.names)}"
        self.issued(gifts.override_gift(self.account, gift_id, self.terms), gift_id, "override")

    def issued(self, changed: Account, gift_id: str, way: str) -> None:
        fact = gift_fact(gift_id, gifts.gift_words(self.account, self.program))
        self.take(changed, contract.GiftIssued.model_validate({**self.common(changed), "gift": fact, "way": way}))
        self.undoing[gift_id] = lambda: self.undo_gift(gift_id)

    def undo_gift(self, gift_id: str) -> None:
        changed = gifts.undo_gift(self.account, gift_id, self.terms)
        fact = gift_fact(gift_id, self.program.gift_words)
        self.take(changed, contract.GiftIssueUndone.model_validate({**self.common(changed), "gift": fact}))

    @rule(friend=st.sampled_from(["a", "b"]), points=st.integers(1, 100_00))
    def friend_buys(self, friend: str, points: int) -> None:
        if f"friend {friend}" in self.undoing:
            return
        lot = Lot(MOSCOW.midnight(self.terms.today), MORNING + timedelta(days=30), "referral", points)
        self.learn(friend, lot)
        self.undoing[f"friend {friend}"] = lambda: self.learn(friend, None)

    def learn(self, friend: str, lot: Lot | None) -> None:
        version = self.friends[friend] = self.friends.get(friend, 0) + 1
        changed = bonuses.learn_friend(self.account, friend, version, lot, self.terms)
        assert changed
        assert bonuses.learn_friend(changed, friend, version, lot, self.terms) is None
        moved = changed.wallet.net - self.account.wallet.net
        kind = contract.BonusGranted if moved > 0 else contract.BonusRevoked
        self.take(changed, kind.model_validate({**self.common(changed), "bonus": "referral", "points": abs(moved)}))

    @precondition(lambda self: self.undoing)
    @rule(data=st.data())
    def undo(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(self.undoing)))
        if self.undoes(name):
            del self.undoing[name]

    def undoes(self, name: str) -> bool:
        before = self.account
        try:
            self.undoing[name]()
        except (GiftAlreadyIssued, GiftLocked, LaterGiftFirst, PointsAlreadySpent):
            assert self.account is before
            return False
        return True

    @invariant()
    def nothing_is_negative(self) -> None:
        account = self.account
        assert account.gifts >= (1 if account.live_request(self.now) else 0)
        assert 0 <= account.stamps < account.card_size
        assert sum(promise.count for promise in account.promised) == account.gifts
        assert account.wallet.spendable(self.now) >= 0
        assert account.spent >= 0
        assert account.spend.within_year(self.terms.today) == account.spent
        live = [each for line in account.operations if line.counts for each in line.effect.promotions]
        assert sum(account.offers.used.values()) == len(live)
        assert account.offers.used.get("p_tenth", 0) <= 2
        held = {*account.offers.coupons, *(each.coupon for each in live if each.coupon)}
        assert len(held) == len(self.start.offers.coupons)

    @invariant()
    def the_ledger_adds_up(self) -> None:
        sums = {name: sum(getattr(entry, name) for entry in self.entries) for name in ("cups", "amount", "points")}
        account = self.account
        assert sums == {"cups": account.cups, "amount": account.spent, "points": account.wallet.net}
        assert len(self.entries) == account.entries
        chain = [entry.before for entry in self.entries[1:]] + [balance(account)]
        assert [entry.after for entry in self.entries] == (chain if self.entries else [])

    def teardown(self) -> None:
        if not hasattr(self, "account"):
            return
        if self.account.request:
            self.release()
        while self.undoing:  # what something else was built on follows when that is undone
            undone = [name for name in reversed(self.undoing) if self.undoes(name)]
            assert undone, (sorted(self.undoing), self.account)
            for name in undone:
                del self.undoing[name]
        assert replace(self.account, **NO_HISTORY, closed=()) == replace(self.start, **NO_HISTORY, closed=())


class Months(Counter):
    """The same over months, with what time does; what lies further back than today is not undone any more."""

    @rule(days=st.integers(1, 12))
    def days_go_by(self, days: int) -> None:
        self.now += timedelta(days=days)
        self.undoing.clear()
        self.sweep()

    @rule(minutes=st.integers(1, 15))
    def wait(self, minutes: int) -> None:
        midnight = MOSCOW.end(self.terms.today) - timedelta(minutes=1)
        self.now = min(self.now + timedelta(minutes=minutes), midnight)

    @rule(points=st.integers(-100_00, 100_00).filter(bool))
    def adjust(self, points: int) -> None:
        if -points > self.account.wallet.spendable(self.now) or (points > 0 and not self.program.gives_points):
            return
        changed = bonuses.adjust(self.account, points, self.terms, adjustment_id=f"adj{next(self.names)}")
        event = {**self.common(changed), "points": points, "note": "so"}
        self.take(changed, contract.PointsAdjusted.model_validate(event))

    @rule()
    def welcome(self) -> None:
        if changed := bonuses.welcome(self.account, self.terms):
            event = {**self.common(changed), "bonus": "welcome", "points": self.program.points.welcome}
            self.take(changed, contract.BonusGranted.model_validate(event))

    @rule(promotion_id=st.sampled_from(["p_coupon", "p_hello"]), days=st.integers(1, 20))
    def coupon_comes(self, promotion_id: str, days: int) -> None:
        self.grant_coupon(promotion_id, days)

    @rule(points=st.integers(1, 100_00), days=st.integers(1, 20))
    def bonus_comes(self, points: int, days: int) -> None:
        lot = Lot(MOSCOW.midnight(self.terms.today), self.now + timedelta(days=days), "campaign", points)
        name = f"b{next(self.names)}"
        changed = coupons.grant_bonus(self.account, name, lot, self.terms)
        assert (changed is not None) == self.program.gives_points
        if changed:
            assert coupons.grant_bonus(changed, name, lot, self.terms) is None
            event = {**self.common(changed), "bonus": "campaign", "points": points, "campaign": "mailing:m:1"}
            self.take(changed, contract.BonusGranted.model_validate(event))

    @rule()
    def sweep(self) -> None:
        while self.account.due and self.account.due <= self.now:
            if self.account.request and self.account.request.until <= self.now:
                self.release()
            elif changed := bonuses.expire(self.account, self.terms):
                lost = self.account.wallet.net - changed.wallet.net
                self.take(changed, contract.PointsExpired.model_validate({**self.common(changed), "points": lost}))
            elif coupon := self.account.offers.expired(self.now):
                changed = coupons.expire_coupon(self.account, coupon, self.terms)
                fact = coupon_fact(coupon)
                self.take(changed, contract.CouponExpired.model_validate({**self.common(changed), "coupon": fact}))
            else:
                changed, lots = bonuses.warn(self.account, self.terms)
                points = sum(lot.left for lot in lots)
                event = {**self.common(changed), "points": points, "expires_at": self.now}
                self.take(changed, contract.PointsExpiring.model_validate(event))
        assert not [lot for lot in self.account.wallet.lots if lot.left > 0 and lot.expires_at <= self.now]

    @invariant()
    def nothing_is_negative(self) -> None:
        assert self.account.wallet.spendable(self.now) >= 0
        assert self.account.gifts >= 0
        assert self.account.spent >= 0

    def teardown(self) -> None:
        """Nothing returns from months ago."""


TestCounter = Counter.TestCase
TestMonths = Months.TestCase
TestCounter.settings = TestMonths.settings = settings(
    max_examples=80, stateful_step_count=30, deadline=None, phases=set(Phase) - {Phase.explain}
)
