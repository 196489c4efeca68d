"""Mailings as they are asked for and answered (F30)."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from services.campaigns.api.audience_views import AudienceBody, audience_view
from services.campaigns.api.offers import CouponOffer, FallbackName, HoldoutPercent, MessageText, OfferBody, PointsOffer
from services.campaigns.api.schedules import NowBody, ScheduleBody, schedule_view
from services.campaigns.domain import message as domain
from services.campaigns.domain.mailing import Mailing, Run, State

Name = Annotated[str, Field(min_length=1, max_length=120)]
Count = Annotated[int, Field(ge=1, le=10_000_000)]


class TextBody(BaseModel):
    model_config = ConfigDict(extra="forbid", from_attributes=True)

    variant: Literal["a", "b"] = "a"
    text: MessageText


Texts = Annotated[list[TextBody], Field(min_length=1, max_length=2)]


class MailingBody(BaseModel):
    """Two texts are tried against each other (plan pro). Past `ends_at` nothing is sent any more."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    audience: AudienceBody = AudienceBody()
    texts: Texts
    fallback_name: FallbackName = ""
    offer: OfferBody | None = None
    schedule: ScheduleBody = NowBody(kind="now")
    ends_at: AwareDatetime | None = None
    holdout_percent: HoldoutPercent = 10
    max_messages: Count | None = None
    max_offer_cost: Annotated[int | None, Field(ge=1, description="Minor units; of points")] = None


class MailingPatch(BaseModel):
    """What is left out stays; null where it is a value (no offer, no end, no limit)."""

    model_config = ConfigDict(extra="forbid")

    name: Name | None = None
    audience: AudienceBody | None = None
    texts: Texts | None = None
    fallback_name: FallbackName | None = None
    offer: OfferBody | None = None
    schedule: ScheduleBody | None = None
    ends_at: AwareDatetime | None = None
    holdout_percent: HoldoutPercent | None = None
    max_messages: Count | None = None
    max_offer_cost: Annotated[int | None, Field(ge=1)] = None


class LaunchBody(BaseModel):
    """`expected`: `will_get` of the estimate that the owner has seen."""

    model_config = ConfigDict(extra="forbid")

    expected: Annotated[int, Field(ge=0, strict=True)]


class RunView(BaseModel):
    """One sending; `outcome` is `done`, `stopped` or `failed` once it is over."""

    number: int
    started_at: datetime
    ended_at: datetime | None
    audience: int
    outcome: str


class MailingView(BaseModel):
    """`reason` says why it stopped, failed or sent nothing: `owner`, `plan-required`, `audience-empty`, `limit`, `too-late`.

    `starts_at` is when it begins; until then it can be taken back.
    """

    id: str
    name: str
    state: State
    reason: str
    audience: AudienceBody
    texts: list[TextBody]
    fallback_name: str
    offer: OfferBody | None
    schedule: ScheduleBody
    ends_at: datetime | None
    holdout_percent: int
    max_messages: int | None
    max_offer_cost: int | None
    created_at: datetime
    starts_at: datetime | None
    runs: list[RunView]


class Listing(BaseModel):
    """Which mailings; `q` is a part of the name."""

    state: State | None = None
    q: Annotated[str, Field(max_length=80)] = ""
    after: str | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class MailingsPage(BaseModel):
    mailings: list[MailingView]
    next: str | None


class PreviewBody(BaseModel):
    """On a real guest, if `guest_id` says one."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, Field(max_length=4000)]
    fallback_name: FallbackName = ""
    offer: OfferBody | None = None
    guest_id: Annotated[str | None, Field(max_length=100)] = None


class PreviewGuest(BaseModel):
    """Whose values they are. A name is known to nobody here: the preview says `fallback_name`."""

    id: str
    segment: str | None
    stamps_left: int
    points: int


class PreviewView(BaseModel):
    """`problems` are why the text cannot be saved; then `text` is as far as it could be read."""

    text: str
    guest: PreviewGuest | None
    length: int
    problems: list[str]


def mailing_view(mailing: Mailing) -> MailingView:
    plan = mailing.plan
    return MailingView(
        id=mailing.id,
        name=plan.name,
        state=mailing.state,
        reason=mailing.reason,
        audience=audience_view(plan.audience, plan.saved),
        texts=[TextBody.model_validate(each) for each in plan.message.texts],
        fallback_name=plan.message.fallback_name,
        offer=offer_view(plan.message.offer),
        schedule=schedule_view(plan.schedule),
        ends_at=plan.message.ends_at,
        holdout_percent=plan.message.holdout_percent,
        max_messages=plan.max_messages,
        max_offer_cost=plan.max_offer_cost,
        created_at=mailing.created_at,
        starts_at=mailing.starts_at,
        runs=[_run_view(run) for run in reversed(mailing.runs)],
    )


def offer_view(offer: domain.Offer | None) -> OfferBody | None:
    match offer:
        case None:
            return None
        case domain.PointsOffer():
            return PointsOffer.model_validate(offer)
        case domain.CouponOffer():
            return CouponOffer.model_validate(offer)


def offer_of(body: OfferBody | None) -> domain.Offer | None:
    """What a request says of the offer."""
    match body:
        case None:
            return None
        case PointsOffer():
            return domain.PointsOffer(body.points, body.valid_days)
        case CouponOffer():
            return domain.CouponOffer(body.promotion_id, body.valid_days)


def _run_view(run: Run) -> RunView:
    return RunView(
        number=run.number,
        started_at=run.started_at,
        ended_at=run.ended_at,
        audience=run.audience,
        outcome=run.outcome,
    )
