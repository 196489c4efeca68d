"""Builds purchases. `python -m services.purchases.app api | consumer` runs one of its processes."""

import sys

from fastapi import FastAPI

from bezkart.kernel.ids import GuestIds
from bezkart.kit import mongo
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
from bezkart.kit.logging import configure_logging
from bezkart.kit.operations import operations_routes
from bezkart.kit.process import lifespan
from services.purchases.api import routers
from services.purchases.handlers import reactions
from services.purchases.settings import PurchasesSettings
from services.purchases.store import ACCOUNTS, INDEXES, Accounts, Ledger, Programs
from services.purchases.usecases.check_ledger import check_ledger
from services.purchases.usecases.collaborators import Purchases


def build(settings: PurchasesSettings, *, entry: str, clock: Clock | None = None) -> FastAPI:
    """The application of the process `entry`: `api` answers requests, `consumer` handles events."""
    clock = clock or SystemClock()
    client = mongo.connect(settings.mongo_url)
    databases = mongo.Databases(client, service="purchases", namespace=settings.namespace, indexes=INDEXES)
    topology = Topology(settings.namespace)
    publisher = OutboxPublisher(
        amqp_url=settings.amqp_url,
        topology=topology,
        databases=databases,
        clock=clock,
        shop_outboxes=(ACCOUNTS,),
    )
    service = Purchases(
        accounts=Accounts(databases, Documents(ACCOUNTS, publisher)),
        ledger=Ledger(databases),
        programs=Programs(databases),
        guest_ids=GuestIds(settings.guest_id_key.get_secret_value()),
        clock=clock,
    )
    letters = DeadLetters(databases, service="purchases", amqp_url=settings.amqp_url, namespace=settings.namespace)
    invariants = Invariants(
        "purchases",
        (
            outbox(publisher),
            dead_letters(letters),
            backlog("purchases", amqp_url=settings.amqp_url, topology=topology),
            lambda: check_ledger(accounts=service.accounts, ledger=service.ledger),
        ),
    )
    consuming = entry == "consumer"
    consumer = (
        Consumer(
            amqp_url=settings.amqp_url,
            topology=topology,
            reactions=reactions,
            service=service,
            dead_letters=letters,
            guest_ids=service.guest_ids,
        )
        if consuming
        else None
    )
    broker = Check("broker", consumer.probe if consumer else publisher.probe, required=consuming)
    return build_app(
        title="BezKart purchases",
        routers=() if consuming else (*routers, operations_routes(invariants, letters)),
        checks=(Check("mongo", databases.ping), broker),
        tokens=TokenVerifier(settings.jwt_public_jwks),
        lifespan=lifespan(
            publisher=publisher,
            consumer=consumer,
            invariants=invariants if consuming else None,
            closing=client.close,
        ),
        state=service,
    )


if __name__ == "__main__":
    environment = PurchasesSettings()
    configure_logging(service=f"purchases-{sys.argv[1]}", level=environment.log_level)
    serve(build(environment, entry=sys.argv[1]), environment)
