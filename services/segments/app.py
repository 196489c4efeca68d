"""Builds segments. `python -m services.segments.app api | consumer | worker | beat` runs one of its processes."""

import sys
from dataclasses import dataclass

from celery import Celery
from fastapi import FastAPI

from bezkart.kernel.ids import GuestIds
from bezkart.kit import mongo, redis
from bezkart.kit.auth import TokenVerifier
from bezkart.kit.bus.consumer import Consumer
from bezkart.kit.bus.dead_letters import DeadLetters
from bezkart.kit.bus.publisher import OutboxPublisher
from bezkart.kit.bus.topology import Topology
from bezkart.kit.clock import Clock, SystemClock
from bezkart.kit.documents import Documents
from bezkart.kit.health import Check
from bezkart.kit.http import build_app, serve
from bezkart.kit.invariants import Invariants, backlog, dead_letters, outbox
from bezkart.kit.jobs import AsyncWorker, celery_app
from bezkart.kit.live import LiveUpdates
from bezkart.kit.logging import configure_logging
from bezkart.kit.operations import operations_routes
from bezkart.kit.process import lifespan
from services.segments import jobs
from services.segments.api import routers
from services.segments.handlers import reactions
from services.segments.settings import SegmentsSettings
from services.segments.store import GUESTS, INDEXES, Guests, Shops, Snapshots, SweepGuard
from services.segments.usecases.check_histories import check_histories
from services.segments.usecases.collaborators import Segments


@dataclass(frozen=True, slots=True)
class Process:
    """One process of segments: its objects and the application that serves it."""

    service: Segments
    app: FastAPI


def build(settings: SegmentsSettings, *, entry: str, clock: Clock | None = None) -> Process:
    """`api` answers the owner, `consumer` handles events, `worker` runs the jobs (its application serves ops only)."""
    clock = clock or SystemClock()
    client = mongo.connect(settings.mongo_url)
    cache = redis.connect(settings.redis_url)
    databases = mongo.Databases(client, service="segments", namespace=settings.namespace, indexes=INDEXES)
    topology = Topology(settings.namespace)
    publisher = OutboxPublisher(
        amqp_url=settings.amqp_url,
        topology=topology,
        databases=databases,
        clock=clock,
        shop_outboxes=(GUESTS,),
    )
    service = Segments(
        guests=Guests(databases, Documents(GUESTS, publisher)),
        snapshots=Snapshots(databases),
        shops=Shops(databases),
        live=LiveUpdates(cache, namespace=settings.namespace),
        sweeps=SweepGuard(cache, namespace=settings.namespace),
        clock=clock,
    )
    letters = DeadLetters(databases, service="segments", amqp_url=settings.amqp_url, namespace=settings.namespace)
    invariants = Invariants(
        "segments",
        (
            outbox(publisher),
            dead_letters(letters),
            backlog("segments", amqp_url=settings.amqp_url, topology=topology),
            lambda: check_histories(guests=service.guests),
        ),
    )
    consumer = _consumer(settings, topology, service, letters) if entry == "consumer" else None

    async def close() -> None:
        await cache.aclose()
        await client.close()

    app = build_app(
        title="BezKart segments",
        routers=(*routers, operations_routes(invariants, letters)) if entry == "api" else (),
        checks=(
            Check("mongo", databases.ping),
            Check("redis", service.live.ping, required=False),
            *(() if entry == "api" else (Check("broker", consumer.probe if consumer else publisher.probe),)),
        ),
        tokens=TokenVerifier(settings.jwt_public_jwks),
        # The api only reads and changes settings: it has nothing to publish.
        lifespan=lifespan(
            publisher=publisher if entry != "api" else None,
            consumer=consumer,
            invariants=invariants if consumer else None,
            closing=close,
        ),
        state=service,
    )
    return Process(service, app)


def _consumer(
    settings: SegmentsSettings, topology: Topology, service: Segments, letters: DeadLetters
) -> Consumer[Segments]:
    return Consumer(
        amqp_url=settings.amqp_url,
        topology=topology,
        reactions=reactions,
        service=service,
        dead_letters=letters,
        guest_ids=GuestIds(settings.guest_id_key.get_secret_value()),
    )


def build_jobs(settings: SegmentsSettings) -> Celery:
    """The Celery application of worker and beat."""

    def build_worker() -> tuple[Segments, FastAPI]:
        process = build(settings, entry="worker")
        return process.service, process.app

    worker = AsyncWorker(build_worker, host=settings.http_host, port=settings.http_port)
    app = celery_app(
        service="segments",
        queue=jobs.QUEUE,
        amqp_url=settings.amqp_url,
        redis_url=settings.redis_url,
        namespace=settings.namespace,
    )
    jobs.define(app, worker, tick_seconds=settings.sweep_seconds)
    return app


def main(entry: str) -> None:
    """Run one process until SIGTERM."""
    settings = SegmentsSettings()
    configure_logging(service=f"segments-{entry}", level=settings.log_level)
    if entry == "worker":
        build_jobs(settings).worker_main(
            ["worker", "--concurrency=1", "--loglevel=WARNING", "--without-gossip", "--without-mingle"]
        )
    elif entry == "beat":
        build_jobs(settings).start(["beat", "--loglevel=WARNING"])
    else:
        serve(build(settings, entry=entry).app, settings)


if __name__ == "__main__":
    main(sys.argv[1])
