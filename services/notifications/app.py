"""Builds notifications. `python -m services.notifications.app api | consumer | urgent | bulk | beat` runs one of its processes."""

import sys
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import partial
from secrets import token_hex
from typing import Any, Final

from celery import Celery
from fastapi import FastAPI

from bezkart.kit.backbone import Backbone, build_backbone
from bezkart.kit.clock import Clock
from bezkart.kit.health import Check
from bezkart.kit.http import serve
from bezkart.kit.job_sender import JobSender
from bezkart.kit.jobs import AsyncWorker, celery_app
from bezkart.kit.live import LiveUpdates
from bezkart.kit.logging import configure_logging
from bezkart.kit.periodic import again_and_again
from bezkart.kit.rotation import Rotation
from bezkart.kit.vault import Envelopes
from services.notifications import jobs
from services.notifications.api import routers
from services.notifications.channels.breaker import Breakers
from services.notifications.channels.limits import Limits
from services.notifications.channels.registry import build_channels
from services.notifications.channels.sendings import Sendings
from services.notifications.channels.web_push import WebPush
from services.notifications.domain.breaker import BreakerRules
from services.notifications.domain.routes import PUSH
from services.notifications.handlers import reactions
from services.notifications.settings import NotificationsSettings
from services.notifications.store import INDEXES, MESSAGES, SEALED
from services.notifications.store.agenda import Agenda
from services.notifications.store.guests import Guests
from services.notifications.store.messages import Messages, StoredCopies
from services.notifications.store.shops import Shops
from services.notifications.store.wishes import Wishes
from services.notifications.usecases.collaborators import Notifications
from services.notifications.usecases.enqueue import OTHER_QUEUES, QUEUES, TICKS, URGENT_QUEUES
from services.notifications.usecases.measure import MEASURE_SECONDS, check_messages, measure
from services.notifications.usecases.take_due import Ticker

WORKERS: Final = {"urgent": (*URGENT_QUEUES, TICKS), "bulk": OTHER_QUEUES}


@dataclass(frozen=True, slots=True)
class Process:
    """One process of notifications: its objects and the application that serves it."""

    service: Notifications
    app: FastAPI


def build(
    settings: NotificationsSettings, *, entry: str, clock: Clock | None = None, ticker: Ticker | None = None
) -> Process:
    """`api` answers requests, `consumer` takes messages in, `urgent` and `bulk` are workers (their application serves ops only)."""
    backbone = build_backbone(
        settings, service="notifications", clock=clock, indexes=INDEXES, shop_outboxes=(MESSAGES,)
    )
    service = _service(settings, backbone)
    background: list[Callable[[], Coroutine[Any, Any, None]]] = [service.jobs.run]
    if entry == "urgent":
        tick = partial(jobs.tick_in_silence, ticker or Ticker(), service)
        background.append(partial(again_and_again, "tick", tick, seconds=1))
    if entry == "consumer":
        background.append(partial(again_and_again, "gauges", partial(measure, service), seconds=MEASURE_SECONDS))
    backbone.closing.append(service.sendings.aclose)
    app = backbone.application(
        service,
        entry=entry,
        routers=routers,
        reactions=reactions,
        measures=(lambda: check_messages(service),),
        checks=(Check("redis", service.live.ping, required=False),),
        background=background,
        rotation=Rotation("contacts", backbone.databases, service.envelopes, of_shops=SEALED),
    )
    return Process(service, app)


def _service(settings: NotificationsSettings, backbone: Backbone) -> Notifications:
    databases, namespace = backbone.databases, settings.namespace
    live = LiveUpdates(backbone.redis, namespace=namespace)
    # A probe is no message and costs nothing: a provider that is back is known to be within seconds.
    breakers = Breakers(backbone.redis, namespace=namespace, rules=BreakerRules(longest_pause=15.0))
    channels = build_channels(settings, copies=StoredCopies(), live=live)
    push = channels.get(PUSH)
    return Notifications(
        messages=Messages(databases, backbone.publisher),
        guests=Guests(databases),
        wishes=Wishes(databases),
        shops=Shops(databases),
        agenda=Agenda(backbone.redis, namespace=namespace),
        envelopes=Envelopes(keys=settings.contact_keys.get_secret_value().split(",")),
        sendings=Sendings(
            channels,
            limits=Limits(backbone.redis, namespace=namespace),
            breakers=breakers,
            settings=settings,
        ),
        breakers=breakers,
        push=push if isinstance(push, WebPush) else None,
        jobs=JobSender(amqp_url=settings.amqp_url, topology=backbone.topology, queues=QUEUES),
        live=live,
        guest_ids=backbone.guest_ids,
        clock=backbone.clock,
    )


def build_jobs(settings: NotificationsSettings, *, entry: str) -> Celery:
    """The Celery application of the workers and of beat."""
    ticker = Ticker()

    def build_worker() -> tuple[Notifications, FastAPI]:
        process = build(settings, entry=entry, ticker=ticker)
        return process.service, process.app

    worker = AsyncWorker(build_worker, host=settings.http_host, port=settings.http_port, pool="threads")
    app = celery_app(
        service="notifications",
        queues=WORKERS.get(entry, (TICKS,)),
        amqp_url=settings.amqp_url,
        redis_url=settings.redis_url,
        namespace=settings.namespace,
        pool="threads",
    )
    jobs.define(app, worker, ticker, tick_seconds=settings.tick_seconds, namespace=settings.namespace)
    return app


def main(entry: str) -> None:
    """Run one process until SIGTERM."""
    settings = NotificationsSettings()
    configure_logging(service=f"notifications-{entry}", level=settings.log_level)
    if entry in WORKERS:
        tasks = settings.urgent_tasks if entry == "urgent" else settings.bulk_tasks
        # A name of its own: a worker that comes back must not wait until the broker has forgotten the one that died.
        name = f"--hostname=notifications-{entry}-{token_hex(4)}@%h"
        build_jobs(settings, entry=entry).worker_main(
            ["worker", name, f"--concurrency={tasks}", "--loglevel=WARNING", "--without-gossip", "--without-mingle"]
        )
    elif entry == "beat":
        build_jobs(settings, entry=entry).start(["beat", "--loglevel=WARNING"])
    else:
        serve(build(settings, entry=entry).app, settings)


if __name__ == "__main__":
    main(sys.argv[1])
