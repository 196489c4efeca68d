"""`python -m services.segments.worker` runs segments' jobs."""

from celery import Celery
from fastapi import FastAPI

from bezkart.kit.job_worker import AsyncWorker, run_worker
from bezkart.kit.logging import configure_logging
from services.segments import jobs
from services.segments.app import build
from services.segments.schedule import POOL, build_celery
from services.segments.settings import SegmentsSettings
from services.segments.usecases.collaborators import Segments


def build_jobs(settings: SegmentsSettings) -> Celery:
    """The Celery application with its tasks."""

    def build_worker() -> tuple[Segments, FastAPI]:
        process = build(settings, entry="worker")
        return process.service, process.app

    worker = AsyncWorker(build_worker, host=settings.http_host, port=settings.http_port, pool=POOL)
    app = build_celery(settings)
    jobs.define(app, worker)
    return app


if __name__ == "__main__":
    environment = SegmentsSettings()
    configure_logging(service="segments-worker", level=environment.log_level)
    run_worker(build_jobs(environment), name="segments-worker")
