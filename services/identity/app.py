"""Builds identity. `python -m services.identity.app api` runs it."""

import sys

from fastapi import FastAPI

from bezkart.kernel.ids import GuestIds
from bezkart.kit import mongo, redis
from bezkart.kit.auth import TokenVerifier
from bezkart.kit.bus.publisher import OutboxPublisher
from bezkart.kit.bus.topology import Topology
from bezkart.kit.clock import Clock, SystemClock
from bezkart.kit.documents import Documents
from bezkart.kit.health import Check
from bezkart.kit.http import build_app, serve
from bezkart.kit.invariants import Invariants, outbox
from bezkart.kit.logging import configure_logging
from bezkart.kit.operations import operations_routes
from bezkart.kit.process import lifespan
from bezkart.kit.vault import Vault
from services.identity.api import routers
from services.identity.settings import IdentitySettings
from services.identity.store import directory, guests
from services.identity.store.sessions import Lockouts, Sessions
from services.identity.usecases.collaborators import Identity
from services.identity.usecases.issue_token import TokenIssuer
from services.identity.usecases.passwords import Passwords


def build(settings: IdentitySettings, *, clock: Clock | None = None) -> FastAPI:
    """The application of identity's only process."""
    clock = clock or SystemClock()
    client = mongo.connect(settings.mongo_url)
    cache = redis.connect(settings.redis_url)
    databases = mongo.Databases(
        client,
        service="identity",
        namespace=settings.namespace,
        indexes=guests.INDEXES,
        own_indexes=directory.INDEXES,
    )
    publisher = OutboxPublisher(
        amqp_url=settings.amqp_url,
        topology=Topology(settings.namespace),
        databases=databases,
        clock=clock,
        shop_outboxes=(guests.GUESTS,),
        own_outboxes=(directory.SHOPS,),
    )
    sessions = Sessions(cache, namespace=settings.namespace)
    service = Identity(
        guests=guests.Guests(databases, Documents(guests.GUESTS, publisher)),
        shops=directory.Shops(databases, Documents(directory.SHOPS, publisher)),
        staff=directory.Staff(databases),
        sessions=sessions,
        lockouts=Lockouts(cache, namespace=settings.namespace),
        vault=Vault(
            keys=settings.phone_keys.get_secret_value().split(","),
            index_key=settings.phone_index_key.get_secret_value(),
        ),
        guest_ids=GuestIds(settings.guest_id_key.get_secret_value()),
        passwords=Passwords(),
        tokens=TokenIssuer(settings.jwt_private_jwk.get_secret_value()),
        clock=clock,
        ops_key=settings.ops_key.get_secret_value(),
        lenient=settings.env == "demo",
        cookie_secure=settings.cookie_secure,
    )

    async def close() -> None:
        await cache.aclose()
        await client.close()

    return build_app(
        title="BezKart identity",
        routers=(*routers, operations_routes(Invariants("identity", (outbox(publisher),)))),
        checks=(
            Check("mongo", databases.ping),
            Check("redis", sessions.ping, required=False),
            Check("broker", publisher.probe, required=False),
        ),
        tokens=TokenVerifier(settings.jwt_public_jwks),
        lifespan=lifespan(publisher=publisher, closing=close),
        state=service,
    )


if __name__ == "__main__":
    environment = IdentitySettings()
    configure_logging(service=f"identity-{sys.argv[1]}", level=environment.log_level)
    serve(build(environment), environment)
