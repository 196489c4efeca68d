"""Builds reports. `python -m services.reports.app serve` runs its one process: answers, events, and what closing time brings."""

import sys
from collections.abc import Awaitable, Callable, Coroutine
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final

from fastapi import FastAPI

from bezkart.kit.backbone import Backbone, build_backbone
from bezkart.kit.clock import Clock
from bezkart.kit.glossary import Glossary
from bezkart.kit.http import serve
from bezkart.kit.invariants import backlog
from bezkart.kit.logging import configure_logging
from bezkart.kit.periodic import again_and_again
from bezkart.kit.vega import NotDrawn, draw_png
from services.reports.api import routers
from services.reports.domain.errors import PictureNotDrawn
from services.reports.handlers import reactions
from services.reports.settings import ReportsSettings
from services.reports.store.days import DAY_INDEXES, DAYS, Days
from services.reports.store.facts import FACT_INDEXES, FACTS, Facts
from services.reports.store.places import Places
from services.reports.store.shops import SHOP_INDEXES, SHOPS, Shops
from services.reports.usecases.collaborators import Painter, Reports
from services.reports.usecases.send_daily import send_due
from services.reports.usecases.settle_days import look_everywhere, settle_touched

WORDS: Final = Path(__file__).parent / "words" / "glossary.json"
ENTRY: Final = "serve"
_EVERYWHERE_SECONDS: Final = 86_400.0


async def paint(definition: dict[str, Any]) -> bytes:
    """Raises PictureNotDrawn."""
    try:
        return await draw_png(definition)
    except NotDrawn as failure:
        raise PictureNotDrawn(str(failure)) from None


def build(
    settings: ReportsSettings, *, entry: str = ENTRY, clock: Clock | None = None, painter: Painter = paint
) -> FastAPI:
    """The application of the process."""
    backbone = build_backbone(
        settings,
        service="reports",
        clock=clock,
        indexes={FACTS: FACT_INDEXES, DAYS: DAY_INDEXES},
        own_indexes={SHOPS: SHOP_INDEXES},
        own_outboxes=(SHOPS,),
    )
    databases = backbone.databases
    service = Reports(
        facts=Facts(databases),
        days=Days(databases),
        places=Places(databases),
        shops=Shops(databases, backbone.documents(SHOPS)),
        glossary=Glossary(WORDS),
        paint=painter,
        clock=backbone.clock,
        grace=timedelta(seconds=settings.grace_seconds),
        caught_up=_caught_up(backbone, settings),
    )
    return backbone.application(
        service,
        entry=entry,
        routers=routers,
        reactions=reactions,
        background=_background(service, settings),
    )


def _caught_up(backbone: Backbone, settings: ReportsSettings) -> Callable[[], Awaitable[bool]]:
    """Whether no events wait in the queues of reports."""
    measure = backlog("reports", amqp_url=settings.amqp_url, topology=backbone.topology)

    async def caught_up() -> bool:
        return not any(finding.value for finding in await measure())

    return caught_up


def _background(service: Reports, settings: ReportsSettings) -> list[Callable[[], Coroutine[Any, Any, None]]]:
    return [
        partial(
            again_and_again,
            "look_everywhere",
            partial(look_everywhere, service),
            seconds=_EVERYWHERE_SECONDS,
            first_after=0.0,
        ),
        partial(again_and_again, "settle_touched", partial(settle_touched, service), seconds=settings.settle_seconds),
        partial(again_and_again, "send_due", partial(send_due, service), seconds=settings.sweep_seconds),
    ]


if __name__ == "__main__":
    environment = ReportsSettings()
    configure_logging(service="reports", level=environment.log_level)
    serve(build(environment, entry=sys.argv[1]), environment)
