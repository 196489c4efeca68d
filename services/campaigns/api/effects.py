"""What mailings and triggers brought (F34): `/effect` of each, and `/api/v1/mailings/effects` of all."""

from typing import Annotated

from fastapi import APIRouter, Query

from bezkart.kit.auth import Caller, RoleRequired, Unauthenticated
from bezkart.kit.problems import documented
from services.campaigns.api.caller import GrowthOwner, ProOwner, Service
from services.campaigns.api.cursors import cursor, position
from services.campaigns.api.effect_views import CampaignEffectView, EffectsView, SideView, UpliftView
from services.campaigns.domain.effect import NEEDED, WINDOW
from services.campaigns.domain.errors import CursorUnknown, MailingNotFound, PlanRequired, TriggerNotFound
from services.campaigns.usecases.collaborators import Campaigns
from services.campaigns.usecases.show_effect import CampaignEffect, effect_of_mailing, effect_of_trigger, effects

router = APIRouter(prefix="/api/v1", tags=["effect"], responses=documented(Unauthenticated, RoleRequired, PlanRequired))


@router.get("/mailings/effects", responses=documented(CursorUnknown))
async def of_all(
    caller: GrowthOwner,
    service: Service,
    after: str | None = None,
    limit: Annotated[int, Query(ge=1, le=50)] = 20,
) -> EffectsView:
    """Of all mailings and triggers, the newest first; those that addressed nobody yet have no sides."""
    found = await effects(caller.shop, position(after), limit, service)
    last = found[-1] if len(found) == limit else None
    return EffectsView(
        effects=[_view(each, caller, service) for each in found],
        next=cursor(last.campaign.created_at, last.campaign.id) if last else None,
    )


@router.get("/mailings/{mailing_id}/effect", responses=documented(MailingNotFound))
async def of_mailing(mailing_id: str, caller: GrowthOwner, service: Service) -> CampaignEffectView:
    """All its runs together."""
    return _view(await effect_of_mailing(caller.shop, mailing_id, service), caller, service)


@router.get("/triggers/{trigger_id}/effect", responses=documented(TriggerNotFound))
async def of_trigger(trigger_id: str, caller: ProOwner, service: Service) -> CampaignEffectView:
    """Since it was made."""
    return _view(await effect_of_trigger(caller.shop, trigger_id, service), caller, service)


def _view(found: CampaignEffect, caller: Caller, service: Campaigns) -> CampaignEffectView:
    effect = found.effect
    return CampaignEffectView(
        kind=found.campaign.kind,
        id=found.campaign.id,
        name=found.campaign.name,
        since=found.since,
        until=found.until,
        counting=found.until is not None and found.until > service.clock.now(),
        window_days=WINDOW.days,
        needed=NEEDED,
        currency=caller.currency,
        sides=[SideView.model_validate(each) for each in effect.sides],
        uplift=UpliftView.model_validate(effect.uplift) if effect.uplift else None,
        b_over_a=UpliftView.model_validate(effect.b_over_a) if effect.b_over_a else None,
        verdict=effect.verdict,
    )
