"""Figures as CSV, without anybody's name or number (F61)."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Final, Literal

from bezkart.kit.glossary import Words
from services.reports.domain.figures import Figures, percent
from services.reports.domain.period import Period
from services.reports.store.shops import Shop
from services.reports.usecases.charts.style import weekday_name
from services.reports.usecases.collaborators import Reports
from services.reports.usecases.draw import COHORT_MONTHS
from services.reports.usecases.show_period import show_cohorts, show_days, show_hours, show_staff

Kind = Literal["days", "staff", "cohorts", "hours"]
Row = Mapping[str, str | int | float | None]

BYTE_ORDER_MARK: Final = "\ufeff"
_MINOR: Final = 100


async def export(kind: Kind, shop: Shop, period: Period, words: Words, service: Reports) -> str:
    """A header in the reader's language. With it go the separators that a spreadsheet of that language expects."""
    rows = await _READ[kind](shop, period, words, service)
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";" if words.language == "ru" else ",")
    if rows:
        writer.writerow([words(f"column.{name}") for name in rows[0]])
    writer.writerows([_cell(value, words) for value in row.values()] for row in rows)
    return BYTE_ORDER_MARK + written.getvalue()


async def _days(shop: Shop, period: Period, _words: Words, service: Reports) -> Sequence[Row]:
    found = await show_days(shop, period, service)
    return [
        {
            "day": line.day.isoformat(),
            **_sales(line.figures),
            "discount": line.figures.discount / _MINOR,
            "points_spent": line.figures.points / _MINOR,
            "guests": line.guests,
            "new_guests": line.figures.new_guests,
            "gifts": line.figures.gifts,
            "undos": line.figures.undos,
            **_ratings(line.figures),
            "messages": line.figures.delivered,
            "currency": shop.currency,
        }
        for line in found.days
    ]


async def _staff(shop: Shop, period: Period, _words: Words, service: Reports) -> Sequence[Row]:
    return [
        {
            "staff_id": name,
            **_sales(figures),
            "undos": figures.undos,
            "gifts": figures.gifts,
            **_ratings(figures),
            "csat": figures.csat,
            "currency": shop.currency,
        }
        for name, figures in (await show_staff(shop, period, service)).items()
    ]


async def _cohorts(shop: Shop, _period: Period, _words: Words, service: Reports) -> Sequence[Row]:
    return [
        {
            "month": cohort.month.isoformat()[:7],
            "after": after,
            "guests": guests,
            "share": percent(guests, cohort.guests),
        }
        for cohort in await show_cohorts(shop, COHORT_MONTHS, service)
        for after, guests in enumerate(cohort.returned)
    ]


async def _hours(shop: Shop, period: Period, words: Words, service: Reports) -> Sequence[Row]:
    found = await show_hours(shop, period, service)
    return [
        {
            "weekday": weekday_name(weekday, words),
            "hour": hour,
            "purchases": purchases,
            "revenue": revenue / _MINOR,
            "currency": shop.currency,
        }
        for (weekday, hour), (purchases, revenue) in found.items()
    ]


_READ: Final = {"days": _days, "staff": _staff, "cohorts": _cohorts, "hours": _hours}


def _sales(figures: Figures) -> Row:
    ticket = figures.average_ticket
    return {
        "purchases": figures.purchases,
        "cups": figures.cups,
        "revenue": figures.revenue / _MINOR,
        "average_ticket": None if ticket is None else ticket / _MINOR,
    }


def _ratings(figures: Figures) -> Row:
    return {"ratings": figures.ratings, "rating_average": figures.rating_average}


def _cell(value: str | float | None, words: Words) -> str:
    """Russian spreadsheets read a decimal comma."""
    if isinstance(value, float):
        text = f"{value:.2f}"
        return text.replace(".", ",") if words.language == "ru" else text
    return "" if value is None else str(value)
