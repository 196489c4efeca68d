"""What a process with stores and the broker is built on, the same for every service; each `app.py` adds its own objects."""

from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

import structlog
from fastapi import APIRouter, FastAPI
from pymongo import AsyncMongoClient, IndexModel
from redis.asyncio import Redis

from bezkart.kernel.ids import GuestIds
from bezkart.kit import mongo, redis, tracing
from bezkart.kit.auth import TokenVerifier
from bezkart.kit.bus.consumer import Consumer
from bezkart.kit.bus.dead_letters import DeadLetters
from bezkart.kit.bus.publisher import OutboxPublisher
from bezkart.kit.bus.reactions import Reactions
from bezkart.kit.bus.topology import Topology
from bezkart.kit.clock import Clock, SystemClock
from bezkart.kit.documents import Documents
from bezkart.kit.health import Check
from bezkart.kit.http import build_app
from bezkart.kit.invariants import Invariants, Measure, backlog, dead_letters, outbox
from bezkart.kit.operations import operations_routes
from bezkart.kit.process import lifespan
from bezkart.kit.rotation import Rotation
from bezkart.kit.settings import BackboneSettings

log = structlog.get_logger(__name__)

Service = TypeVar("Service")

CONSUMING: Final = frozenset({"consumer", "serve"})
"""The entries of processes that handle events, and with them what time brings."""


@dataclass(frozen=True, slots=True)
class Backbone:
    """The stores, the broker and the clock of one process."""

    name: str
    settings: BackboneSettings
    clock: Clock
    client: AsyncMongoClient[mongo.Document]
    redis: "Redis"
    databases: mongo.Databases
    topology: Topology
    publisher: OutboxPublisher
    letters: DeadLetters
    guest_ids: GuestIds
    closing: list[Callable[[], Awaitable[None]]] = field(default_factory=list)
    """What else has to be closed at the end, before the stores are."""

    def documents(self, collection: str) -> Documents:
        """The aggregates of a collection that was named among the outboxes."""
        return Documents(collection, self.publisher)

    def application(
        self,
        service: Service,
        *,
        entry: str,
        routers: Sequence[APIRouter] = (),
        reactions: Reactions[Service] | None = None,
        measures: Sequence[Measure] = (),
        checks: Sequence[Check] = (),
        background: Sequence[Callable[[], Coroutine[Any, Any, None]]] = (),
        api_publishes: bool = True,
        rotation: Rotation | None = None,
    ) -> FastAPI:
        """The application of one process: `api` answers requests, `consumer` handles `reactions`, `serve` does both, any other serves
        ops only.

        `indexes` is no process but an errand (`kit.http.serve`): all indexes of all shops are made, and it ends.

        `measures` are the service's own invariants, `checks` of its readiness come beside those of MongoDB and the broker.
        `rotation` is of the texts that it seals.
        """
        publisher = self.publisher if entry != "api" or api_publishes else None
        spans = tracing.of_process(self.settings, self.name if entry in {"api", "serve"} else f"{self.name}-{entry}")
        consumes = entry in CONSUMING
        consumer = self._consumer(service, reactions, spans) if consumes and reactions else None
        invariants = self._invariants(measures, consuming=reactions is not None)
        letters = self.letters if reactions else None
        probe = consumer.probe if consumer else publisher.probe if publisher else None
        app = build_app(
            title=f"BezKart {self.name}",
            routers=(*routers, operations_routes(invariants, letters, rotation)) if entry in {"api", "serve"} else (),
            checks=(
                Check("mongo", self.databases.ping),
                *checks,
                *((Check("broker", probe, required=entry not in {"api", "serve"}),) if probe else ()),
            ),
            tokens=TokenVerifier(self.settings.jwt_public_jwks),
            lifespan=lifespan(
                publisher=publisher,
                consumer=consumer,
                invariants=invariants if consumer else None,
                background=background,
                closing=self._close,
            ),
            state=service,
            spans=spans,
        )
        app.state.errand = self._make_indexes if entry == "indexes" else None
        return app

    def _consumer(self, service: Service, reactions: Reactions[Service], spans: tracing.Spans) -> Consumer[Service]:
        return Consumer(
            amqp_url=self.settings.amqp_url,
            topology=self.topology,
            reactions=reactions,
            service=service,
            dead_letters=self.letters,
            guest_ids=self.guest_ids,
            spans=spans,
        )

    def _invariants(self, measures: Sequence[Measure], *, consuming: bool) -> Invariants:
        of_queues: tuple[Measure, ...] = ()
        if consuming:
            waiting = backlog(self.name, amqp_url=self.settings.amqp_url, topology=self.topology)
            of_queues = (dead_letters(self.letters), waiting)
        return Invariants(self.name, (outbox(self.publisher), *of_queues, *measures))

    async def _make_indexes(self) -> None:
        shops = await self.databases.prepare_all()
        log.info("indexes_made", service=self.name, shops=len(shops))
        await self._close()

    async def _close(self) -> None:
        for close in (*self.closing, self.redis.aclose, self.client.close):
            await close()


def build_backbone(
    settings: BackboneSettings,
    *,
    service: str,
    clock: Clock | None = None,
    indexes: Mapping[str, Sequence[IndexModel]],
    own_indexes: Mapping[str, Sequence[IndexModel]] | None = None,
    shop_outboxes: Sequence[str] = (),
    own_outboxes: Sequence[str] = (),
) -> Backbone:
    """`indexes` and `outboxes` of the collections in each shop's database and in the service's own."""
    clock = clock or SystemClock()
    client = mongo.connect(settings.mongo_url)
    databases = mongo.Databases(
        client, service=service, namespace=settings.namespace, indexes=indexes, own_indexes=own_indexes
    )
    topology = Topology(settings.namespace)
    publisher = OutboxPublisher(
        amqp_url=settings.amqp_url,
        topology=topology,
        databases=databases,
        clock=clock,
        shop_outboxes=shop_outboxes,
        own_outboxes=own_outboxes,
    )
    return Backbone(
        name=service,
        settings=settings,
        clock=clock,
        client=client,
        redis=redis.connect(settings.redis_url),
        databases=databases,
        topology=topology,
        publisher=publisher,
        letters=DeadLetters(databases, service=service, amqp_url=settings.amqp_url, namespace=settings.namespace),
        guest_ids=GuestIds(settings.guest_id_key.get_secret_value()),
    )
