"""Charts and the daily message: a finding in the title, segments with their names, in both languages, short enough for a caption."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from bezkart.kit.glossary import LANGUAGES, Glossary, Language, Words
from services.reports.app import WORDS
from services.reports.domain.cohorts import Cohort
from services.reports.domain.day import Day
from services.reports.domain.figures import Figures
from services.reports.domain.period import Period
from services.reports.store.shops import Shop
from services.reports.usecases.charts.daily import daily_chart
from services.reports.usecases.charts.days import days_chart
from services.reports.usecases.charts.segments import flow_chart, segments_chart
from services.reports.usecases.charts.style import COLOURS, segment_name
from services.reports.usecases.charts.tables import cohorts_chart, hours_chart
from services.reports.usecases.daily_text import daily_text
from services.reports.usecases.show_daily import Brought, Daily
from services.reports.usecases.show_period import DayLine, PeriodDays

GLOSSARY = Glossary(WORDS)
PERIOD = Period(date(2026, 11, 21), date(2026, 11, 22))
SEGMENTS = {"new": 23, "active": 128, "leaving": 40, "rare": 60, "sleeping": 301}
BEFORE = SEGMENTS | {"active": 123, "leaving": 43}
FIGURES = Figures(
    purchases=84, cups=102, revenue=2_130_000, billed=80, undos=2, gifts=7, stars=(0, 1, 0, 3, 8), delivered=45
)


def report() -> Daily:
    hours = tuple((84 if hour == 9 else 0, 2_130_000 if hour == 9 else 0) for hour in range(24))
    shop = Shop("demo", entry=1, name="Кофейня", timezone="Europe/Moscow")
    day = Day(figures=FIGURES, hours=hours)
    return Daily(
        shop, PERIOD.last, datetime(2026, 11, 22, 18, tzinfo=UTC), day, Day(), SEGMENTS, BEFORE, Brought(6, 150_000)
    )


def charts(words: Words) -> dict[str, dict[str, Any]]:
    lines = [DayLine(day, FIGURES, 80, SEGMENTS) for day in PERIOD.days]
    return {
        "daily": daily_chart(report(), words),
        "days": days_chart(PeriodDays(FIGURES.plus(FIGURES), 120, lines), PERIOD, "RUB", words),
        "segments": segments_chart(SEGMENTS, BEFORE, PERIOD, words),
        "flow": flow_chart([{("leaving", "active"): 7, ("active", "sleeping"): 2, (None, "new"): 3}], PERIOD, words),
        "hours": hours_chart({(2, 9): (31, 100), (3, 18): (12, 50)}, PERIOD, words),
        "cohorts": cohorts_chart(
            [Cohort(date(2026, 9, 1), 50, (40, 17, 9)), Cohort(date(2026, 10, 1), 0, (0, 0))], words
        ),
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_chart_says_its_finding(language: Language) -> None:
    words = GLOSSARY.words(language)
    titles = {name: chart["title"]["text"] for name, chart in charts(words).items()}
    said = {
        "ru": {
            "daily": "84 покупки, выручка 21\u00a0300\u00a0руб.",
            "days": "Выручка 42\u00a0600\u00a0руб., лучший день 21 ноября: 21\u00a0300\u00a0руб.",
            "segments": "128 активных гостей, за период +5",
            "flow": "Вернулись 7 гостей, ушли или уснули 2",
            "hours": "Больше всего покупок: вторник, 9:00–10:00",
            "cohorts": "Сентябрь 2026: через месяц снова покупали 34\u00a0% новых гостей",
        },
        "en": {
            "daily": "84 purchases, revenue 21,300\u00a0RUB",
            "days": "Revenue 42,600\u00a0RUB, best day November 21: 21,300\u00a0RUB",
            "segments": "128 active guests, 5 more than before",
            "flow": "7 guests came back, 2 left or fell asleep",
            "hours": "Most purchases: Tuesday, 9:00–10:00",
            "cohorts": "September 2026: 34% of the new guests bought again a month later",
        },
    }
    assert titles == said[language]


def test_segments_have_their_colours_and_their_names() -> None:
    words = GLOSSARY.words("ru")
    for name in ("daily", "segments"):
        text = json.dumps(charts(words)[name], ensure_ascii=False)
        assert all(colour in text and segment_name(segment, words) in text for segment, colour in COLOURS.items())
    assert "128 (+5)" in json.dumps(charts(words)["segments"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_said_plainly(language: Language) -> None:
    words = GLOSSARY.words(language)
    empty = PeriodDays(Figures(), 0, [])
    nothing = dict.fromkeys(SEGMENTS, 0)
    drawn = [
        days_chart(empty, PERIOD, "RUB", words),
        segments_chart(nothing, nothing, PERIOD, words),
        flow_chart([], PERIOD, words),
        hours_chart({}, PERIOD, words),
        cohorts_chart([], words),
    ]
    assert {each["title"]["text"] for each in drawn} == {words("chart.nothing")}


def test_the_message_of_a_day() -> None:
    said = daily_text(report(), GLOSSARY.words("ru")).replace("\u00a0", " ")
    assert said.splitlines() == [
        "Отчёт за 22 ноября, воскресенье",
        "84 покупки (неделю назад 0), 102 чашки",
        "Выручка 21 300 руб., средний чек 266 руб.",
        "Отменено покупок: 2",
        "Оценка 4,5 (12 оценок)",
        "Новых гостей: 0, подарков выдано: 7",
        "Гости: новички 23, активные 128 (+5), уходящие 40 (−3), редкие 60, спящие 301",
        "Сообщений доставлено: 45",
        "После сообщений за три дня: 6 покупок, 1 500 руб.",
    ]
    assert all(len(daily_text(report(), GLOSSARY.words(language))) < 1_024 for language in LANGUAGES)
