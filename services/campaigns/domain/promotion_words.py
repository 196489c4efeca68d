"""A promotion in a guest's words, Russian and English. Pure."""

from datetime import datetime
from typing import Final

from bezkart.kernel.calendar import ShopCalendar
from bezkart.kernel.promotion import Benefit, Conditions, Rule

_SIGNS: Final = {"RUB": "₽", "USD": "$", "EUR": "€", "KZT": "₸", "BYN": "Br", "GBP": "£"}
_MINOR: Final = 100
_DAYS: Final = {
    "ru": ("пн", "вт", "ср", "чт", "пт", "сб", "вс"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
_SEGMENTS: Final = {
    "ru": {"new": "новичков", "active": "постоянных", "leaving": "уходящих", "rare": "редких", "sleeping": "спящих"},
    "en": {"new": "new", "active": "regular", "leaving": "leaving", "rare": "rare", "sleeping": "sleeping"},
}


def describe(rule: Rule, *, currency: str, calendar: ShopCalendar, language: str) -> str:
    """What one gets and when, in one line; `calendar` is the shop's."""
    say = _russian if language == "ru" else _english
    return " · ".join((say(rule, currency), *_conditions(rule, currency, calendar, language)))


def _russian(rule: Rule, currency: str) -> str:
    benefit = rule.benefit
    if benefit.percent:
        most = f", не больше {money(benefit.most, currency)}" if benefit.most else ""
        return f"Скидка {benefit.percent}\u00a0%{most}"
    if benefit.buy:
        return f"{benefit.buy} по цене {benefit.pay}"
    if benefit.factor:
        return f"Баллы ×{_decimal(benefit.factor, ',')}"
    if benefit.stamps:
        return f"Дополнительных штампов: {benefit.stamps}"
    if benefit.gift:
        return f"В подарок: {benefit.gift}"
    return _money_off(benefit, currency, ("Скидка", "Баллов:", "Вместе за"))


def _english(rule: Rule, currency: str) -> str:
    benefit = rule.benefit
    if benefit.percent:
        most = f", at most {money(benefit.most, currency)}" if benefit.most else ""
        return f"{benefit.percent}% off{most}"
    if benefit.buy:
        return f"{benefit.buy} for the price of {benefit.pay}"
    if benefit.factor:
        return f"Points ×{_decimal(benefit.factor, '.')}"
    if benefit.stamps:
        return f"Extra stamps: {benefit.stamps}"
    if benefit.gift:
        return f"A gift: {benefit.gift_en or benefit.gift}"
    return _money_off(benefit, currency, ("Less by", "Points:", "Together for"))


def _money_off(benefit: Benefit, currency: str, words: tuple[str, str, str]) -> str:
    off, points, together = words
    if benefit.amount:
        return f"{off} {money(benefit.amount, currency)}"
    if benefit.points:
        return f"{points} {_decimal(benefit.points, ',')}"
    return f"{together} {money(benefit.price or 0, currency)}"


def _conditions(rule: Rule, currency: str, calendar: ShopCalendar, language: str) -> list[str]:
    when, russian = rule.conditions, language == "ru"
    said = []
    if when.items:
        said.append((" + " if rule.kind == "combo" else ", ").join(when.items))
    if when.min_amount:
        said.append(("от " if russian else "from ") + money(when.min_amount, currency))
    said += _time(when, calendar, language)
    if when.first_purchase:
        said.append("на первую покупку" if russian else "for the first purchase")
    if when.segments:
        names = ", ".join(_SEGMENTS[language][each] for each in when.segments)
        said.append(f"для {names} гостей" if russian else f"for {names} guests")
    return said


def _time(when: Conditions, calendar: ShopCalendar, language: str) -> list[str]:
    said = []
    if when.weekdays:
        said.append(", ".join(_DAYS[language][day - 1] for day in sorted(set(when.weekdays))))
    if when.from_time and when.until_time:
        said.append(f"{when.from_time:%H:%M}–{when.until_time:%H:%M}")
    if when.from_at:
        said.append(("с " if language == "ru" else "from ") + _date(when.from_at, calendar))
    if when.until_at:
        said.append(("до " if language == "ru" else "until ") + _date(when.until_at, calendar))
    return said


def money(minor: int, currency: str) -> str:
    """`1 200 ₽`."""
    whole, rest = divmod(minor, _MINOR)
    number = f"{whole:,}".replace(",", "\u00a0") + (f",{rest:02}" if rest else "")
    return f"{number}\u00a0{_SIGNS.get(currency, currency)}"


def _decimal(hundredths: int, point: str) -> str:
    return f"{hundredths / _MINOR:g}".replace(".", point)


def _date(moment: datetime, calendar: ShopCalendar) -> str:
    return f"{calendar.wall(moment):%d.%m %H:%M}"
