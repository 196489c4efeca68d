"""Tables in colours: hours of the week, and cohorts."""

from collections.abc import Sequence

from bezkart.kit.glossary import Words
from services.reports.domain.cohorts import Cohort
from services.reports.domain.figures import percent
from services.reports.domain.period import Period
from services.reports.usecases.charts.days import period_words
from services.reports.usecases.charts.style import (
    ACCENT,
    INK,
    SURFACE,
    WIDTH,
    Definition,
    chart,
    month_name,
    nothing,
    number,
    weekday_name,
)
from services.reports.usecases.show_period import Hours

_LIGHTEST = "#F3E9E0"


def hours_chart(hours: Hours, period: Period, words: Words) -> Definition:
    """When guests buy: weekday by hour."""
    subtitle = period_words(period, words)
    if not hours:
        return nothing(words, subtitle)
    (weekday, hour), (most, _) = max(hours.items(), key=lambda cell: cell[1][0])
    first, last = min(hour for _, hour in hours), max(hour for _, hour in hours)
    values = [
        {"weekday": weekday_name(day, words), "hour": each, "purchases": hours.get((day, each), (0, 0))[0]}
        for day in range(1, 8)
        for each in range(first, last + 1)
    ]
    return chart(
        words,
        title=words("chart.hours", weekday=weekday_name(weekday, words), hour=hour, until=hour + 1),
        subtitle=words("chart.hours.shown", period=subtitle),
        width=WIDTH,
        height={"step": 30},
        data={"values": values},
        layer=_cells("hour", "weekday", "purchases", most=most, x_title=words("axis.hour")),
    )


def cohorts_chart(cohorts: Sequence[Cohort], words: Words) -> Definition:
    """Of those who registered in a month, who bought in each month since."""
    known = [cohort for cohort in cohorts if cohort.guests]
    subtitle = words("chart.cohorts.shown")
    if not known:
        return nothing(words, subtitle)
    values = [
        {
            "month": f"{month_name(cohort.month, words.language)} ({number(cohort.guests, words.language)})",
            "after": after,
            "share": percent(guests, cohort.guests) or 0.0,
        }
        for cohort in known
        for after, guests in enumerate(cohort.returned)
    ]
    return chart(
        words,
        title=_finding(known, words),
        subtitle=subtitle,
        width=WIDTH,
        height={"step": 30},
        data={"values": values},
        layer=_cells("after", "month", "share", most=100, x_title=words("axis.months-after")),
    )


def _finding(cohorts: Sequence[Cohort], words: Words) -> str:
    """Of the latest month that is followed by a whole one."""
    told = [cohort for cohort in cohorts if len(cohort.returned) > 2] or [
        cohort for cohort in cohorts if len(cohort.returned) > 1
    ]
    if not told:
        return words("chart.cohorts.first", n=cohorts[-1].guests, count=number(cohorts[-1].guests, words.language))
    cohort = told[-1]
    share = number(percent(cohort.returned[1], cohort.guests) or 0, words.language)
    return words("chart.cohorts", month=month_name(cohort.month, words.language), share=share)


def _cells(x: str, y: str, value: str, *, most: float, x_title: str) -> list[Definition]:
    """Squares from light to the accent, each with its number; the number is light where the square is dark."""
    place = {
        "x": {"field": x, "type": "ordinal", "title": x_title, "axis": {"labelAngle": 0, "ticks": False}},
        "y": {
            "field": y,
            "type": "nominal",
            "sort": None,
            "title": None,
            "axis": {"ticks": False, "labelLimit": 220},
        },
    }
    colour = {
        "field": value,
        "type": "quantitative",
        "scale": {"domain": [0, most], "range": [_LIGHTEST, ACCENT]},
        "legend": None,
    }
    ink = {"condition": {"test": f"datum.{value} > {most * 0.55}", "value": SURFACE}, "value": INK}
    return [
        {"mark": {"type": "rect", "stroke": SURFACE, "strokeWidth": 2}, "encoding": {**place, "color": colour}},
        {
            "transform": [{"filter": f"datum.{value} > 0"}],
            "mark": {"type": "text", "fontSize": 11},
            "encoding": {**place, "text": {"field": value, "format": ",.0f"}, "color": ink},
        },
    ]
