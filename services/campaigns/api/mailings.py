"""`/api/v1/mailings`: the owner writes, launches, watches and stops them (F30); plan growth."""

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Query

from bezkart.kernel.errors import IdempotencyKeyReused
from bezkart.kernel.promotion import PromotionInvalid
from bezkart.kernel.wording import TemplateInvalid
from bezkart.kit.auth import RoleRequired, Unauthenticated
from bezkart.kit.idempotency import IdempotencyKey, IdempotencyKeyMissing, OptionalKey
from bezkart.kit.problems import documented
from services.campaigns.api.caller import GrowthOwner, Service
from services.campaigns.api.cursors import cursor, position
from services.campaigns.api.mailing_views import (
    LaunchBody,
    Listing,
    MailingBody,
    MailingPatch,
    MailingsPage,
    MailingView,
    mailing_view,
    offer_of,
)
from services.campaigns.api.schedules import schedule_of
from services.campaigns.domain.errors import (
    AlreadyStarted,
    AudienceChanged,
    AudienceEmpty,
    AudienceNotFound,
    CursorUnknown,
    DateInPast,
    MailingInvalid,
    MailingNotFound,
    NotADraft,
    NotStarted,
    PlanRequired,
)
from services.campaigns.domain.mailing import Plan
from services.campaigns.domain.message import Message, Text
from services.campaigns.domain.promotion import PromotionEnded, PromotionNotFound
from services.campaigns.usecases import manage_mailings as managing
from services.campaigns.usecases.watch_mailing import Progress, watch

router = APIRouter(
    prefix="/api/v1/mailings", tags=["mailings"], responses=documented(Unauthenticated, RoleRequired, PlanRequired)
)
_MAY_BE_NULL = frozenset({"ends_at", "max_messages", "max_offer_cost"})
WRITING = (TemplateInvalid, MailingInvalid, AudienceNotFound, PromotionNotFound, PromotionInvalid, PromotionEnded)


@router.post("", status_code=201, responses=documented(*WRITING, IdempotencyKeyMissing, IdempotencyKeyReused))
async def write(body: MailingBody, key: OptionalKey, caller: GrowthOwner, service: Service) -> MailingView:
    """A draft: nothing is sent before it is launched."""
    shop = await service.shops.load(caller.shop)
    plan = _plan(body)
    return mailing_view(await managing.write_mailing(replace(shop, plan=caller.plan), plan, caller.id, key, service))


@router.get("", responses=documented(CursorUnknown))
async def mailings(asked: Annotated[Listing, Query()], caller: GrowthOwner, service: Service) -> MailingsPage:
    """The latest first, page by page."""
    after = position(asked.after)
    found = await service.mailings.page(caller.shop, state=asked.state, name=asked.q, after=after, limit=asked.limit)
    following = cursor(found[-1].created_at, found[-1].id) if len(found) == asked.limit else None
    return MailingsPage(mailings=[mailing_view(each) for each in found], next=following)


@router.get("/{mailing_id}", responses=documented(MailingNotFound))
async def mailing(mailing_id: str, caller: GrowthOwner, service: Service) -> MailingView:
    return mailing_view(await managing.load_mailing(caller.shop, mailing_id, service))


@router.patch("/{mailing_id}", responses=documented(MailingNotFound, NotADraft, *WRITING))
async def change(mailing_id: str, body: MailingPatch, caller: GrowthOwner, service: Service) -> MailingView:
    """Only a draft."""
    shop = replace(await service.shops.load(caller.shop), plan=caller.plan)
    changed = await managing.change_mailing(shop, mailing_id, lambda plan: _changed(plan, body), service)
    return mailing_view(changed)


@router.delete("/{mailing_id}", status_code=204, responses=documented(MailingNotFound, NotADraft))
async def delete(mailing_id: str, caller: GrowthOwner, service: Service) -> None:
    """Only a draft that was never sent: what was is history."""
    await managing.delete_mailing(caller.shop, mailing_id, service)


@router.post(
    "/{mailing_id}/launch",
    responses=documented(
        MailingNotFound, NotADraft, AudienceEmpty, AudienceChanged, DateInPast, IdempotencyKeyMissing, *WRITING
    ),
)
async def launch(
    mailing_id: str, body: LaunchBody, key: IdempotencyKey, caller: GrowthOwner, service: Service
) -> MailingView:
    """An immediate start waits four seconds, and can be taken back until then."""
    shop = replace(await service.shops.load(caller.shop), plan=caller.plan, timezone=caller.timezone)
    return mailing_view(await managing.launch(shop, mailing_id, body.expected, key, service))


@router.post("/{mailing_id}/cancel", responses=documented(MailingNotFound, AlreadyStarted, NotStarted))
async def cancel(mailing_id: str, caller: GrowthOwner, service: Service) -> MailingView:
    """Before it has begun: it is a draft again."""
    return mailing_view(await managing.take_back(caller.shop, mailing_id, service))


@router.post("/{mailing_id}/stop", responses=documented(MailingNotFound, NotStarted))
async def stop(mailing_id: str, caller: GrowthOwner, service: Service) -> MailingView:
    """Within two seconds nothing leaves any more; what has left stays sent."""
    return mailing_view(await managing.stop_mailing(caller.shop, mailing_id, service))


@router.post("/{mailing_id}/test", status_code=202, responses=documented(MailingNotFound, IdempotencyKeyMissing))
async def test(mailing_id: str, key: OptionalKey, caller: GrowthOwner, service: Service) -> None:
    """To your own Telegram, if it is linked: what a guest would read."""
    shop = await service.shops.load(caller.shop)
    await managing.try_mailing(shop, mailing_id, caller.id, key, service)


@router.get("/{mailing_id}/progress", responses=documented(MailingNotFound))
async def progress(mailing_id: str, caller: GrowthOwner, service: Service) -> Progress:
    """How far the latest run is."""
    found = await managing.load_mailing(caller.shop, mailing_id, service)
    return await watch(caller.shop, found, service)


def _plan(body: MailingBody) -> Plan:
    return Plan(
        name=body.name,
        audience=body.audience.value(),
        message=Message(
            texts=tuple(Text(each.variant, each.text) for each in body.texts),
            fallback_name=body.fallback_name,
            offer=offer_of(body.offer),
            holdout_percent=body.holdout_percent,
            ends_at=body.ends_at,
        ),
        schedule=schedule_of(body.schedule),
        saved=body.audience.saved,
        max_messages=body.max_messages,
        max_offer_cost=body.max_offer_cost,
    )


def _changed(plan: Plan, body: MailingPatch) -> Plan:
    """Null is a value where there may be none, and else says nothing."""
    planned = _plain(body, "name", "max_messages", "max_offer_cost")
    if body.audience is not None:
        planned |= {"audience": body.audience.value(), "saved": body.audience.saved}
    if body.schedule is not None:
        planned["schedule"] = schedule_of(body.schedule)
    return replace(plan, message=_changed_message(plan.message, body), **planned)


def _changed_message(message: Message, body: MailingPatch) -> Message:
    said = _plain(body, "fallback_name", "holdout_percent", "ends_at")
    if body.texts is not None:
        said["texts"] = tuple(Text(each.variant, each.text) for each in body.texts)
    if "offer" in body.model_fields_set:
        said["offer"] = offer_of(body.offer)
    return replace(message, **said)


def _plain(body: MailingPatch, *names: str) -> dict[str, Any]:
    """What was said of these fields."""
    given = {name: getattr(body, name) for name in names if name in body.model_fields_set}
    return {name: value for name, value in given.items() if value is not None or name in _MAY_BE_NULL}
