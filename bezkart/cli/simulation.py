"""SIMULATED guests and purchases for the demo shop: a seeded generator, no data of real people.

The numbers lie in +7 974, a code the Russian numbering plan has not given to any operator. The same seed and the same
end of history give the same guests and purchases.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta, tzinfo
from random import Random
from typing import Final

SEED: Final = 8323
HISTORY_DAYS: Final = 182
ANNA_PHONE: Final = "+79745558323"
ANNA_REGISTERED_BEFORE: Final = timedelta(days=40)
"""How long before the end of the simulated history Anna registered: tells a second run when the first one began."""
STAMPS_OF_ANNA: Final = 4
GIFTS_OF_ANNA: Final = 1
SHARED_LAST4: Final = "1515"
"""Two guests' numbers end in these digits, whenever the history ends (the numbers follow from the seed alone)."""

_CODE: Final = "+7974"
# fmt: off
_NAMES: Final = (
    "Александр", "Алексей", "Алина", "Алиса", "Анастасия", "Андрей", "Арина", "Артём", "Борис", "Вадим",
    "Валерия", "Вера", "Виктор", "Виктория", "Глеб", "Дарья", "Денис", "Дмитрий", "Евгений", "Екатерина", "Елена",
    "Иван", "Игорь", "Илья", "Ирина", "Кирилл", "Ксения", "Лев", "Максим", "Маргарита", "Марина", "Мария",
    "Михаил", "Надежда", "Наталья", "Никита", "Николай", "Олег", "Ольга", "Павел", "Полина", "Роман", "Светлана",
    "Сергей", "София", "Татьяна", "Юлия",
)
# fmt: on
_MENU: Final = {
    "Капучино 0,2": 19000,
    "Капучино 0,3": 23000,
    "Латте 0,3": 23000,
    "Американо": 16000,
    "Эспрессо": 13000,
    "Флэт уайт": 22000,
    "Раф": 26000,
    "Какао": 21000,
    "Матча латте": 28000,
    "Чай": 14000,
}
_LIKED: Final = (24, 14, 16, 15, 5, 9, 8, 4, 3, 2)
_PASTRY: Final = (12000, 15000, 18000)
_HOUR_WEIGHTS: Final = {8: 18, 9: 22, 10: 13, 11: 8, 12: 9, 13: 12, 14: 8, 15: 6, 16: 6, 17: 8, 18: 9, 19: 5, 20: 2}
_WEEKEND_VISITS: Final = 0.45
_VISITS_OF_ANNA: Final = ((39, 3), (24, 3), (3, 4))  # days before the end, cups


@dataclass(frozen=True, slots=True)
class SimulatedVisit:
    """One purchase; `amount` in kopecks."""

    at: datetime
    cups: int
    amount: int
    item: str


@dataclass(frozen=True, slots=True)
class SimulatedGuest:
    """A made-up guest. `visits` are oldest first, the first one at the registration."""

    phone: str
    name: str | None
    registered_at: datetime
    wants_advertising: bool
    visits: tuple[SimulatedVisit, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Persona:
    """When visits happen, as days before the end of history, largest first."""

    guests: int
    days: Callable[[Random], list[float]]


def _every(random: Random, *, since: float, until: float, gap: float) -> list[float]:
    days, day = [], since
    while day > until:
        days.append(day)
        day -= random.uniform(0.5, 1.5) * gap
    return [*days, until]


def _regular(random: Random) -> list[float]:
    return _every(random, since=random.uniform(35, 178), until=random.uniform(0.3, 9), gap=random.uniform(1.6, 6))


def _leaving(random: Random) -> list[float]:
    stopped = random.uniform(15.5, 57)
    return _every(random, since=stopped + random.uniform(25, 110), until=stopped, gap=random.uniform(2, 7))


def _won_back(random: Random) -> list[float]:
    """Left for weeks, came back within the last six days."""
    stopped = random.uniform(24, 50)
    before = _every(random, since=stopped + random.uniform(30, 110), until=stopped, gap=random.uniform(2, 6))
    return [*before, *_every(random, since=random.uniform(3, 6), until=random.uniform(0.3, 2), gap=2)]


def _lapsed(random: Random) -> list[float]:
    stopped = random.uniform(56, 150)
    return _every(random, since=min(178, stopped + random.uniform(4, 70)), until=stopped, gap=random.uniform(3, 10))


def _newcomer(random: Random) -> list[float]:
    first = random.uniform(0.4, 13.4)
    return sorted([first, *(random.uniform(0.2, first) for _ in range(random.choice((0, 0, 1, 1, 2))))], reverse=True)


def _rare(random: Random) -> list[float]:
    first, last = random.uniform(18, 170), random.uniform(1, 54)
    return [first, last] if first - last > 2 else [max(first, last)]


def _once(random: Random) -> list[float]:
    return [random.uniform(16, 178)]


_PERSONAS: Final = (
    _Persona(120, _regular),
    _Persona(62, _leaving),
    _Persona(14, _won_back),
    _Persona(150, _lapsed),
    _Persona(64, _newcomer),
    _Persona(105, _rare),
    _Persona(84, _once),
)


def simulate(until: datetime, zone: tzinfo, *, seed: int = SEED) -> list[SimulatedGuest]:
    """About 600 guests of one café and their purchases in the six months before `until` (whole seconds, UTC); Anna first."""
    random = Random(seed)
    guests = [_anna(random, until, zone)]
    phones = _phones(Random(seed))
    for persona in _PERSONAS:
        for _ in range(persona.guests):
            visits = _visits(random, persona.days(random), until, zone)
            name = random.choice(_NAMES) if random.random() < 0.75 else None
            guests.append(SimulatedGuest(next(phones), name, visits[0].at, random.random() < 0.65, visits))
    return guests


def _anna(random: Random, until: datetime, zone: tzinfo) -> SimulatedGuest:
    """The guest of the demo: a gift is ready, two more cups earn another, one more purchase turns her from rare to active."""
    favourite = "Капучино 0,2"
    visits = tuple(
        SimulatedVisit(_moment(random, days, until, zone), cups, cups * _MENU[favourite], favourite)
        for days, cups in _VISITS_OF_ANNA
    )
    return SimulatedGuest(ANNA_PHONE, "Анна", until - ANNA_REGISTERED_BEFORE, True, visits)


def _phones(random: Random) -> Iterator[str]:
    """Numbers that end in anything but Anna's digits; some share their last four, as life has it."""
    used = set()
    while True:
        digits = f"{random.randrange(10_000_000):07}"
        if digits not in used and digits[-4:] != ANNA_PHONE[-4:]:
            used.add(digits)
            yield _CODE + digits


def _visits(random: Random, days: list[float], until: datetime, zone: tzinfo) -> tuple[SimulatedVisit, ...]:
    favourite = random.choices(list(_MENU), _LIKED)[0]
    moments = sorted(_moments(random, days, until, zone))
    return tuple(_visit(random, at, favourite) for at in moments)


def _moments(random: Random, days: list[float], until: datetime, zone: tzinfo) -> Iterator[datetime]:
    """First and last day are kept, those between thin out at weekends."""
    for place, days_ago in enumerate(days):
        between = 0 < place < len(days) - 1
        weekend = (until - timedelta(days=days_ago)).astimezone(zone).weekday() >= 5
        if not (between and weekend and random.random() > _WEEKEND_VISITS):
            yield _moment(random, days_ago, until, zone)


def _moment(random: Random, days_ago: float, until: datetime, zone: tzinfo) -> datetime:
    """A moment of that day, never after `until`; the time of day follows the café's rush."""
    day = (until - timedelta(days=days_ago)).astimezone(zone).date()
    hour = random.choices(list(_HOUR_WEIGHTS), list(_HOUR_WEIGHTS.values()))[0]
    at = datetime.combine(day, time(hour, random.randrange(60), random.randrange(60), tzinfo=zone)).astimezone(UTC)
    return at if at <= until else at - timedelta(days=1)


def _visit(random: Random, at: datetime, favourite: str) -> SimulatedVisit:
    item = favourite if random.random() < 0.7 else random.choices(list(_MENU), _LIKED)[0]
    cups = random.choices((1, 2, 3), (86, 11, 3))[0]
    pastry = random.choice(_PASTRY) if random.random() < 0.2 else 0
    return SimulatedVisit(at, cups, cups * _MENU[item] + pastry, item)
