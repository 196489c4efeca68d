"""Guests by segment and how they moved between segments."""

from collections.abc import Mapping, Sequence

from bezkart.kit.glossary import Words
from services.reports.domain.period import Period
from services.reports.domain.segments import SEGMENTS, Moves, flow, won_back
from services.reports.usecases.charts.days import period_words
from services.reports.usecases.charts.style import (
    INK,
    WIDTH,
    Definition,
    changed,
    chart,
    nothing,
    number,
    segment_name,
    segment_scale,
)

MOST_WAYS = 12


def segments_chart(now: Mapping[str, int], before: Mapping[str, int], period: Period, words: Words) -> Definition:
    """Sizes at the end of the period, each with its change since the day before it began."""
    subtitle = period_words(period, words)
    if not any(now.values()):
        return nothing(words, subtitle)
    change = now["active"] - before["active"]
    key = "chart.segments.more" if change > 0 else "chart.segments.fewer" if change < 0 else "chart.segments.same"
    title = words(key, n=now["active"], count=number(now["active"], words.language), change=abs(change))
    return chart(
        words,
        title=title,
        subtitle=subtitle,
        width=WIDTH,
        height=200,
        data={"values": segment_values(now, before, words)},
        **segment_bars(words),
    )


def segment_values(now: Mapping[str, int], before: Mapping[str, int], words: Words) -> list[dict[str, object]]:
    """Rows for `segment_bars`."""
    return [
        {
            "segment": segment_name(each, words),
            "guests": now[each],
            "label": changed(now[each], now[each] - before[each], words.language),
        }
        for each in SEGMENTS
    ]


def segment_bars(words: Words) -> Definition:
    """Bars with their names at the left and their numbers at the right."""
    place = {
        "y": {"field": "segment", "type": "nominal", "sort": None, "title": None, "axis": {"ticks": False}},
        "x": {
            "field": "guests",
            "type": "quantitative",
            "title": words("axis.guests"),
            "axis": {"format": ",.0f", "tickMinStep": 1, "tickCount": 5, "grid": False},
        },
    }
    colour = {"field": "segment", "type": "nominal", "scale": segment_scale(words), "legend": None}
    return {
        "layer": [
            {"mark": {"type": "bar"}, "encoding": {**place, "color": colour}},
            {
                "mark": {"type": "text", "align": "left", "dx": 6, "color": INK, "fontSize": 13},
                "encoding": {**place, "text": {"field": "label"}},
            },
        ]
    }


def flow_chart(moves: Sequence[Moves], period: Period, words: Words) -> Definition:
    """The ways most guests went, in the colour of the segment they came to."""
    subtitle = period_words(period, words)
    total = {way: guests for way, guests in flow(moves).items() if way[0] and way[1]}
    if not total:
        return nothing(words, subtitle)
    back = won_back(moves)
    gone = sum(guests for (previous, following), guests in total.items() if following in {"leaving", "sleeping"})
    ways = sorted(total.items(), key=lambda each: (-each[1], str(each[0])))[:MOST_WAYS]
    values = [
        {
            "way": f"{segment_name(previous or '', words)} → {segment_name(following or '', words)}",
            "to": segment_name(following or "", words),
            "guests": guests,
        }
        for (previous, following), guests in ways
    ]
    place = {
        "y": {
            "field": "way",
            "type": "nominal",
            "sort": None,
            "title": None,
            "axis": {"ticks": False, "labelLimit": 220},
        },
        "x": {
            "field": "guests",
            "type": "quantitative",
            "title": words("axis.guests"),
            "axis": {"tickMinStep": 1, "format": ",.0f", "grid": False},
        },
    }
    colour = {
        "field": "to",
        "type": "nominal",
        "scale": segment_scale(words),
        "legend": {"title": words("axis.came-to"), "orient": "bottom"},
    }
    return chart(
        words,
        title=words("chart.flow", n=back, back=number(back, words.language), gone=number(gone, words.language)),
        subtitle=subtitle,
        width=WIDTH,
        height={"step": 26},
        data={"values": values},
        layer=[
            {"mark": "bar", "encoding": {**place, "color": colour}},
            {
                "mark": {"type": "text", "align": "left", "dx": 6, "color": INK, "fontSize": 13},
                "encoding": {**place, "text": {"field": "guests", "format": ",.0f"}},
            },
        ],
    )
