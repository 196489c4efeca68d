"""What a guest paid in money, day by day: the tier follows from the last 365 of them (F15), exact to the day. Pure."""

from dataclasses import dataclass, field
from datetime import date
from typing import Final

YEAR_DAYS: Final = 365


@dataclass(frozen=True, slots=True)
class Spend:
    """Minor units by the ordinal of the shop's day (`date.toordinal`), oldest first; days without money are left out."""

    days: dict[int, int] = field(default_factory=dict)

    def within_year(self, today: date) -> int:
        """The sum of the 365 days that end with `today`."""
        first = today.toordinal() - YEAR_DAYS
        return sum(money for day, money in self.days.items() if day > first)

    def plus(self, day: date, money: int) -> "Spend":
        """With `money` more (or, negative, less) on `day`."""
        if not money:
            return self
        ordinal = day.toordinal()
        days = {**self.days, ordinal: self.days.get(ordinal, 0) + money}
        if not days[ordinal]:
            del days[ordinal]
        in_order = ordinal in self.days or not self.days or ordinal > next(reversed(self.days))
        return Spend(days if in_order else dict(sorted(days.items())))

    def since(self, today: date) -> "Spend":
        """Without the days that count no more."""
        first = today.toordinal() - YEAR_DAYS
        if next(iter(self.days), first + 1) > first:
            return self
        return Spend({day: money for day, money in self.days.items() if day > first})
