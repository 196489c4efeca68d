"""What the owner does with triggers (F32): make, change, switch, delete, take a ready scenario."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from bezkart.kernel.errors import VersionConflict
from bezkart.kernel.ids import derived_id
from bezkart.kit.documents import until_written
from services.campaigns.domain.errors import ScenarioNotFound, TooManyTriggers, TriggerNotFound
from services.campaigns.domain.message import CouponOffer, Message, Offer, PointsOffer, Text, check_text
from services.campaigns.domain.promotion import MOST_PROMOTIONS, TooManyPromotions
from services.campaigns.domain.scenarios import SCENARIOS, Language, Scenario
from services.campaigns.domain.trigger import Timing, Trigger
from services.campaigns.store.shops import Shop
from services.campaigns.usecases.collaborators import Campaigns
from services.campaigns.usecases.keep_promotions import check_coupon, make_promotion

MOST_TRIGGERS: Final = 50


@dataclass(frozen=True, slots=True)
class Draft:
    """What the owner decides on."""

    name: str
    timing: Timing
    message: Message
    active: bool = False


@dataclass(frozen=True, slots=True)
class Made:
    """What a scenario needs."""

    trigger: Trigger
    promotion_id: str | None


def draft_of(trigger: Trigger) -> Draft:
    return Draft(trigger.name, trigger.timing, trigger.message, trigger.active_since is not None)


async def load_trigger(shop: str, trigger_id: str, service: Campaigns) -> Trigger:
    """Raises TriggerNotFound."""
    trigger = await service.triggers.load(shop, trigger_id)
    if trigger is None:
        raise TriggerNotFound
    return trigger


async def write_trigger(
    shop: Shop, draft: Draft, staff_id: str, key: str, service: Campaigns, *, scenario: str = ""
) -> Trigger:
    """The same key again is the same one. Raises TooManyTriggers and what `_check` does."""
    await _check(shop, draft, service)
    trigger_id = derived_id("t", shop.slug, key)
    if known := await service.triggers.load(shop.slug, trigger_id):
        return known
    if len(await service.triggers.all(shop.slug)) >= MOST_TRIGGERS:
        raise TooManyTriggers
    now = service.clock.now()
    trigger = Trigger(trigger_id, draft.name, draft.timing, draft.message, now, staff_id, scenario=scenario)
    try:
        return await _saved(shop.slug, trigger.switch(now, active=draft.active), service)
    except VersionConflict:  # the same request at the same moment
        return await load_trigger(shop.slug, trigger_id, service)


async def change_trigger(shop: Shop, trigger_id: str, change: Callable[[Draft], Draft], service: Campaigns) -> Trigger:
    """Raises TriggerNotFound and what `_check` does."""

    async def attempt() -> Trigger:
        known = await load_trigger(shop.slug, trigger_id, service)
        draft = change(draft_of(known))
        await _check(shop, draft, service)
        changed = replace(known, name=draft.name, timing=draft.timing, message=draft.message)
        return await _saved(shop.slug, changed.switch(service.clock.now(), active=draft.active), service)

    return await until_written(attempt)


async def delete_trigger(shop: str, trigger_id: str, service: Campaigns) -> None:
    """What waits to be said is not said any more. Raises TriggerNotFound."""
    if not await service.triggers.delete(shop, trigger_id):
        raise TriggerNotFound


async def take_scenario(shop: Shop, name: str, language: Language, staff_id: str, service: Campaigns) -> Made:
    """A trigger and, where it needs one, a promotion: both inactive. Taken again it is the same. Raises ScenarioNotFound."""
    scenario = SCENARIOS.get(name)
    if scenario is None:
        raise ScenarioNotFound
    promotion_id = await _promotion(shop, scenario, staff_id, service)
    known = [each for each in await service.triggers.all(shop.slug) if each.scenario == name]
    if known:
        return Made(known[-1], promotion_id)
    draft = _draft(scenario, language, promotion_id)
    key = f"scenario:{name}"
    return Made(await write_trigger(shop, draft, staff_id, key, service, scenario=name), promotion_id)


async def _promotion(shop: Shop, scenario: Scenario, staff_id: str, service: Campaigns) -> str | None:
    """The one that was made for this scenario, unless it has ended: then another."""
    if scenario.promotion is None:
        return None
    for number in range(MOST_PROMOTIONS):
        promotion_id = derived_id("promo", shop.slug, "scenario", scenario.name, str(number))
        rule, by = scenario.promotion, staff_id
        made = await make_promotion(shop.slug, promotion_id, rule, by=by, active=False, service=service)
        if made.state != "ended" and not made.deleted:
            return promotion_id
    raise TooManyPromotions


def _draft(scenario: Scenario, language: Language, promotion_id: str | None) -> Draft:
    offer: Offer | None = None
    if scenario.points:
        offer = PointsOffer(scenario.points, scenario.valid_days)
    elif scenario.gives_coupon and promotion_id:
        offer = CouponOffer(promotion_id, scenario.valid_days)
    timing = Timing(
        on=scenario.on,
        delay=timedelta(minutes=scenario.delay_minutes),
        period=timedelta(days=scenario.once_per_days),
        cancel_on_purchase=scenario.cancel_on_purchase,
    )
    return Draft(scenario.title.say(language), timing, Message((Text("a", scenario.text.say(language)),), offer=offer))


async def _check(shop: Shop, draft: Draft, service: Campaigns) -> None:
    """Raises TemplateInvalid and what `check_coupon` does."""
    for text in draft.message.texts:
        check_text(text.text, mode=shop.program.mode, pointer="/text")
    await check_coupon(shop.slug, draft.message.offer, service)


async def _saved(shop: str, trigger: Trigger, service: Campaigns) -> Trigger:
    now = service.clock.now()
    saved = await service.triggers.save(shop, trigger, now)
    await service.agenda.mark(shop, "triggers", saved.due)
    return saved
