"""Which promotions apply to a purchase, and why the others do not (F31). Pure; the same input gives the same verdicts.

By priority, then id. Promotions of different groups stack, each on what the ones before left of the bill; of one group only
the best for the guest applies. The bill never falls below zero, and amounts are rounded down.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Final, Literal

from bezkart.kernel.calendar import ShopCalendar
from bezkart.kernel.promotion import Rule, SegmentName
from services.purchases.domain.account import Account
from services.purchases.domain.offers import Applied, Coupon, Offers
from services.purchases.domain.operation import Purchase
from services.purchases.domain.program import RATE_UNIT, Words
from services.purchases.domain.terms import Terms
from services.purchases.domain.validity import Clock, Reason, untimely

LimitReached = Literal["limit-total", "limit-day"]
_PERCENT: Final = 100
_KEPT: Final = 1_000


@dataclass(frozen=True, slots=True)
class Promotion:
    """A promotion in force."""

    id: str
    version: int
    rule: Rule

    @property
    def place(self) -> tuple[int, str]:
        """The order in which promotions are looked at."""
        return self.rule.priority, self.id


@dataclass(frozen=True, slots=True)
class Sale:
    """What is bought, and by whom. `rate` is what the guest's tier earns (hundredths of a percent), None where there are no points.

    `amount` is None when nobody said the bill. `segment` is None while nobody has told it.
    """

    at: datetime
    cups: int
    amount: int | None
    items: tuple[str, ...]
    spend_points: int
    segment: SegmentName | None
    first: bool
    offers: Offers
    rate: int | None
    stamps: bool


def sale_of(
    account: Account, purchase: Purchase, terms: Terms, *, segment: SegmentName | None, spend_points: int = 0
) -> Sale:
    """The purchase as promotions look at it."""
    tier = account.tier(terms.program, terms.today)
    return Sale(
        at=purchase.at,
        cups=purchase.cups,
        amount=purchase.amount,
        items=purchase.items,
        spend_points=spend_points,
        segment=segment,
        first=account.purchases == 0,
        offers=account.offers,
        rate=tier.rate if tier else None,
        stamps=terms.program.gives_stamps,
    )


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one promotion: `applied`, or the `reason` why not.

    `left` is what is missing (minor units for `min-amount`, cups for `cups`); `by` is the promotion of its group that is better.
    """

    promotion: Promotion
    applied: Applied | None = None
    reason: Reason | None = None
    left: int | None = None
    by: str | None = None


def evaluate(
    promotions: Sequence[Promotion],
    sale: Sale,
    calendar: ShopCalendar,
    *,
    full: Mapping[str, LimitReached] | None = None,
) -> tuple[Verdict, ...]:
    """A verdict for every promotion, in order; `full` are those that others have used up."""
    clock = Clock.at(sale.at, calendar)
    basket = Counter(map(plain, sale.items))
    verdicts: dict[str, Verdict] = {}
    fitting: list[Promotion] = []
    for promotion in sorted(promotions, key=lambda each: each.place):
        verdicts[promotion.id] = verdict = _fits(promotion, sale, clock, basket, full or {})
        if verdict.reason is None:
            fitting.append(promotion)
    verdicts |= {each.promotion.id: each for each in _chosen(fitting, sale, clock)}
    return tuple(verdicts.values())


def applied_of(verdicts: Iterable[Verdict]) -> tuple[Applied, ...]:
    """What applies."""
    return tuple(each.applied for each in verdicts if each.applied)


def plain(item: str) -> str:
    """Tills write the same thing in capitals and with blanks."""
    return item.strip().casefold()


def _fits(
    promotion: Promotion, sale: Sale, clock: Clock, basket: Counter[str], full: Mapping[str, LimitReached]
) -> Verdict:
    """Whether its conditions hold; a reason if not."""
    rule, when = promotion.rule, promotion.rule.conditions
    if reason := _excluded(promotion, sale) or untimely(when, clock) or _not_in_basket(rule, basket):
        return Verdict(promotion, reason=reason)
    if needs_amount(rule) and sale.amount is None:
        return Verdict(promotion, reason="amount-needed")
    if when.min_amount > (bill := sale.amount or 0):
        return Verdict(promotion, reason="min-amount", left=when.min_amount - bill)
    if rule.benefit.buy > sale.cups:
        return Verdict(promotion, reason="cups", left=rule.benefit.buy - sale.cups)
    return Verdict(promotion, reason=_unable(promotion, sale) or full.get(promotion.id))


def _excluded(promotion: Promotion, sale: Sale) -> Reason | None:
    """It is for others."""
    when = promotion.rule.conditions
    if promotion.rule.kind == "coupon" and sale.offers.coupon_for(promotion.id, sale.at) is None:
        return "coupon"
    if when.segments and sale.segment not in when.segments:
        return "segment"
    return "first-purchase" if when.first_purchase and not sale.first else None


def needs_amount(rule: Rule) -> bool:
    """Whether it asks for the bill; cups not paid are told without one as well."""
    benefit = rule.benefit
    off = benefit.percent or benefit.amount or benefit.factor or benefit.price is not None
    return bool(off or rule.conditions.min_amount)


def _not_in_basket(rule: Rule, basket: Counter[str]) -> Reason | None:
    if not rule.conditions.items:
        return None
    wanted = _counted(rule.conditions.items)
    if rule.kind != "combo":
        return "items" if wanted.keys().isdisjoint(basket) else None
    if any(basket[item] < times for item, times in wanted.items()):
        return "items"
    return "other-items" if rule.benefit.price is not None and wanted != basket else None


@lru_cache(maxsize=_KEPT)
def _counted(items: tuple[str, ...]) -> Counter[str]:
    """What a rule names, the same at every purchase."""
    return Counter(map(plain, items))


def _unable(promotion: Promotion, sale: Sale) -> Reason | None:
    """What the shop's program does not know, or the guest has had."""
    rule = promotion.rule
    if sale.rate is None and (rule.benefit.points or rule.benefit.factor):
        return "no-points"
    if not sale.stamps and rule.benefit.stamps:
        return "no-stamps"
    if 0 < rule.limits.per_guest <= sale.offers.used.get(promotion.id, 0):
        return "limit-guest"
    return None


def _chosen(fitting: Sequence[Promotion], sale: Sale, clock: Clock) -> Iterator[Verdict]:
    """Of each group the best, on what is left of the bill when its turn comes; points at the end, on what is left then."""
    left, done = sale.amount or 0, set[str]()
    taken: list[tuple[Promotion, Applied]] = []
    for promotion in fitting:
        group = promotion.rule.group
        if group in done:
            continue
        rivals = [each for each in fitting if each.rule.group == group] if group else [promotion]
        done |= {group} if group else set()
        gains = [(each, _gain(each, sale, left, clock)) for each in rivals]
        best, gain = max(gains, key=lambda each: _worth(*each))  # the first of equals
        for rival, lesser in gains:
            if rival is not best:
                yield (
                    Verdict(rival, reason="nothing-left")
                    if lesser.nothing
                    else Verdict(rival, reason="better-one", by=best.id)
                )
        left -= gain.discount
        taken.append((best, gain))
    for promotion, gain in taken:
        final = replace(gain, points=_points(promotion.rule, sale, left))
        yield Verdict(promotion, reason="nothing-left") if final.nothing else Verdict(promotion, final)


def _gain(promotion: Promotion, sale: Sale, left: int, clock: Clock) -> Applied:
    """What the guest gets of it while `left` is to be paid."""
    rule, benefit = promotion.rule, promotion.rule.benefit
    coupon: Coupon | None = sale.offers.coupon_for(promotion.id, sale.at) if rule.kind == "coupon" else None
    free = sale.cups // benefit.buy * (benefit.buy - benefit.pay) if benefit.buy else 0
    return Applied(
        promotion.id,
        promotion.version,
        coupon,
        discount=_discount(rule, sale, left, free),
        points=_points(rule, sale, left),
        stamps=benefit.stamps,
        free_cups=free,
        gift=Words(benefit.gift, benefit.gift_en or benefit.gift) if benefit.gift else None,
        reserved_on=clock.day if rule.limits.shared else None,
    )


def _discount(rule: Rule, sale: Sale, left: int, free_cups: int) -> int:
    benefit = rule.benefit
    off = left * benefit.percent // _PERCENT
    if benefit.most:
        off = min(off, benefit.most)
    off += benefit.amount + free_cups * ((sale.amount or 0) // sale.cups)
    if benefit.price is not None:
        off += max(0, left - benefit.price)
    return min(off, left)


def _points(rule: Rule, sale: Sale, left: int) -> int:
    """`left` is the bill after discounts; a part of it may be paid by points, which earns nothing."""
    benefit = rule.benefit
    if not benefit.factor or sale.rate is None:
        return benefit.points
    earned = max(0, left - sale.spend_points) * sale.rate // RATE_UNIT
    return benefit.points + earned * (benefit.factor - _PERCENT) // _PERCENT


def _worth(promotion: Promotion, gain: Applied) -> tuple[int, int]:
    """Money first; stamps and cups of unknown price decide between equals."""
    gift = promotion.rule.benefit.gift_cost if gain.gift else 0
    return gain.discount + gain.points + gift, gain.free_cups + gain.stamps + bool(gain.gift)
