"""`python -m services.segments.beat`: the clock of segments' worker. It imports nothing but Celery and the schedule."""

from bezkart.kit.jobs import run_beat
from bezkart.kit.logging import configure_logging
from services.segments.schedule import build_celery
from services.segments.settings import SegmentsSettings

if __name__ == "__main__":
    environment = SegmentsSettings()
    configure_logging(service="segments-beat", level=environment.log_level)
    run_beat(build_celery(environment))
