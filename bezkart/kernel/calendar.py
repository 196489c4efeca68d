"""Days as the shop's guests live them: by the shop's time zone."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from bezkart.kernel.errors import DomainError, Kind

EARLIEST_MOMENT: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""Nothing we are told lies before it: no shop is that old, and far from the ends of the calendar no arithmetic overflows."""


class UnknownTimeZone(DomainError):
    """Not a name of the IANA time zone database."""

    kind = Kind.INVALID
    slug = "unknown-time-zone"
    title = "There is no such time zone"


@lru_cache(maxsize=600)
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise UnknownTimeZone(name, pointer="/timezone") from None


@dataclass(frozen=True, slots=True)
class ShopCalendar:
    """Turns moments (aware datetimes) into the shop's days and back. Raises UnknownTimeZone."""

    timezone: str

    def __post_init__(self) -> None:
        _zone(self.timezone)

    def day(self, moment: datetime) -> date:
        """The shop's calendar day on which `moment` falls."""
        return moment.astimezone(_zone(self.timezone)).date()

    def midnight(self, day: date) -> datetime:
        """The first moment (UTC) of the shop's `day`; where the clock jumps over it, the first one after."""
        local = datetime(day.year, day.month, day.day, tzinfo=_zone(self.timezone))
        return local.astimezone(UTC)

    def end(self, day: date) -> datetime:
        """The first moment (UTC) that no longer belongs to the shop's `day`."""
        return self.midnight(day + timedelta(days=1))

    def at(self, day: date, wall: time) -> datetime:
        """The moment (UTC) when the shop's clocks show `wall` on `day`.

        Of an hour that comes twice it is the first; an hour that is left out is moved forward by what is left out.
        """
        return datetime.combine(day, wall, tzinfo=_zone(self.timezone)).astimezone(UTC)

    def wall(self, moment: datetime) -> datetime:
        """What the shop's calendar and clocks show at `moment`, without a zone."""
        return moment.astimezone(_zone(self.timezone)).replace(tzinfo=None)
