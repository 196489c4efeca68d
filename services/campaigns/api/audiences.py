"""`/api/v1/mailings/audiences` and `/estimate`, `/preview`: whom it reaches, and what they would read (F30, F35)."""

from dataclasses import replace

from fastapi import APIRouter

from bezkart.kernel.errors import GuestNotFound
from bezkart.kernel.ids import derived_id
from bezkart.kit.auth import RoleRequired, Unauthenticated
from bezkart.kit.idempotency import IdempotencyKeyMissing, OptionalKey
from bezkart.kit.problems import documented
from services.campaigns.api.audience_views import (
    EstimateBody,
    EstimateView,
    ReachableView,
    SavedAudienceBody,
    SavedAudiencesView,
    SavedAudienceView,
    saved_view,
)
from services.campaigns.api.caller import GrowthOwner, Service
from services.campaigns.api.mailing_views import PreviewBody, PreviewGuest, PreviewView, offer_of
from services.campaigns.domain.audience import SavedAudience
from services.campaigns.domain.errors import AudienceNotFound, MailingInvalid, PlanRequired, TooManyAudiences
from services.campaigns.domain.message import Message
from services.campaigns.store.saved_audiences import MOST
from services.campaigns.usecases.estimate import estimate as count
from services.campaigns.usecases.estimate import resolve
from services.campaigns.usecases.preview import Preview
from services.campaigns.usecases.preview import preview as read

router = APIRouter(
    prefix="/api/v1/mailings", tags=["mailings"], responses=documented(Unauthenticated, RoleRequired, PlanRequired)
)


@router.post("/estimate", responses=documented(AudienceNotFound))
async def estimate(body: EstimateBody, caller: GrowthOwner, service: Service) -> EstimateView:
    """As of now; nothing is kept."""
    shop = replace(await service.shops.load(caller.shop), timezone=caller.timezone)
    audience = await resolve(caller.shop, body.audience.value(), body.audience.saved, service)
    message = Message(texts=(), offer=offer_of(body.offer), holdout_percent=body.holdout_percent)
    found = await count(shop, audience, message, service)
    return EstimateView(
        audience=found.counts.audience,
        reachable=ReachableView(telegram=found.counts.telegram, web=found.counts.web),
        excluded=found.counts.excluded,
        holdout=found.holdout,
        will_get=found.will_get,
        sms_cost=0,
        gift_cost_max=found.gift_cost_max,
        quiet_until=found.quiet_until,
    )


@router.post("/preview", responses=documented(GuestNotFound))
async def preview(body: PreviewBody, caller: GrowthOwner, service: Service) -> PreviewView:
    """What a guest would read; what keeps the text from being saved is told as well."""
    shop = await service.shops.load(caller.shop)
    found = await read(shop, body.text, body.fallback_name, body.guest_id, service)
    return PreviewView(text=found.text, guest=_guest(found), length=len(found.text), problems=list(found.problems))


@router.get("/audiences")
async def audiences(caller: GrowthOwner, service: Service) -> SavedAudiencesView:
    """By name."""
    return SavedAudiencesView(audiences=[saved_view(each) for each in await service.saved.all(caller.shop)])


@router.post(
    "/audiences", status_code=201, responses=documented(TooManyAudiences, MailingInvalid, IdempotencyKeyMissing)
)
async def save(body: SavedAudienceBody, key: OptionalKey, caller: GrowthOwner, service: Service) -> SavedAudienceView:
    """For the next mailing; a mailing that names it takes it as it is at launch."""
    if body.audience.saved is not None:
        raise MailingInvalid("a saved audience is made of conditions", pointer="/audience/saved")
    if len(await service.saved.all(caller.shop)) >= MOST:
        raise TooManyAudiences
    saved = SavedAudience(derived_id("audience", caller.shop, key), body.name, body.audience.value())
    await service.saved.save(caller.shop, saved, service.clock.now())
    return saved_view(saved)


@router.delete("/audiences/{audience_id}", status_code=204, responses=documented(AudienceNotFound))
async def forget(audience_id: str, caller: GrowthOwner, service: Service) -> None:
    """A mailing that waits for its start with it will fail, and say why."""
    if not await service.saved.delete(caller.shop, audience_id):
        raise AudienceNotFound


def _guest(found: Preview) -> PreviewGuest | None:
    if found.guest is None:
        return None
    return PreviewGuest(
        id=found.guest.id,
        segment=found.guest.segment,
        stamps_left=int(found.values.get("stamps_left", 0)),
        points=int(found.values.get("points", 0)),
    )
