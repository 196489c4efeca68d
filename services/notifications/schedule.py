"""The queue of ticks and how often they come: all that the beat needs to know."""

from collections.abc import Sequence
from typing import Final

from celery import Celery

from bezkart.kit.jobs import Pool, celery_app
from services.notifications.queues import TICKS
from services.notifications.settings import NotificationsSettings

TICK: Final = "notifications.tick"
POOL: Final[Pool] = "threads"


def build_celery(settings: NotificationsSettings, *, queues: Sequence[str] = (TICKS,)) -> Celery:
    """The Celery application of a worker of these queues, or of the beat; it knows no task yet."""
    app = celery_app(
        service="notifications",
        queues=queues,
        amqp_url=settings.amqp_url,
        redis_url=settings.redis_url,
        namespace=settings.namespace,
        pool=POOL,
    )
    options = {"queue": f"{settings.namespace}{TICKS}"}
    app.conf.beat_schedule = {TICK: {"task": TICK, "schedule": settings.tick_seconds, "options": options}}
    return app
