"""Builds notifications. `python -m services.notifications.app api | consumer` runs one of its processes."""

import sys
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import partial
from typing import Any

from fastapi import FastAPI

from bezkart.kit.backbone import Backbone, build_backbone
from bezkart.kit.clock import Clock
from bezkart.kit.health import Check
from bezkart.kit.http import serve
from bezkart.kit.job_sender import JobSender
from bezkart.kit.live import LiveUpdates
from bezkart.kit.logging import configure_logging
from bezkart.kit.periodic import again_and_again
from bezkart.kit.rotation import Rotation
from bezkart.kit.vault import Envelopes
from services.notifications.api import routers
from services.notifications.channels.breaker import Breakers
from services.notifications.channels.limits import Limits
from services.notifications.channels.registry import build_channels
from services.notifications.channels.sendings import Sendings
from services.notifications.channels.web_push import WebPush
from services.notifications.domain.breaker import BreakerRules
from services.notifications.domain.routes import PUSH
from services.notifications.handlers import reactions
from services.notifications.queues import QUEUES
from services.notifications.settings import NotificationsSettings
from services.notifications.store import INDEXES, MESSAGES, SEALED
from services.notifications.store.agenda import Agenda
from services.notifications.store.guests import Guests
from services.notifications.store.messages import Messages, StoredCopies
from services.notifications.store.shops import Shops
from services.notifications.store.stopped import StoppedCampaigns
from services.notifications.store.wishes import Wishes
from services.notifications.usecases.collaborators import Notifications
from services.notifications.usecases.measure import MEASURE_SECONDS, check_messages, measure
from services.notifications.usecases.take_due import Ticker, tick_in_silence


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
        tick = partial(tick_in_silence, ticker or Ticker(), service)
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
        stopped=StoppedCampaigns(databases),
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


if __name__ == "__main__":
    environment = NotificationsSettings()
    configure_logging(service=f"notifications-{sys.argv[1]}", level=environment.log_level)
    serve(build(environment, entry=sys.argv[1]).app, environment)
