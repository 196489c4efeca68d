"""Scheduled work of segments: the shops' midnights."""

from collections.abc import Sequence

from celery import Celery

from bezkart.kit.job_worker import AsyncWorker
from services.segments.schedule import TICK
from services.segments.usecases.collaborators import Segments
from services.segments.usecases.draw_picture import load_shop
from services.segments.usecases.sweep_shop import due, sweep_shop

SWEEP = "segments.sweep_shop"


def define(app: Celery, worker: AsyncWorker[Segments]) -> None:
    """Register the tasks. Both are safe to run twice."""

    def tick_midnights() -> None:
        for shop in worker.run(TICK, _due_shops):
            app.send_task(SWEEP, args=[shop])

    def sweep(shop: str) -> None:
        worker.run(SWEEP, lambda service: _sweep(shop, service))

    app.task(tick_midnights, name=TICK)
    app.task(sweep, name=SWEEP)


async def _due_shops(service: Segments) -> Sequence[str]:
    return [
        shop.slug for shop in await service.shops.all() if due(shop, service) and await service.sweeps.take(shop.slug)
    ]


async def _sweep(shop: str, service: Segments) -> None:
    settings = await load_shop(shop, service)
    if due(settings, service):
        await sweep_shop(settings, service)
    await service.sweeps.release(shop)
