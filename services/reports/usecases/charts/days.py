"""Days of a period: money paid, or purchases where the till tells no amounts."""

from bezkart.kit.glossary import Words
from services.reports.domain.period import Period
from services.reports.usecases.charts.style import (
    ACCENT,
    WIDTH,
    Definition,
    chart,
    currency_name,
    day_name,
    major,
    money,
    nothing,
    number,
)
from services.reports.usecases.show_period import PeriodDays


def days_chart(found: PeriodDays, period: Period, currency: str, words: Words) -> Definition:
    subtitle = period_words(period, words)
    if not found.total.purchases:
        return nothing(words, subtitle)
    by_money = found.total.revenue > 0
    best = max(found.days, key=lambda line: line.figures.revenue if by_money else line.figures.purchases)
    name = day_name(best.day, words.language)
    if by_money:
        title = words(
            "chart.days.revenue",
            total=money(found.total.revenue, currency, words),
            day=name,
            best=money(best.figures.revenue, currency, words),
        )
    else:
        total = number(found.total.purchases, words.language)
        title = words("chart.days.purchases", n=found.total.purchases, total=total, day=name)
    values = [
        {
            "day": line.day.isoformat(),
            "value": major(line.figures.revenue) if by_money else line.figures.purchases,
            "purchases": line.figures.purchases,
        }
        for line in found.days
    ]
    unit = currency_name(currency, words) if by_money else words("axis.purchases")
    return chart(
        words,
        title=title,
        subtitle=subtitle,
        width=WIDTH,
        height=260,
        data={"values": values},
        mark={"type": "bar", "color": ACCENT},
        encoding={
            "x": {
                "field": "day",
                "type": "ordinal",
                "sort": None,
                "title": None,
                "axis": {
                    "labelExpr": "slice(datum.value, 8, 10) + '.' + slice(datum.value, 5, 7)",
                    "labelOverlap": "greedy",
                    "labelAngle": 0,
                    "ticks": False,
                },
            },
            "y": {"field": "value", "type": "quantitative", "title": unit, "axis": {"format": ",.0f", "tickCount": 5}},
            "tooltip": [
                {"field": "day", "title": words("axis.day")},
                {"field": "value", "type": "quantitative", "title": unit, "format": ",.0f"},
                {"field": "purchases", "type": "quantitative", "title": words("axis.purchases")},
            ],
        },
    )


def period_words(period: Period, words: Words) -> str:
    """`с 24 октября по 22 ноября`."""
    first, last = day_name(period.first, words.language), day_name(period.last, words.language)
    return words("chart.period", first=first, last=last)
