"""What the worker does: look at what is due, launch mailings, send batches. Every task is safe to run twice."""

from typing import Final

from celery import Celery

from bezkart.kernel.errors import VersionConflict
from bezkart.kit.job_worker import AsyncWorker
from services.campaigns.schedule import BATCHES, LAUNCHES, TICK
from services.campaigns.usecases.collaborators import Campaigns
from services.campaigns.usecases.launch_mailing import launch_mailing
from services.campaigns.usecases.send_batch import send_batch
from services.campaigns.usecases.take_due import Jobs, take_due

LAUNCH: Final = "campaigns.launch_mailing"
SEND: Final = "campaigns.send_batch"


def define(app: Celery, worker: AsyncWorker[Campaigns], *, namespace: str) -> None:
    """Register the tasks."""

    def hand_out(jobs: Jobs) -> None:
        for queue, task, wanted in ((LAUNCHES, LAUNCH, jobs.launches), (BATCHES, SEND, jobs.batches)):
            name = f"{namespace}{queue}"
            for job in wanted:
                app.send_task(task, args=[job.shop, job.id], queue=name, routing_key=name)

    def tick() -> None:
        hand_out(worker.run(TICK, take_due))

    def launch(shop: str, mailing_id: str) -> None:
        worker.run(LAUNCH, lambda service: _launch(shop, mailing_id, service))

    def send(shop: str, batch_id: str) -> None:
        worker.run(SEND, lambda service: send_batch(shop, batch_id, service))

    app.task(tick, name=TICK)
    app.task(launch, name=LAUNCH)
    app.task(send, name=SEND)


async def _launch(shop: str, mailing_id: str, service: Campaigns) -> None:
    try:
        await launch_mailing(shop, mailing_id, service)
    except VersionConflict:
        await service.agenda.mark(shop, "mailings", service.clock.now())  # the owner has moved it: look again
