"""A day of the shop, computed from its facts: the same facts in any order, and any of them twice, give the same day."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from bezkart.kernel.calendar import ShopCalendar
from services.reports.domain.facts import AnyFact, GiftMoved, Moved, Rated, Registered, Sale, TakenBack, Told, Undone
from services.reports.domain.figures import NOTHING, Figures

HOURS: Final = 24
Guests: TypeAlias = int
"""A set of guests as the bits of one number, by each guest's place in the shop: a year of days with a hundred thousand guests is
united, cut and counted in milliseconds.
"""


@dataclass(frozen=True, slots=True)
class Day:
    """`hours` are (purchases, revenue) by the shop's clock; `moves` counts guests by (from, to) segment, None is outside."""

    figures: Figures = NOTHING
    hours: tuple[tuple[int, int], ...] = ((0, 0),) * HOURS
    staff: dict[str, Figures] = field(default_factory=dict)
    moves: dict[tuple[str | None, str | None], int] = field(default_factory=dict)
    buyers: Guests = 0
    registered: Guests = 0


def guest_key(guest_id: str) -> int:
    """The same guest, the same 64-bit number, whoever counts; nobody is found by it who is not known already."""
    return int.from_bytes(hashlib.blake2b(guest_id.encode(), digest_size=8).digest(), signed=True)


def guests_of(facts: Iterable[AnyFact]) -> set[str]:
    return {fact.guest for fact in facts if fact.guest}


def day_of(facts: Sequence[AnyFact], calendar: ShopCalendar, places: Mapping[str, int] | None = None) -> Day:
    """What the facts of one day of the shop come to. Without the guests' `places` they can be counted, not compared with other days."""
    if places is None:
        places = {guest: place for place, guest in enumerate(sorted(guests_of(facts)))}
    by_kind: dict[type[AnyFact], dict[str, Any]] = defaultdict(dict)
    for fact in facts:
        by_kind[type(fact)][fact.id] = fact
    taken_back: dict[str, TakenBack] = {each.purchase: each for each in by_kind[TakenBack].values()}
    sales: list[Sale] = [each for each in by_kind[Sale].values() if each.purchase not in taken_back]
    tally = _Tally()
    for sale in sales:
        tally.sell(sale, calendar.wall(sale.at).hour)
    for undone in by_kind[Undone].values():
        tally.add(undone.staff, undos=1)
    for gift in by_kind[GiftMoved].values():
        tally.add(gift.staff, gifts=gift.given)
    for rated in _last_words(by_kind[Rated].values()):
        tally.rate(rated)
    for told in by_kind[Told].values():
        tally.tell(told)
    registered: dict[str, Registered] = by_kind[Registered]
    gap = sum(each.gap for each in (*by_kind[Sale].values(), *taken_back.values()))
    moves = Counter((each.previous, each.next) for each in by_kind[Moved].values() if each.previous != each.next)
    return Day(
        figures=tally.figures(new_guests=len(registered), gap=gap),
        hours=tuple((bought, revenue) for bought, revenue in tally.hours),
        staff=tally.staff(),
        moves=dict(moves),
        buyers=_set_of((sale.guest for sale in sales), places),
        registered=_set_of((each.guest for each in registered.values()), places),
    )


def _set_of(guests: Iterable[str | None], places: Mapping[str, int]) -> Guests:
    bits = bytearray(max(places.values(), default=0) // 8 + 1)
    for guest in guests:
        if guest is not None:
            place = places[guest]
            bits[place >> 3] |= 1 << (place & 7)
    return int.from_bytes(bits, "little")


def _last_words(ratings: Iterable[Rated]) -> Iterable[Rated]:
    """A guest may change his mind within the hour."""
    latest: dict[str, Rated] = {}
    for rated in ratings:
        known = latest.get(rated.rating)
        if known is None or rated.version > known.version:
            latest[rated.rating] = rated
    return latest.values()


class _Tally:
    """Counts a day up: of the shop, and of each barista."""

    def __init__(self) -> None:
        self.hours = [[0, 0] for _ in range(HOURS)]
        self._counts: dict[str | None, Counter[str]] = defaultdict(Counter)
        self._stars: dict[str | None, Counter[int]] = defaultdict(Counter)

    def sell(self, sale: Sale, hour: int) -> None:
        self.hours[hour][0] += 1
        self.hours[hour][1] += sale.paid
        counted = {
            "purchases": 1,
            "cups": sale.cups,
            "revenue": sale.paid,
            "billed": int(sale.billed),
            "discount": sale.discount,
            "points": sale.points,
            "gifts_earned": sale.gifts_earned,
        }
        if sale.guest is None:
            counted |= {"erased_purchases": 1, "erased_revenue": sale.paid}
        self.add(sale.staff, **counted)

    def rate(self, rated: Rated) -> None:
        for whose in (None, rated.staff):
            self._stars[whose][rated.stars] += 1

    def tell(self, told: Told) -> None:
        self.add(None, **{"delivered" if told.outcome == "delivered" else "failed": 1})

    def add(self, staff: str | None, **counts: int) -> None:
        """Counter.update with a mapping adds up."""
        self._counts[None].update(counts)
        if staff:
            self._counts[staff].update(counts)

    def figures(self, **others: int) -> Figures:
        return self._of(None, **others)

    def staff(self) -> dict[str, Figures]:
        return {name: self._of(name) for name in sorted({*self._counts, *self._stars} - {None, ""}, key=str) if name}

    def _of(self, whose: str | None, **others: int) -> Figures:
        one, two, three, four, five = (self._stars[whose][stars] for stars in range(1, 6))
        return Figures(**self._counts[whose], **others, stars=(one, two, three, four, five))
