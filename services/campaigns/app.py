"""Builds campaigns. `python -m services.campaigns.app serve` runs its one process, `api | consumer` its halves apart."""

import sys
from functools import partial

from fastapi import FastAPI

from bezkart.kit.backbone import CONSUMING, Backbone, build_backbone
from bezkart.kit.clock import Clock
from bezkart.kit.health import Check
from bezkart.kit.http import serve
from bezkart.kit.live import LiveUpdates
from bezkart.kit.logging import configure_logging
from bezkart.kit.periodic import again_and_again
from services.campaigns.api import routers
from services.campaigns.handlers import reactions
from services.campaigns.settings import CampaignsSettings
from services.campaigns.store.agenda import CampaignsAgenda
from services.campaigns.store.audiences import Audiences
from services.campaigns.store.batches import BATCH_INDEXES, BATCHES, Batches
from services.campaigns.store.effects import Effects
from services.campaigns.store.guests import GUEST_INDEXES, GUESTS, Guests
from services.campaigns.store.mailings import CAMPAIGN_INDEXES, CAMPAIGNS, Mailings
from services.campaigns.store.marks import Marks
from services.campaigns.store.promotions import Promotions
from services.campaigns.store.responses import RESPONSE_INDEXES, RESPONSES, Responses
from services.campaigns.store.saved_audiences import SavedAudiences
from services.campaigns.store.shops import Shops
from services.campaigns.store.triggers import Triggers
from services.campaigns.store.uses import USE_INDEXES, USES, Uses
from services.campaigns.usecases.check_campaigns import check_campaigns
from services.campaigns.usecases.collaborators import Campaigns
from services.campaigns.usecases.take_due import look_everywhere

LOOK_SECONDS = 600


def build(settings: CampaignsSettings, *, entry: str, clock: Clock | None = None) -> FastAPI:
    """`api` answers requests, `consumer` handles events, `serve` does both, `worker` runs the jobs (its application serves ops only)."""
    backbone = build_backbone(
        settings,
        service="campaigns",
        clock=clock,
        indexes={
            GUESTS: GUEST_INDEXES,
            CAMPAIGNS: CAMPAIGN_INDEXES,
            BATCHES: BATCH_INDEXES,
            RESPONSES: RESPONSE_INDEXES,
            USES: USE_INDEXES,
        },
        shop_outboxes=(CAMPAIGNS, BATCHES),
    )
    service = _service(settings, backbone)
    looking = partial(
        again_and_again, "look_everywhere", partial(look_everywhere, service), seconds=LOOK_SECONDS, first_after=0.0
    )
    return backbone.application(
        service,
        entry=entry,
        routers=routers,
        reactions=reactions,
        measures=(partial(check_campaigns, service),),
        checks=(Check("redis", service.live.ping, required=False),),
        background=[looking] if entry in CONSUMING else (),
    )


def _service(settings: CampaignsSettings, backbone: Backbone) -> Campaigns:
    databases = backbone.databases
    return Campaigns(
        guests=Guests(databases, backbone.documents(GUESTS)),
        marks=Marks(databases),
        audiences=Audiences(databases),
        saved=SavedAudiences(databases),
        mailings=Mailings(databases, backbone.documents(CAMPAIGNS)),
        triggers=Triggers(databases, backbone.documents(CAMPAIGNS)),
        batches=Batches(databases, backbone.documents(BATCHES)),
        responses=Responses(databases),
        effects=Effects(databases),
        promotions=Promotions(databases, backbone.documents(CAMPAIGNS)),
        uses=Uses(databases),
        shops=Shops(databases),
        agenda=CampaignsAgenda(databases),
        live=LiveUpdates(backbone.redis, namespace=settings.namespace),
        per_second=settings.telegram_per_second,
        clock=backbone.clock,
    )


if __name__ == "__main__":
    environment = CampaignsSettings()
    configure_logging(service=f"campaigns-{sys.argv[1]}", level=environment.log_level)
    serve(build(environment, entry=sys.argv[1]), environment)
