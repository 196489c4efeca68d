"""Segments' queue and when the beat does what: all that the beat needs to know."""

from typing import Final

from celery import Celery

from bezkart.kit.jobs import Pool, celery_app
from services.segments.settings import SegmentsSettings

QUEUE: Final = "segments.sweeps"
TICK: Final = "segments.tick_midnights"
POOL: Final[Pool] = "solo"


def build_celery(settings: SegmentsSettings) -> Celery:
    """The Celery application of worker and beat; it knows no task yet."""
    app = celery_app(
        service="segments",
        queues=(QUEUE,),
        amqp_url=settings.amqp_url,
        redis_url=settings.redis_url,
        namespace=settings.namespace,
        pool=POOL,
    )
    seconds = settings.sweep_seconds
    # A tick that waited longer than the next one is dropped; nothing is lost, due shops stay due.
    app.conf.beat_schedule = {TICK: {"task": TICK, "schedule": seconds, "options": {"expires": seconds}}}
    return app
