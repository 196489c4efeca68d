"""`python -m services.campaigns.worker` launches campaigns and sends their batches."""

from celery import Celery
from fastapi import FastAPI

from bezkart.kit.job_worker import AsyncWorker, run_worker
from bezkart.kit.logging import configure_logging
from services.campaigns import jobs
from services.campaigns.app import build
from services.campaigns.schedule import POOL, build_celery
from services.campaigns.settings import CampaignsSettings
from services.campaigns.usecases.collaborators import Campaigns


def build_jobs(settings: CampaignsSettings) -> Celery:
    """The Celery application with its tasks."""

    def build_worker() -> tuple[Campaigns, FastAPI]:
        app = build(settings, entry="worker")
        return app.state.service, app

    worker = AsyncWorker(build_worker, host=settings.http_host, port=settings.http_port, pool=POOL)
    app = build_celery(settings)
    jobs.define(app, worker, namespace=settings.namespace)
    return app


if __name__ == "__main__":
    environment = CampaignsSettings()
    configure_logging(service="campaigns-worker", level=environment.log_level)
    run_worker(build_jobs(environment), name="campaigns-worker")
