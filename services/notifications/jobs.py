"""What the workers do: deliver chunks, and tick. Every task is safe to run twice."""

from typing import Final

from celery import Celery

from bezkart.kit.job_worker import AsyncWorker
from services.notifications.domain.message import Urgency
from services.notifications.schedule import TICK
from services.notifications.usecases.collaborators import Notifications
from services.notifications.usecases.deliver import deliver
from services.notifications.usecases.enqueue import TASK
from services.notifications.usecases.take_due import Ticker

SHORTEST_SECONDS: Final = 0.5


def define(app: Celery, worker: AsyncWorker[Notifications], ticker: Ticker) -> None:
    """Register the tasks."""

    def send(shop: str, channel: str, urgency: Urgency, ids: list[str]) -> None:
        worker.run(TASK, lambda service: deliver(shop, channel, urgency, ids, service))

    def tick() -> None:
        if ticker.silent_for > SHORTEST_SECONDS:  # those that piled up while nobody worked are one
            worker.run(TICK, ticker.tick)

    app.task(send, name=TASK)
    app.task(tick, name=TICK)
