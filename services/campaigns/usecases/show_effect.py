"""What mailings and triggers brought (F34), counted when it is asked for; of a mailing that is long over for the last time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from services.campaigns.domain.effect import LATEST_DELIVERY, WINDOW, Effect, judge, measure
from services.campaigns.domain.mailing import Mailing
from services.campaigns.domain.message import CouponOffer, Message, PointsOffer
from services.campaigns.domain.trigger import Trigger
from services.campaigns.store.effects import Kept
from services.campaigns.store.mailings import Position
from services.campaigns.usecases.collaborators import Campaigns
from services.campaigns.usecases.manage_mailings import load_mailing
from services.campaigns.usecases.manage_triggers import load_trigger

Kind = Literal["mailing", "trigger"]
OVER: Final = frozenset({"done", "stopped", "failed"})


@dataclass(frozen=True, slots=True)
class Campaign:
    """What has an effect; nobody is addressed any more once it is `over`."""

    kind: Kind
    id: str
    name: str
    created_at: datetime
    message: Message
    over: bool


@dataclass(frozen=True, slots=True)
class CampaignEffect:
    """Guests were addressed from `since` on, and purchases count `until` then; None where nobody was."""

    campaign: Campaign
    since: datetime | None
    until: datetime | None
    effect: Effect


async def effect_of_mailing(shop: str, mailing_id: str, service: Campaigns) -> CampaignEffect:
    """All its runs together. Raises MailingNotFound."""
    (found,) = await _effects(shop, [_mailing(await load_mailing(shop, mailing_id, service))], service)
    return found


async def effect_of_trigger(shop: str, trigger_id: str, service: Campaigns) -> CampaignEffect:
    """Since it was made. Raises TriggerNotFound."""
    (found,) = await _effects(shop, [_trigger(await load_trigger(shop, trigger_id, service))], service)
    return found


async def effects(shop: str, after: Position | None, limit: int, service: Campaigns) -> list[CampaignEffect]:
    """The newest first, those after the position (created_at, id)."""
    mailings = await service.mailings.page(shop, state=None, name="", after=after, limit=limit)
    every = [_mailing(each) for each in mailings] + [_trigger(each) for each in await service.triggers.all(shop)]
    behind = [each for each in every if after is None or (each.created_at, each.id) < after]
    newest = sorted(behind, key=lambda each: (each.created_at, each.id), reverse=True)[:limit]
    return await _effects(shop, newest, service)


def _mailing(mailing: Mailing) -> Campaign:
    plan, over = mailing.plan, mailing.state in OVER
    return Campaign("mailing", mailing.id, plan.name, mailing.created_at, plan.message, over)


def _trigger(trigger: Trigger) -> Campaign:
    return Campaign("trigger", trigger.id, trigger.name, trigger.created_at, trigger.message, over=False)


async def _effects(shop: str, campaigns: Sequence[Campaign], service: Campaigns) -> list[CampaignEffect]:
    kept = await service.effects.kept(shop, [each.id for each in campaigns if each.over])
    return [_told(each, kept[each.id] if each.id in kept else await _count(shop, each, service)) for each in campaigns]


def _told(campaign: Campaign, kept: Kept) -> CampaignEffect:
    return CampaignEffect(campaign, kept.since, kept.until + WINDOW if kept.until else None, judge(kept.sides))


async def _count(shop: str, campaign: Campaign, service: Campaigns) -> Kept:
    """And keep it, where nothing can be added to it any more."""
    name, offer = f"{campaign.kind}:{campaign.id}", campaign.message.offer
    counted = await service.responses.count(shop, name)
    promotion_id = offer.promotion_id if isinstance(offer, CouponOffer) else None
    bought = await service.responses.who_bought(shop, name, promotion_id=promotion_id)
    effect = measure(counted.sides, bought, points_each=offer.points if isinstance(offer, PointsOffer) else 0)
    kept = Kept(effect.sides, counted.since, counted.until)
    if campaign.over and counted.until and counted.until + WINDOW + LATEST_DELIVERY < service.clock.now():
        await service.effects.keep(shop, campaign.id, kept)
    return kept
