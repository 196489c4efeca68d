"""What holds at the moment a change is decided. Pure."""

from dataclasses import dataclass
from datetime import date, datetime

from bezkart.kernel.calendar import ShopCalendar
from services.purchases.domain.operation import Actor
from services.purchases.domain.program import Program


@dataclass(frozen=True, slots=True)
class Terms:
    """The present moment, the program in force, the shop's days, and who acts."""

    program: Program
    calendar: ShopCalendar
    now: datetime
    actor: Actor

    @property
    def today(self) -> date:
        return self.calendar.day(self.now)
