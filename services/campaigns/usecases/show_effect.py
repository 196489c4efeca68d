"""What mailings and triggers brought (F34), counted when it is asked for."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from services.campaigns.domain.effect import WINDOW, Effect, measure
from services.campaigns.domain.mailing import Mailing
from services.campaigns.domain.message import CouponOffer, Message, PointsOffer
from services.campaigns.domain.trigger import Trigger
from services.campaigns.store.mailings import Position
from services.campaigns.usecases.collaborators import Campaigns
from services.campaigns.usecases.manage_mailings import load_mailing
from services.campaigns.usecases.manage_triggers import load_trigger

Kind = Literal["mailing", "trigger"]


@dataclass(frozen=True, slots=True)
class Campaign:
    """What has an effect."""

    kind: Kind
    id: str
    name: str
    created_at: datetime
    message: Message


@dataclass(frozen=True, slots=True)
class CampaignEffect:
    """Guests were addressed from `since` on, and purchases count `until` then; None where nobody was."""

    campaign: Campaign
    since: datetime | None
    until: datetime | None
    effect: Effect


async def effect_of_mailing(shop: str, mailing_id: str, service: Campaigns) -> CampaignEffect:
    """All its runs together. Raises MailingNotFound."""
    return await _effect(shop, _mailing(await load_mailing(shop, mailing_id, service)), service)


async def effect_of_trigger(shop: str, trigger_id: str, service: Campaigns) -> CampaignEffect:
    """Since it was made. Raises TriggerNotFound."""
    return await _effect(shop, _trigger(await load_trigger(shop, trigger_id, service)), service)


async def effects(shop: str, after: Position | None, limit: int, service: Campaigns) -> list[CampaignEffect]:
    """The newest first, those after the position (created_at, id)."""
    mailings = await service.mailings.page(shop, state=None, name="", after=after, limit=limit)
    every = [_mailing(each) for each in mailings] + [_trigger(each) for each in await service.triggers.all(shop)]
    behind = [each for each in every if after is None or (each.created_at, each.id) < after]
    newest = sorted(behind, key=lambda each: (each.created_at, each.id), reverse=True)[:limit]
    return [await _effect(shop, each, service) for each in newest]


def _mailing(mailing: Mailing) -> Campaign:
    return Campaign("mailing", mailing.id, mailing.plan.name, mailing.created_at, mailing.plan.message)


def _trigger(trigger: Trigger) -> Campaign:
    return Campaign("trigger", trigger.id, trigger.name, trigger.created_at, trigger.message)


async def _effect(shop: str, campaign: Campaign, service: Campaigns) -> CampaignEffect:
    name, offer = f"{campaign.kind}:{campaign.id}", campaign.message.offer
    counted = await service.responses.count(shop, name)
    promotion_id = offer.promotion_id if isinstance(offer, CouponOffer) else None
    bought = await service.responses.who_bought(shop, name, promotion_id=promotion_id)
    effect = measure(counted.sides, bought, points_each=offer.points if isinstance(offer, PointsOffer) else 0)
    until = counted.until + WINDOW if counted.until else None
    return CampaignEffect(campaign, counted.since, until, effect)
