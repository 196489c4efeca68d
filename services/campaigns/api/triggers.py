"""`/api/v1/triggers`: a message when something happens to a guest, and ready scenarios (F32)."""

from datetime import timedelta

from fastapi import APIRouter
from pydantic import TypeAdapter

from bezkart.kernel.promotion import PromotionInvalid
from bezkart.kernel.wording import TemplateInvalid
from bezkart.kit.auth import RoleRequired, Unauthenticated
from bezkart.kit.idempotency import IdempotencyKeyMissing, OptionalKey
from bezkart.kit.problems import documented
from services.campaigns.api.caller import ProOwner, Service
from services.campaigns.api.mailing_views import offer_of, offer_view
from services.campaigns.api.trigger_views import (
    On,
    ScenarioBody,
    ScenarioMade,
    ScenariosView,
    ScenarioView,
    TriggerBody,
    TriggerChange,
    TriggersView,
    TriggerView,
    WordsView,
)
from services.campaigns.domain.errors import PlanRequired, ScenarioNotFound, TooManyTriggers, TriggerNotFound
from services.campaigns.domain.message import Message, Text
from services.campaigns.domain.promotion import PromotionEnded, PromotionNotFound
from services.campaigns.domain.scenarios import SCENARIOS, Scenario
from services.campaigns.domain.split import HOLDOUT
from services.campaigns.domain.trigger import Timing, Trigger, on_of
from services.campaigns.store.responses import Counted
from services.campaigns.usecases import manage_triggers as managing
from services.campaigns.usecases.collaborators import Campaigns
from services.campaigns.usecases.fire_triggers import why_silent
from services.campaigns.usecases.manage_triggers import Draft

router = APIRouter(
    prefix="/api/v1/triggers", tags=["triggers"], responses=documented(Unauthenticated, RoleRequired, PlanRequired)
)
_invalid = documented(TemplateInvalid, PromotionNotFound, PromotionInvalid, PromotionEnded)
_on: TypeAdapter[On] = TypeAdapter(On)


@router.get("")
async def triggers(caller: ProOwner, service: Service) -> TriggersView:
    """The latest first, with what they did so far."""
    found = await service.triggers.all(caller.shop)
    return TriggersView(triggers=[await _view(caller.shop, each, service) for each in found])


@router.post("", status_code=201, responses=documented(TooManyTriggers, IdempotencyKeyMissing) | _invalid)
async def make(body: TriggerBody, key: OptionalKey, caller: ProOwner, service: Service) -> TriggerView:
    """A new trigger; the same key makes it once. Switched on, it begins with what happens from now on."""
    shop = await service.shops.fresh(caller.shop)
    made = await managing.write_trigger(shop, _draft(body), caller.id, key, service)
    return await _view(caller.shop, made, service)


@router.get("/scenarios")
async def scenarios(caller: ProOwner, service: Service) -> ScenariosView:
    """What works in most cafés, ready to be taken."""
    taken = {each.scenario: each.id for each in await service.triggers.all(caller.shop)}
    return ScenariosView(scenarios=[_scenario_view(each, taken.get(each.name)) for each in SCENARIOS.values()])


@router.post("/scenarios/{name}", status_code=201, responses=documented(ScenarioNotFound) | _invalid)
async def take(name: str, body: ScenarioBody, caller: ProOwner, service: Service) -> ScenarioMade:
    """Make what the scenario needs, inactive. Taken again it is the same."""
    shop = await service.shops.fresh(caller.shop)
    made = await managing.take_scenario(shop, name, body.language, caller.id, service)
    return ScenarioMade(trigger_id=made.trigger.id, promotion_id=made.promotion_id)


@router.get("/{trigger_id}", responses=documented(TriggerNotFound))
async def one(trigger_id: str, caller: ProOwner, service: Service) -> TriggerView:
    """One trigger, with what it did so far."""
    return await _view(caller.shop, await managing.load_trigger(caller.shop, trigger_id, service), service)


@router.patch("/{trigger_id}", responses=documented(TriggerNotFound) | _invalid)
async def change(trigger_id: str, body: TriggerChange, caller: ProOwner, service: Service) -> TriggerView:
    """What waits to be said is said in the new words."""
    shop = await service.shops.fresh(caller.shop)
    changed = await managing.change_trigger(shop, trigger_id, lambda draft: _changed(draft, body), service)
    return await _view(caller.shop, changed, service)


@router.delete("/{trigger_id}", status_code=204, responses=documented(TriggerNotFound))
async def delete(trigger_id: str, caller: ProOwner, service: Service) -> None:
    """What waits to be said is not said any more."""
    await managing.delete_trigger(caller.shop, trigger_id, service)


def _draft(body: TriggerBody) -> Draft:
    timing = Timing(
        on=on_of(body.on.model_dump()),
        delay=timedelta(minutes=body.delay_minutes),
        period=timedelta(days=body.once_per_days),
        cancel_on_purchase=body.cancel_on_purchase,
    )
    message = Message(
        (Text("a", body.text),), body.fallback_name, offer_of(body.offer), holdout_percent=body.holdout_percent
    )
    return Draft(body.name, timing, message, body.active)


def _changed(draft: Draft, change: TriggerChange) -> Draft:
    """Only what was sent; of what was sent as null only the offer goes."""
    sent = change.model_dump(exclude_unset=True)
    given = {name: value for name, value in sent.items() if value is not None or name == "offer"}
    return _draft(TriggerBody.model_validate({**_body(draft).model_dump(), **given}))


def _body(draft: Draft) -> TriggerBody:
    """As the owner would have sent it."""
    timing, message = draft.timing, draft.message
    return TriggerBody(
        name=draft.name,
        on=_on.validate_python(timing.on, from_attributes=True),
        text=message.texts[0].text,
        fallback_name=message.fallback_name,
        offer=offer_view(message.offer),
        delay_minutes=timing.delay // timedelta(minutes=1),
        once_per_days=timing.period // timedelta(days=1),
        cancel_on_purchase=timing.cancel_on_purchase,
        holdout_percent=message.holdout_percent,
        active=draft.active,
    )


async def _view(shop: str, trigger: Trigger, service: Campaigns) -> TriggerView:
    counted = await service.responses.count(shop, f"trigger:{trigger.id}")
    why = await why_silent(trigger, await service.shops.load(shop), service) if trigger.active_since else None
    scenario = SCENARIOS.get(trigger.scenario)
    return TriggerView(
        **dict(_body(managing.draft_of(trigger))),
        id=trigger.id,
        scenario=scenario.name if scenario else None,
        sent=_sent(counted),
        held_out=counted.sides[HOLDOUT].guests if HOLDOUT in counted.sides else 0,
        last_sent_at=counted.until,
        stopped_because=why,
        created_at=trigger.created_at,
    )


def _sent(counted: Counted) -> int:
    return sum(reached.guests for side, reached in counted.sides.items() if side != HOLDOUT)


def _scenario_view(scenario: Scenario, trigger_id: str | None) -> ScenarioView:
    return ScenarioView(
        name=scenario.name,
        title=WordsView.model_validate(scenario.title),
        about=WordsView.model_validate(scenario.about),
        text=WordsView.model_validate(scenario.text),
        on=_on.validate_python(scenario.on, from_attributes=True),
        gives=scenario.gives,
        points=scenario.points,
        valid_days=scenario.valid_days,
        trigger_id=trigger_id,
    )
