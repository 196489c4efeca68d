"""Builds identity. `python -m services.identity.app api` runs it, `indexes` makes the indexes of all shops."""

import sys

from fastapi import FastAPI

from bezkart.kit.assertion import Assertions
from bezkart.kit.backbone import build_backbone
from bezkart.kit.clock import Clock
from bezkart.kit.health import Check
from bezkart.kit.http import serve
from bezkart.kit.logging import configure_logging
from bezkart.kit.rotation import Rotation, Shelf
from bezkart.kit.vault import Envelopes, Vault
from services.identity.api import routers
from services.identity.settings import IdentitySettings
from services.identity.store import directory, guests, telegram
from services.identity.store.sessions import Lockouts, Sessions
from services.identity.store.sign_ins import CodeLimits, Invitations, SignIns
from services.identity.usecases.collaborators import Identity
from services.identity.usecases.passwords import Passwords
from services.identity.usecases.token_issuer import TokenIssuer


def build(settings: IdentitySettings, *, entry: str = "api", clock: Clock | None = None) -> FastAPI:
    """The application of identity's only process."""
    backbone = build_backbone(
        settings,
        service="identity",
        clock=clock,
        indexes=guests.INDEXES,
        own_indexes={**directory.INDEXES, **telegram.INDEXES},
        shop_outboxes=(guests.GUESTS,),
        own_outboxes=(directory.SHOPS, directory.STAFF, telegram.CODES),
    )
    databases, cache = backbone.databases, backbone.redis
    sessions = Sessions(cache, namespace=settings.namespace)
    service = Identity(
        guests=guests.Guests(databases, backbone.documents(guests.GUESTS)),
        shops=directory.Shops(databases, backbone.documents(directory.SHOPS)),
        staff=directory.Staff(databases, backbone.documents(directory.STAFF)),
        sessions=sessions,
        lockouts=Lockouts(cache, namespace=settings.namespace),
        sign_ins=SignIns(cache, namespace=settings.namespace),
        code_limits=CodeLimits(cache, namespace=settings.namespace),
        code_orders=telegram.CodeOrders(databases, backbone.documents(telegram.CODES)),
        invitations=Invitations(cache, namespace=settings.namespace),
        links=telegram.TelegramLinks(databases),
        assertions=Assertions(settings.bot_key.get_secret_value()),
        vault=Vault(
            keys=settings.phone_keys.get_secret_value().split(","),
            index_key=settings.phone_index_key.get_secret_value(),
        ),
        transport=Envelopes(keys=settings.contact_keys.get_secret_value().split(",")),
        guest_ids=backbone.guest_ids,
        passwords=Passwords(),
        tokens=TokenIssuer(settings.jwt_private_jwk.get_secret_value()),
        clock=backbone.clock,
        ops_key=settings.ops_key.get_secret_value(),
        lenient=settings.env == "demo",
        cookie_secure=settings.cookie_secure,
        bot_username=settings.bot_username,
        codes_per_address=settings.codes_per_address,
        codes_per_shop=settings.codes_per_shop,
    )

    rotation = Rotation(
        "phones",
        databases,
        service.vault,
        own=(Shelf(directory.STAFF, ("telegram.sealed",), counter="version"),),
        of_shops=(Shelf(guests.GUESTS, ("phone.sealed",), counter="version"),),
    )
    checks = (Check("redis", sessions.ping, required=False),)
    return backbone.application(service, entry=entry, routers=routers, checks=checks, rotation=rotation)


if __name__ == "__main__":
    environment = IdentitySettings()
    configure_logging(service=f"identity-{sys.argv[1]}", level=environment.log_level)
    serve(build(environment, entry=sys.argv[1]), environment)
