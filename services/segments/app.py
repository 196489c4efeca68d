"""Builds segments. `python -m services.segments.app api | consumer` runs one of its processes."""

import sys
from dataclasses import dataclass
from functools import partial

from fastapi import FastAPI

from bezkart.kit.backbone import build_backbone
from bezkart.kit.clock import Clock
from bezkart.kit.health import Check
from bezkart.kit.http import serve
from bezkart.kit.live import LiveUpdates
from bezkart.kit.logging import configure_logging
from bezkart.kit.periodic import again_and_again
from services.segments.api import routers
from services.segments.handlers import reactions
from services.segments.settings import SegmentsSettings
from services.segments.store import GUESTS, INDEXES, Guests, Shops, Snapshots, SweepGuard
from services.segments.usecases.check_histories import check_histories
from services.segments.usecases.collaborators import Segments
from services.segments.usecases.measure_sizes import MEASURE_SECONDS, measure_sizes


@dataclass(frozen=True, slots=True)
class Process:
    """One process of segments: its objects and the application that serves it."""

    service: Segments
    app: FastAPI


def build(settings: SegmentsSettings, *, entry: str, clock: Clock | None = None) -> Process:
    """`api` answers the owner, `consumer` handles events, `worker` runs the jobs (its application serves ops only)."""
    backbone = build_backbone(settings, service="segments", clock=clock, indexes=INDEXES, shop_outboxes=(GUESTS,))
    databases, namespace = backbone.databases, settings.namespace
    service = Segments(
        guests=Guests(databases, backbone.documents(GUESTS)),
        snapshots=Snapshots(databases),
        shops=Shops(databases),
        live=LiveUpdates(backbone.redis, namespace=namespace),
        sweeps=SweepGuard(backbone.redis, namespace=namespace),
        clock=backbone.clock,
    )
    app = backbone.application(
        service,
        entry=entry,
        routers=routers,
        reactions=reactions,
        measures=(lambda: check_histories(guests=service.guests),),
        checks=(Check("redis", service.live.ping, required=False),),
        background=(partial(again_and_again, "sizes", partial(measure_sizes, service), seconds=MEASURE_SECONDS),)
        if entry == "consumer"
        else (),
        api_publishes=False,  # it only reads, and changes settings
    )
    return Process(service, app)


if __name__ == "__main__":
    environment = SegmentsSettings()
    configure_logging(service=f"segments-{sys.argv[1]}", level=environment.log_level)
    serve(build(environment, entry=sys.argv[1]).app, environment)
