"""The queues of campaigns and when the beat does what: all that the beat needs to know."""

from typing import Final

from celery import Celery

from bezkart.kit.jobs import Pool, celery_app
from services.campaigns.settings import CampaignsSettings

TICKS: Final = "campaigns.ticks"
LAUNCHES: Final = "campaigns.launches"
BATCHES: Final = "campaigns.batches"
QUEUES: Final = (TICKS, LAUNCHES, BATCHES)
TICK: Final = "campaigns.tick"
POOL: Final[Pool] = "solo"


def build_celery(settings: CampaignsSettings) -> Celery:
    """The Celery application of worker and beat; it knows no task yet."""
    app = celery_app(
        service="campaigns",
        queues=QUEUES,
        amqp_url=settings.amqp_url,
        redis_url=settings.redis_url,
        namespace=settings.namespace,
        pool=POOL,
    )
    seconds = settings.tick_seconds
    # A tick that waited longer than a few others is dropped: what is due stays due.
    app.conf.beat_schedule = {TICK: {"task": TICK, "schedule": seconds, "options": {"expires": 5 * seconds}}}
    return app
