"""`python -m services.notifications.worker urgent | bulk` delivers messages."""

import sys
from typing import Final

from celery import Celery
from fastapi import FastAPI

from bezkart.kit.job_worker import AsyncWorker, run_worker
from bezkart.kit.logging import configure_logging
from services.notifications import jobs
from services.notifications.app import build
from services.notifications.queues import OTHER_QUEUES, TICKS, URGENT_QUEUES
from services.notifications.schedule import POOL, build_celery
from services.notifications.settings import NotificationsSettings
from services.notifications.usecases.collaborators import Notifications
from services.notifications.usecases.take_due import Ticker

WORKERS: Final = {"urgent": (*URGENT_QUEUES, TICKS), "bulk": OTHER_QUEUES}


def build_jobs(settings: NotificationsSettings, *, entry: str) -> Celery:
    """The Celery application with its tasks."""
    ticker = Ticker()

    def build_worker() -> tuple[Notifications, FastAPI]:
        process = build(settings, entry=entry, ticker=ticker)
        return process.service, process.app

    worker = AsyncWorker(build_worker, host=settings.http_host, port=settings.http_port, pool=POOL)
    app = build_celery(settings, queues=WORKERS[entry])
    jobs.define(app, worker, ticker)
    return app


def main(entry: str) -> None:
    """Run one process until SIGTERM."""
    settings = NotificationsSettings()
    name = f"notifications-{entry}"
    configure_logging(service=name, level=settings.log_level)
    tasks = settings.urgent_tasks if entry == "urgent" else settings.bulk_tasks
    run_worker(build_jobs(settings, entry=entry), name=name, tasks=tasks)


if __name__ == "__main__":
    main(sys.argv[1])
