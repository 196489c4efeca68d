"""`/api/v1/reports/daily`: the report of a day, its picture, and sending it to whoever asks (F60)."""

from datetime import date

from fastapi import APIRouter
from fastapi.responses import Response

from bezkart.kernel.ids import derived_id
from bezkart.kit.auth import Owner, RoleRequired, Unauthenticated
from bezkart.kit.glossary import LANGUAGES
from bezkart.kit.idempotency import IdempotencyKey, IdempotencyKeyMissing
from bezkart.kit.problems import documented
from services.reports.api.caller import PREFIX, InWords, Service
from services.reports.api.figures import figures_view
from services.reports.api.views import DailyView, MessagesFigures, SegmentChange, SentView
from services.reports.domain.errors import DayInvalid, PictureNotDrawn
from services.reports.domain.segments import SEGMENTS
from services.reports.usecases.daily_text import daily_text
from services.reports.usecases.send_daily import draw_daily, send_asked
from services.reports.usecases.show_daily import show_daily

router = APIRouter(
    prefix=f"{PREFIX}/daily", tags=["reports"], responses=documented(Unauthenticated, RoleRequired, DayInvalid)
)


@router.get("/{day}")
async def daily(day: date, caller: Owner, service: Service) -> DailyView:
    """The whole day by now, also of a day that has not closed yet."""
    found = await show_daily(caller.shop, day, service)
    changes = [
        {"segment": name, "guests": found.segments[name], "change": found.segments[name] - found.before[name]}
        for name in SEGMENTS
    ]
    return DailyView(
        day=found.day,
        until=found.until,
        currency=found.shop.currency,
        figures=figures_view(found.now.figures, found.now.buyers.bit_count()),
        week_ago=figures_view(found.week_ago.figures, found.week_ago.buyers.bit_count()),
        segments=[SegmentChange.model_validate(each) for each in changes],
        messages=MessagesFigures(
            delivered=found.now.figures.delivered,
            failed=found.now.figures.failed,
            purchases=found.brought.purchases,
            revenue=found.brought.revenue,
        ),
        text={language: daily_text(found, service.glossary.words(language)) for language in LANGUAGES},
    )


@router.get("/{day}/picture.png", responses=documented(PictureNotDrawn) | {200: {"content": {"image/png": {}}}})
async def picture(day: date, caller: Owner, service: Service, words: InWords) -> Response:
    """The chart that stands above the report's words."""
    drawn = await draw_daily(await show_daily(caller.shop, day, service), service, words.language)
    return Response(drawn, media_type="image/png", headers={"Cache-Control": "private, max-age=60"})


@router.post("/{day}/send", status_code=202, responses=documented(IdempotencyKeyMissing))
async def send(day: date, caller: Owner, key: IdempotencyKey, service: Service) -> SentView:
    """To the caller's own Telegram; nowhere, if none is linked."""
    once = derived_id("asked", caller.shop, caller.id, day.isoformat(), key)
    with_picture = await send_asked(caller.shop, day, caller.id, once, service)
    return SentView(day=day, with_picture=with_picture)
