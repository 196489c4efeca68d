"""Builds purchases. `python -m services.purchases.app api | consumer` runs one of its processes."""

import hmac
import sys
from functools import partial

from fastapi import FastAPI

from bezkart.kit.backbone import build_backbone
from bezkart.kit.clock import Clock
from bezkart.kit.http import serve
from bezkart.kit.logging import configure_logging
from bezkart.kit.periodic import again_and_again
from services.purchases.api import routers
from services.purchases.handlers import reactions
from services.purchases.settings import PurchasesSettings
from services.purchases.store.accounts import ACCOUNT_INDEXES, ACCOUNTS, Accounts
from services.purchases.store.codes import Codes
from services.purchases.store.ledger import LEDGER, LEDGER_INDEXES, Ledger
from services.purchases.store.limits import PromotionLimits
from services.purchases.store.programs import PROGRAM_INDEXES, PROGRAMS, Programs, Shops
from services.purchases.store.promotions import PROMOTION_INDEXES, PROMOTIONS, Promotions
from services.purchases.store.segments import Segments
from services.purchases.store.tries import Tries
from services.purchases.usecases.check_ledger import check_ledger
from services.purchases.usecases.collaborators import Purchases
from services.purchases.usecases.sweep_accounts import sweep_accounts
from services.purchases.usecases.sweep_reservations import sweep_reservations


def build(settings: PurchasesSettings, *, entry: str, clock: Clock | None = None) -> FastAPI:
    """The application of the process `entry`: `api` answers requests, `consumer` handles events."""
    backbone = build_backbone(
        settings,
        service="purchases",
        clock=clock,
        indexes={ACCOUNTS: ACCOUNT_INDEXES, LEDGER: LEDGER_INDEXES},
        own_indexes={PROGRAMS: PROGRAM_INDEXES, PROMOTIONS: PROMOTION_INDEXES},
        shop_outboxes=(ACCOUNTS,),
        own_outboxes=(PROGRAMS,),
    )
    key = settings.guest_id_key.get_secret_value()
    service = Purchases(
        accounts=Accounts(backbone.databases, backbone.documents(ACCOUNTS)),
        ledger=Ledger(backbone.databases),
        programs=Programs(backbone.databases, backbone.documents(PROGRAMS)),
        shops=Shops(backbone.databases),
        promotions=Promotions(backbone.databases),
        limits=PromotionLimits(backbone.databases),
        segments=Segments(backbone.databases),
        codes=Codes(backbone.redis, key=key, namespace=settings.namespace),
        tries=Tries(backbone.redis, namespace=settings.namespace),
        offline_key=hmac.digest(key.encode(), b"offline-codes", "sha256"),
        guest_ids=backbone.guest_ids,
        clock=backbone.clock,
    )
    sweeps = tuple(
        partial(again_and_again, name, partial(sweep, service), seconds=settings.sweep_seconds)
        for name, sweep in (("sweep", sweep_accounts), ("reservations", sweep_reservations))
    )
    return backbone.application(
        service,
        entry=entry,
        routers=routers,
        reactions=reactions,
        measures=(lambda: check_ledger(accounts=service.accounts, ledger=service.ledger),),
        background=sweeps if entry == "consumer" else (),
    )


if __name__ == "__main__":
    environment = PurchasesSettings()
    configure_logging(service=f"purchases-{sys.argv[1]}", level=environment.log_level)
    serve(build(environment, entry=sys.argv[1]), environment)
