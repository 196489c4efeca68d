"""The picture of the daily report: the day hour by hour beside a week ago, and the segments with their change."""

from bezkart.kit.glossary import Words
from services.reports.domain.day import HOURS
from services.reports.usecases.charts.segments import segment_bars, segment_values
from services.reports.usecases.charts.style import (
    ACCENT,
    PALE,
    WIDTH,
    Definition,
    chart,
    day_name,
    money,
    number,
    weekday_name,
)
from services.reports.usecases.show_daily import Daily

_EARLIEST, _LATEST = 8, 20


def daily_chart(report: Daily, words: Words) -> Definition:
    figures = report.now.figures
    title = words("daily.purchases", n=figures.purchases, count=number(figures.purchases, words.language))
    if figures.revenue:
        title = words("chart.daily", purchases=title, revenue=money(figures.revenue, report.shop.currency, words))
    weekday = weekday_name(report.day.isoweekday(), words)
    day = words("daily.day", day=day_name(report.day, words.language), weekday=weekday)
    return chart(
        words,
        title=title,
        subtitle=words("chart.daily.shown", day=day, shop=report.shop.name) if report.shop.name else day,
        vconcat=[_hours(report, words), _segments(report, words)],
        spacing=24,
        resolve={"scale": {"color": "independent"}},
    )


def _hours(report: Daily, words: Words) -> Definition:
    today, before = words("daily.today"), words("daily.week-ago")
    busy = [hour for hour in range(HOURS) if report.now.hours[hour][0] or report.week_ago.hours[hour][0]]
    first, last = min([*busy, _EARLIEST]), max([*busy, _LATEST])
    values = [
        {"hour": hour, "today": report.now.hours[hour][0], "before": report.week_ago.hours[hour][0]}
        for hour in range(first, last + 1)
    ]
    x = {"field": "hour", "type": "ordinal", "title": words("axis.hour"), "axis": {"labelAngle": 0, "ticks": False}}
    y = {"type": "quantitative", "title": words("axis.purchases"), "axis": {"tickMinStep": 1, "tickCount": 5}}
    key = {"domain": [today, before], "range": [ACCENT, PALE]}
    legend = {"title": None, "orient": "top", "symbolType": "square"}
    return {
        "width": WIDTH,
        "height": 180,
        "data": {"values": values},
        "layer": [
            {
                "mark": {"type": "bar", "width": {"band": 0.95}},
                "encoding": {
                    "x": x,
                    "y": {**y, "field": "before"},
                    "color": {"datum": before, "scale": key, "legend": legend},
                },
            },
            {
                "mark": {"type": "bar", "width": {"band": 0.5}},
                "encoding": {"x": x, "y": {**y, "field": "today"}, "color": {"datum": today, "scale": key}},
            },
        ],
    }


def _segments(report: Daily, words: Words) -> Definition:
    return {
        "width": WIDTH,
        "height": 150,
        "data": {"values": segment_values(report.segments, report.before, words)},
        **segment_bars(words),
    }
