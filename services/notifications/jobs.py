"""What the workers do: deliver chunks, and tick. Every task is safe to run twice."""

from datetime import timedelta
from typing import Final

from celery import Celery

from bezkart.kit.jobs import AsyncWorker
from services.notifications.domain.message import Urgency
from services.notifications.usecases.collaborators import Notifications
from services.notifications.usecases.deliver import deliver
from services.notifications.usecases.enqueue import TASK, TICKS
from services.notifications.usecases.take_due import Ticker

TICK: Final = "notifications.tick"
SILENCE: Final = timedelta(seconds=3)
SHORTEST_SECONDS: Final = 0.5


def define(
    app: Celery, worker: AsyncWorker[Notifications], ticker: Ticker, *, tick_seconds: float, namespace: str
) -> None:
    """Register the tasks and the beat's schedule."""

    def send(shop: str, channel: str, urgency: Urgency, ids: list[str]) -> None:
        worker.run(TASK, lambda service: deliver(shop, channel, urgency, ids, service))

    def tick() -> None:
        if ticker.silent_for > SHORTEST_SECONDS:  # those that piled up while nobody worked are one
            worker.run(TICK, ticker.tick)

    app.task(send, name=TASK)
    app.task(tick, name=TICK)
    options = {"queue": f"{namespace}{TICKS}"}
    app.conf.beat_schedule = {TICK: {"task": TICK, "schedule": tick_seconds, "options": options}}


async def tick_in_silence(ticker: Ticker, service: Notifications) -> None:
    """The beat keeps its lock in Redis: when no tick comes, the workers of codes tick by themselves."""
    if ticker.silent_for > SILENCE.total_seconds():
        await ticker.tick(service)
