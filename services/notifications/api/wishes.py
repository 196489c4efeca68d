"""`/api/v1/inbox/settings`, `/push`, `/export`: what a guest wants to hear of and where, and everything that is held of him here."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from bezkart.kernel.errors import GuestErased
from bezkart.kit.auth import Guest, RoleRequired, Unauthenticated
from bezkart.kit.problems import documented
from services.notifications.api.service import Service
from services.notifications.domain.catalogue import TOPICS
from services.notifications.domain.errors import PushOff, PushRefused
from services.notifications.domain.message import Message, Outcome, State
from services.notifications.usecases.own_wishes import add_browser, browser_id, push_of, routes_of, switch_topics

router = APIRouter(
    prefix="/api/v1/inbox", tags=["inbox"], responses=documented(Unauthenticated, RoleRequired, GuestErased)
)

Endpoint = Annotated[str, Field(min_length=1, max_length=1000)]


class TopicsView(BaseModel):
    """Receipts, requests to rate, reminders of points that expire. Codes and answers always come."""

    receipts: bool
    ratings: bool
    reminders: bool


class TopicsBody(BaseModel):
    """What is left out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    receipts: bool | None = None
    ratings: bool | None = None
    reminders: bool | None = None


class Keys(BaseModel):
    model_config = ConfigDict(extra="forbid")

    p256dh: Annotated[str, Field(min_length=1, max_length=200)]
    auth: Annotated[str, Field(min_length=1, max_length=100)]


class Subscription(BaseModel):
    """As the browser's `PushSubscription.toJSON()` gives it."""

    model_config = ConfigDict(extra="ignore")

    endpoint: Endpoint
    keys: Keys


class Gone(BaseModel):
    model_config = ConfigDict(extra="forbid")

    endpoint: Endpoint


class PushView(BaseModel):
    """`public_key` is what the browser subscribes with; null where notes are not switched on. `browsers` have subscribed."""

    public_key: str | None
    browsers: int


class OwnAttempt(BaseModel):
    channel: str
    at: datetime
    outcome: Outcome
    address: str


class OwnMessage(BaseModel):
    """`text` is null where a code was, or where there are no words."""

    id: str
    template: str
    at: datetime
    text: str | None
    state: State
    read_at: datetime | None
    attempts: list[OwnAttempt]


class InboxExport(BaseModel):
    """Everything notifications hold of the guest; `phone` is masked here, identity gives it in full."""

    exported_at: datetime
    telegram: bool
    phone: str | None
    language: str
    settings: TopicsView
    browsers: list[datetime]
    messages: list[OwnMessage]


@router.get("/settings")
async def settings(caller: Guest, service: Service) -> TopicsView:
    """What the guest wants to hear of."""
    return _topics((await routes_of(caller.shop, caller.id, service)).muted)


@router.put("/settings")
async def switch(body: TopicsBody, caller: Guest, service: Service) -> TopicsView:
    """Switch topics off and on."""
    wanted = body.model_dump(exclude_none=True)
    return TopicsView(**await switch_topics(caller.shop, caller.id, wanted, service))


@router.get("/push")
async def push(caller: Guest, service: Service) -> PushView:
    """How a browser subscribes, and how many have."""
    known = await routes_of(caller.shop, caller.id, service)
    return PushView(public_key=service.push.public_key if service.push else None, browsers=len(known.browsers))


@router.put("/push", responses=documented(PushOff, PushRefused))
async def subscribe(body: Subscription, caller: Guest, service: Service) -> PushView:
    """This browser wants notes; the last five of a guest are kept."""
    await add_browser(caller.shop, caller.id, body.model_dump(), service)
    known = await routes_of(caller.shop, caller.id, service)
    return PushView(public_key=push_of(service).public_key, browsers=len(known.browsers))


@router.delete("/push", status_code=204)
async def unsubscribe(caller: Guest, service: Service, body: Gone | None = None) -> None:
    """This browser wants none any more; without a body, no browser does."""
    if body is None:
        await service.wishes.drop_browsers(caller.shop, caller.id)
    else:
        await service.wishes.drop_browser(caller.shop, caller.id, browser_id(body.endpoint))


@router.get("/export")
async def export(caller: Guest, service: Service) -> InboxExport:
    """Everything that is held of the guest here, oldest first (F3)."""
    known = await routes_of(caller.shop, caller.id, service)
    return InboxExport(
        exported_at=service.clock.now(),
        telegram=known.telegram is not None,
        phone=known.masked_phone,
        language=known.language,
        settings=_topics(known.muted),
        browsers=[each.since for each in known.browsers],
        messages=[_message(each) for each in await service.messages.everything(caller.shop, caller.id)],
    )


def _topics(muted: frozenset[str]) -> TopicsView:
    return TopicsView(**{topic: topic not in muted for topic in TOPICS})


def _message(message: Message) -> OwnMessage:
    return OwnMessage(
        id=message.id,
        template=message.template,
        at=message.created_at,
        text=None if message.secret else message.text,
        state=message.state,
        read_at=message.read_at,
        attempts=[
            OwnAttempt(channel=each.channel, at=each.at, outcome=each.outcome, address=each.address)
            for each in message.attempts
        ],
    )
