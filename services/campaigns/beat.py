"""`python -m services.campaigns.beat`: the clock of campaigns' worker. It imports nothing but Celery and the schedule."""

from bezkart.kit.jobs import run_beat
from bezkart.kit.logging import configure_logging
from services.campaigns.schedule import build_celery
from services.campaigns.settings import CampaignsSettings

if __name__ == "__main__":
    environment = CampaignsSettings()
    configure_logging(service="campaigns-beat", level=environment.log_level)
    run_beat(build_celery(environment))
