"""`python -m services.notifications.beat`: the clock of the workers. It imports nothing but Celery and the schedule."""

from bezkart.kit.jobs import run_beat
from bezkart.kit.logging import configure_logging
from services.notifications.schedule import build_celery
from services.notifications.settings import NotificationsSettings

if __name__ == "__main__":
    environment = NotificationsSettings()
    configure_logging(service="notifications-beat", level=environment.log_level)
    run_beat(build_celery(environment))
