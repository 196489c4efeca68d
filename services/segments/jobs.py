"""Scheduled work of segments: the shops' midnights."""

from collections.abc import Sequence

from celery import Celery

from bezkart.kit.jobs import AsyncWorker
from services.segments.usecases.collaborators import Segments
from services.segments.usecases.draw_picture import load_shop
from services.segments.usecases.sweep_shop import due, sweep_shop

QUEUE = "segments.sweeps"
TICK = "segments.tick_midnights"
SWEEP = "segments.sweep_shop"


def define(app: Celery, worker: AsyncWorker[Segments], *, tick_seconds: float) -> None:
    """Register the tasks and the beat's schedule. Both tasks are safe to run twice."""

    def tick_midnights() -> None:
        for shop in worker.run(TICK, _due_shops):
            app.send_task(SWEEP, args=[shop])

    def sweep(shop: str) -> None:
        worker.run(SWEEP, lambda service: _sweep(shop, service))

    app.task(tick_midnights, name=TICK)
    app.task(sweep, name=SWEEP)
    # A tick that waited longer than the next one is dropped; nothing is lost, due shops stay due.
    app.conf.beat_schedule = {TICK: {"task": TICK, "schedule": tick_seconds, "options": {"expires": tick_seconds}}}


async def _due_shops(service: Segments) -> Sequence[str]:
    return [
        shop.slug for shop in await service.shops.all() if due(shop, service) and await service.sweeps.take(shop.slug)
    ]


async def _sweep(shop: str, service: Segments) -> None:
    settings = await load_shop(shop, service)
    if due(settings, service):
        await sweep_shop(settings, service)
    await service.sweeps.release(shop)
