"""In which language a screen speaks, and of which shop: words, plurals, dates and money."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_time
from babel.numbers import format_currency, format_decimal

from bezkart.kit.glossary import Words
from services.bot.screens.action import pack
from services.bot.screens.screen import Button

MINOR: Final = 100
_MOST_CUPS_DRAWN: Final = 12


@dataclass(frozen=True, slots=True)
class Voice:
    words: Words
    shop: str = ""
    shop_name: str = ""
    timezone: str = "Europe/Moscow"

    def __call__(self, key: str, **values: Any) -> str:
        return self.words(key, **values)

    def button(self, key: str, verb: str, *arguments: str, **values: Any) -> Button:
        """A button of this shop with the words of `key`."""
        return Button(self(key, **values), pack(verb, *arguments, shop=self.shop))

    def plain(self, text: str, verb: str, *arguments: str) -> Button:
        """A button of this shop with a text that is no phrase."""
        return Button(text, pack(verb, *arguments, shop=self.shop))

    def knows(self, key: str) -> bool:
        return key in self.words.phrases

    def count(self, what: str, number: int) -> str:
        """`3 чашки`."""
        return self(f"count.{what}", n=number)

    def points(self, minor: int) -> str:
        """100 minor units are one point."""
        number = minor // MINOR if minor % MINOR == 0 else minor / MINOR
        text = format_decimal(number, locale=self.words.language)
        return self("count.points_as", n=number, number=text)

    def money(self, minor: int, currency: str = "RUB") -> str:
        digits = minor % MINOR != 0
        pattern = "#,##0.00 ¤" if digits else "#,##0 ¤"
        return str(format_currency(minor / MINOR, currency, pattern, locale=self.words.language, currency_digits=False))

    def moment(self, at: str, now: datetime) -> str:
        """`сегодня, 14:05`, `12 ноября, 14:05`: the shop's clock."""
        zone = ZoneInfo(self.timezone)
        local, today = datetime.fromisoformat(at).astimezone(zone), now.astimezone(zone).date()
        clock = format_time(local, "HH:mm", locale=self.words.language)
        if local.date() == today:
            return self("when.today", clock=clock)
        if local.date() == today - timedelta(days=1):
            return self("when.yesterday", clock=clock)
        return self("when.day", day=self.day(at, now), clock=clock)

    def clock(self, at: str) -> str:
        local = datetime.fromisoformat(at).astimezone(ZoneInfo(self.timezone))
        return str(format_datetime(local, "HH:mm", locale=self.words.language))

    def day(self, at: str, now: datetime) -> str:
        """`25 ноября`: the shop's day of a moment."""
        zone = ZoneInfo(self.timezone)
        local, today = datetime.fromisoformat(at).astimezone(zone), now.astimezone(zone)
        pattern = "d MMMM" if local.year == today.year else "d MMMM y"
        return format_date(local.date(), pattern, locale=self.words.language)

    def said(self, words: dict[str, str]) -> str:
        """What is given in several languages, in this one."""
        return words.get(self.words.language) or words.get("ru") or ""

    def number(self, value: float) -> str:
        """`12 345`."""
        return str(format_decimal(value, locale=self.words.language))


def cups_drawn(done: int, size: int) -> str:
    """`☕☕☕○○○`; nothing for a card too long to draw."""
    return "☕" * done + "○" * (size - done) if size <= _MOST_CUPS_DRAWN else ""


def minutes_left(until: str, now: datetime) -> int:
    left = datetime.fromisoformat(until).astimezone(UTC) - now
    return max(1, -(-int(left.total_seconds()) // 60))
