"""What the daily report says in the owner's message: short enough to stand under a picture."""

from bezkart.kit.glossary import Words
from services.reports.domain.segments import SEGMENTS
from services.reports.usecases.charts.style import changed, day_name, money, number, segment_name, weekday_name
from services.reports.usecases.show_daily import Daily


def daily_text(report: Daily, words: Words) -> str:
    """Lines of which there is nothing to say are left out."""
    lines = [_head(report, words), *_sales(report, words), *_guests(report, words), *_letters(report, words)]
    return "\n".join(line for line in lines if line)


def _head(report: Daily, words: Words) -> str:
    weekday = weekday_name(report.day.isoweekday(), words)
    day = words("daily.day", day=day_name(report.day, words.language), weekday=weekday)
    return words("daily.head", day=day)


def _sales(report: Daily, words: Words) -> list[str]:
    figures, before = report.now.figures, report.week_ago.figures
    language, currency = words.language, report.shop.currency
    purchases = words("daily.purchases", n=figures.purchases, count=number(figures.purchases, language))
    cups = words("daily.cups", n=figures.cups, count=number(figures.cups, language))
    lines = [words("daily.sales", purchases=purchases, cups=cups, before=number(before.purchases, language))]
    if figures.average_ticket is not None:
        revenue, ticket = (money(each, currency, words) for each in (figures.revenue, figures.average_ticket))
        lines.append(words("daily.revenue", revenue=revenue, ticket=ticket))
    if figures.undos:
        lines.append(words("daily.undos", count=number(figures.undos, language)))
    if figures.rating_average is not None:
        average = number(round(figures.rating_average, 1), language)
        lines.append(words("daily.ratings", n=figures.ratings, average=average, count=figures.ratings))
    return lines


def _guests(report: Daily, words: Words) -> list[str]:
    figures, language = report.now.figures, words.language
    named = [
        f"{segment_name(each, words)} {changed(report.segments[each], report.segments[each] - report.before[each], language)}"
        for each in SEGMENTS
    ]
    return [
        words("daily.guests", new=number(figures.new_guests, language), gifts=number(figures.gifts, language)),
        words("daily.segments", segments=", ".join(named)) if any(report.segments.values()) else "",
    ]


def _letters(report: Daily, words: Words) -> list[str]:
    delivered, brought = report.now.figures.delivered, report.brought
    if not delivered and not brought.purchases:
        return []
    told = words("daily.messages", count=number(delivered, words.language))
    bought = words("daily.purchases", n=brought.purchases, count=number(brought.purchases, words.language))
    revenue = money(brought.revenue, report.shop.currency, words)
    return [told, words("daily.brought", purchases=bought, revenue=revenue)]
