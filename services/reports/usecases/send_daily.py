"""The daily report leaves at closing time, once for each day; and whenever the owner asks for it (F60)."""

import base64
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final

import structlog

from bezkart.contracts.notifications import LARGEST_PICTURE, NotifyStaff
from bezkart.kernel.errors import VersionConflict
from bezkart.kit.documents import until_written
from bezkart.kit.glossary import DEFAULT, LANGUAGES
from services.reports.domain.errors import PictureNotDrawn
from services.reports.store.shops import Shop
from services.reports.usecases.charts.daily import daily_chart
from services.reports.usecases.collaborators import Reports
from services.reports.usecases.daily_text import daily_text
from services.reports.usecases.show_daily import Daily, show_daily

log = structlog.get_logger(__name__)

PATIENCE: Final = timedelta(minutes=15)
"""So long a report waits for events that are still in the queues, after the service was away or under load."""
QUIET_DAYS: Final = 7
"""After so many days on which nothing happened a shop is not told daily that nothing happened."""
TEMPLATE: Final = "daily-report"
OWNERS: Final = "owner"


async def send_due(service: Reports) -> None:
    """Reports of shops that have closed. Safe to do twice at the same moment: the write that sends also plans the next."""
    now = service.clock.now()
    due = await service.shops.due(now - service.grace)
    if due and not await service.caught_up():
        due = await service.shops.due(now - PATIENCE)
    for slug in due:
        try:
            await _send(slug, service)
        except VersionConflict:
            continue  # somebody else is at it, or the owner has just changed the hour


async def send_asked(slug: str, day: date, reader: str, key: str, service: Reports) -> bool:
    """To the one who asks; whether with a picture. Raises DayInvalid."""
    command = await _command(await show_daily(slug, day, service), service, key=key, role=reader)

    async def attempt() -> None:
        await service.shops.save(await service.shops.load(slug), service.clock.now(), (command,))

    await until_written(attempt)
    return command.picture is not None


async def draw_daily(report: Daily, service: Reports, language: str | None = None) -> bytes:
    """Raises PictureNotDrawn."""
    words = service.glossary.words("en" if language == "en" else DEFAULT)
    return await service.paint(daily_chart(report, words))


async def _send(slug: str, service: Reports) -> None:
    """The day that closed last: of days missed before that the dashboard tells."""
    shop, now = await service.shops.load(slug), service.clock.now()
    if shop.due is None or shop.due > now:
        return
    day = shop.closing.day_closed_at(now)
    planned = replace(shop, reported=day).planned(now)
    if (shop.reported and day <= shop.reported) or await _quiet(shop, day, service):
        await service.shops.save(planned, now)
        return
    command = await _command(await show_daily(slug, day, service), service, key=_key(day), role=OWNERS)
    await service.shops.save(planned, now, (command,))
    log.info("daily_report_sent", shop=slug, day=day.isoformat(), picture=command.picture is not None)


async def _quiet(shop: Shop, day: date, service: Reports) -> bool:
    since: datetime = shop.calendar.midnight(day - timedelta(days=QUIET_DAYS))
    return not await service.facts.any_since(shop.slug, since)


async def _command(report: Daily, service: Reports, *, key: str, role: str) -> NotifyStaff:
    texts = {language: daily_text(report, service.glossary.words(language)) for language in LANGUAGES}
    return NotifyStaff(
        shop=report.shop.slug,
        key=key,
        role=role,
        template=TEMPLATE,
        values={"text": texts["ru"], "text_en": texts["en"]},
        picture=await _picture(report, service),
    )


async def _picture(report: Daily, service: Reports) -> str | None:
    """Without one the words go alone."""
    try:
        text = base64.b64encode(await draw_daily(report, service)).decode()
    except PictureNotDrawn as failure:
        log.warning("daily_picture_not_drawn", shop=report.shop.slug, reason=failure.detail)
        return None
    return text if len(text) <= LARGEST_PICTURE else None


def _key(day: date) -> str:
    return f"daily-report:{day.isoformat()}"
