"""The program in a guest's words, Russian and English: what is told at registration and shown to the owner beforehand."""

from dataclasses import dataclass
from typing import Final

from babel import Locale
from babel.numbers import format_currency, format_decimal

from services.purchases.domain.program import RATE_UNIT, Program, Tier

_TIERS: Final = {
    "ru": {"bronze": "бронза", "silver": "серебро", "gold": "золото"},
    "en": {"bronze": "bronze", "silver": "silver", "gold": "gold"},
}
_DAYS: Final = {
    "ru": {"one": "день", "few": "дня", "many": "дней", "other": "дня"},
    "en": {"one": "day", "other": "days"},
}
_POINTS: Final = {
    "ru": {"one": "балл", "few": "балла", "many": "баллов", "other": "балла"},
    "en": {"one": "point", "other": "points"},
}
_PERCENT: Final = {"ru": "\u00a0%", "en": "%"}
_SAMPLE_CUPS: Final = 4
_MINOR: Final = 100


@dataclass(frozen=True, slots=True)
class Reading:
    """What a guest reads: the conditions at registration, and the progress after a purchase."""

    conditions: str
    receipt: str


def describe_program(program: Program, currency: str) -> dict[str, Reading]:
    """By language."""
    return {
        "ru": Reading(" ".join(_russian(program, currency)), " ".join(_russian_receipt(program))),
        "en": Reading(" ".join(_english(program, currency)), " ".join(_english_receipt(program))),
    }


def _russian(program: Program, currency: str) -> list[str]:
    said, points = [], program.points
    if program.gives_stamps:
        said.append(f"Каждая {program.cups_per_gift}-я чашка приносит подарок: {program.gift_words.ru}.")
    if program.gives_points:
        said.append(f"С каждой покупки возвращаем баллами {_rates(points.tiers, currency, 'ru')}.")
        said.append(
            f"Баллами можно оплатить до {points.max_share}{_PERCENT['ru']} счёта; 1 балл — {_one_point(currency, 'ru')}."
        )
        said.append(f"Баллы действуют {_days(points.valid_days, 'ru')}.")
        if points.welcome:
            said.append(f"За регистрацию дарим {_points(points.welcome, 'ru')}.")
        if points.referral_referrer or points.referral_friend:
            said.append(
                f"Приведите друга: после его первой покупки вам {_points(points.referral_referrer, 'ru')},"
                f" ему {_points(points.referral_friend, 'ru')}."
            )
    return said


def _english(program: Program, currency: str) -> list[str]:
    said, points = [], program.points
    if program.gives_stamps:
        said.append(f"Every {_ordinal(program.cups_per_gift)} cup brings a gift: {program.gift_words.en}.")
    if program.gives_points:
        said.append(f"Each purchase gives back {_rates(points.tiers, currency, 'en')} in points.")
        said.append(f"Points pay up to {points.max_share}% of a bill; a point is {_one_point(currency, 'en')}.")
        said.append(f"Points are good for {_days(points.valid_days, 'en')}.")
        if points.welcome:
            said.append(f"Registering brings {_points(points.welcome, 'en')}.")
        if points.referral_referrer or points.referral_friend:
            said.append(
                f"Bring a friend: after the friend's first purchase you get {_points(points.referral_referrer, 'en')},"
                f" the friend {_points(points.referral_friend, 'en')}."
            )
    return said


def _russian_receipt(program: Program) -> list[str]:
    said = []
    if program.gives_stamps:
        cups = min(_SAMPLE_CUPS, program.cups_per_gift - 1)
        said.append(f"{cups} из {program.cups_per_gift} чашек до подарка: {program.gift_words.ru}.")
    if program.gives_points:
        said.append(f"Начислено {_points(_sample(program), 'ru')}.")
    return said


def _english_receipt(program: Program) -> list[str]:
    said = []
    if program.gives_stamps:
        cups = min(_SAMPLE_CUPS, program.cups_per_gift - 1)
        said.append(f"{cups} of {program.cups_per_gift} cups towards the gift: {program.gift_words.en}.")
    if program.gives_points:
        said.append(f"{_points(_sample(program), 'en')} earned.")
    return said


def _sample(program: Program) -> int:
    """What a new guest gets for a bill of 300."""
    tier = program.tier(0)
    return 300 * _MINOR * tier.rate // RATE_UNIT if tier else 0


def _rates(tiers: tuple[Tier, ...], currency: str, language: str) -> str:
    each = []
    for tier in tiers:
        rate = f"{format_decimal(tier.rate / 100, locale=language)}{_PERCENT[language]}"
        name = _TIERS[language][tier.tier]
        since = format_currency(tier.spend // _MINOR, currency, "#,##0 ¤", locale=language, currency_digits=False)
        spend = {"ru": f" от {since} за год", "en": f" from {since} a year"}[language] if tier.spend else ""
        each.append(f"{rate} ({name}{spend})" if len(tiers) > 1 else rate)
    return ", ".join(each)


def _points(minor: int, language: str) -> str:
    """Guests count points as they count money: 100 minor units are one."""
    count = minor // _MINOR if minor % _MINOR == 0 else minor / _MINOR
    return f"{format_decimal(count, locale=language)} {_POINTS[language][Locale(language).plural_form(count)]}"


def _one_point(currency: str, language: str) -> str:
    return str(format_currency(1, currency, "#,##0 ¤", locale=language, currency_digits=False))


def _days(count: int, language: str) -> str:
    return f"{count} {_DAYS[language][Locale(language).plural_form(count)]}"


def _ordinal(count: int) -> str:
    endings = {"one": "st", "two": "nd", "few": "rd", "other": "th"}
    return f"{count}{endings[Locale('en').ordinal_form(count)]}"
