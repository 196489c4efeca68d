"""`/api/v1/messages`: the delivery log (F44): how each message travels. No answer holds its words or a full address."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from bezkart.contracts.notifications import ChannelName, Urgency
from bezkart.kernel.errors import GuestNotFound
from bezkart.kit.auth import RoleRequired, Staff, Unauthenticated
from bezkart.kit.problems import documented
from services.notifications.api.service import Service, Support, own_guest
from services.notifications.domain.errors import ChannelNotPossible, MessageNotFound, MessageSettled
from services.notifications.domain.message import Message, Outcome, State
from services.notifications.usecases.accept import Request, accept, message_id
from services.notifications.usecases.escalate import escalate, load_message

router = APIRouter(prefix="/api/v1/messages", tags=["messages"], responses=documented(Unauthenticated, RoleRequired))

Key = Annotated[str, Field(min_length=1, max_length=200)]
LongestText = Annotated[str, Field(min_length=1, max_length=2000)]


class AttemptView(BaseModel):
    """`cost` in minor units of roubles; `address` is masked."""

    channel: str
    at: datetime
    outcome: Outcome
    reason: str | None
    cost: int
    provider_id: str | None
    address: str


class MessageView(BaseModel):
    """`channel` is the one that delivered it, or whose turn it is; `reason` says why it failed or was cancelled.

    `guest_id` is the reader's: a staff id where the message is for one who works in the shop.
    """

    id: str
    key: str
    guest_id: str
    template: str
    urgency: Urgency
    state: State
    channel: str | None
    address: str | None
    created_at: datetime
    expires_at: datetime
    reason: str | None
    cost: int
    attempts: list[AttemptView]


class MessageList(BaseModel):
    messages: list[MessageView]


class Escalation(BaseModel):
    model_config = ConfigDict(extra="forbid")

    channel: ChannelName


class Order(BaseModel):
    model_config = ConfigDict(extra="forbid")

    guest_id: Annotated[str, Field(max_length=100)]
    key: Key
    text: LongestText
    urgency: Urgency = "normal"
    channels: Annotated[tuple[ChannelName, ...], Field(min_length=1, max_length=3)] = ("telegram", "sms", "web")


class Orders(BaseModel):
    model_config = ConfigDict(extra="forbid")

    messages: Annotated[list[Order], Field(min_length=1, max_length=500)]


class Accepted(BaseModel):
    ids: list[str]


@router.get("", responses=documented(GuestNotFound))
async def listing(
    caller: Staff,
    service: Service,
    key: Annotated[str | None, Query(max_length=200, description="The sender's key of one message")] = None,
    guest_id: Annotated[str | None, Query(max_length=100)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> MessageList:
    """Messages by key, of a guest, or the shop's latest; newest first."""
    if key is not None:
        one = await service.messages.load(caller.shop, message_id(caller.shop, key))
        found = [one] if one else []
    elif guest_id is not None:
        guest = own_guest(caller, guest_id, service)
        found = await service.messages.of_guest(caller.shop, guest, before=None, limit=limit)
    else:
        found = await service.messages.latest(caller.shop, limit)
    return MessageList(messages=[view(each) for each in found])


@router.post("", status_code=202, responses=documented(GuestNotFound))
async def order(body: Orders, caller: Support, service: Service) -> Accepted:
    """Send plain texts on behalf of the shop: support and drills only. The same key again sends nothing."""
    now = service.clock.now()
    requests = [
        Request(
            guest_id=own_guest(caller, each.guest_id, service),
            key=each.key,
            template="text",
            values={"text": each.text},
            urgency=each.urgency,
            channels=each.channels,
            asked_at=now,
        )
        for each in body.messages
    ]
    await accept(caller.shop, requests, service)
    return Accepted(ids=[message_id(caller.shop, each.key) for each in body.messages])


@router.get("/{message_id}", responses=documented(MessageNotFound))
async def one(message_id: str, caller: Staff, service: Service) -> MessageView:
    """One message with every try."""
    return view(await load_message(caller.shop, message_id, service))


@router.post("/{message_id}/escalate", responses=documented(MessageNotFound, MessageSettled, ChannelNotPossible))
async def another_way(message_id: str, body: Escalation, caller: Staff, service: Service) -> MessageView:
    """Send it by another channel now, whatever has been tried."""
    return view(await escalate(caller.shop, message_id, body.channel, service))


def view(message: Message) -> MessageView:
    by = message.delivered_by
    addressed = by or next((each for each in reversed(message.attempts) if each.address), None)
    return MessageView(
        id=message.id,
        key=message.key,
        guest_id=message.guest_id,
        template=message.template,
        urgency=message.urgency,
        state=message.state,
        channel=by.channel if by and not message.pending else message.channel,
        address=addressed.address if addressed else None,
        created_at=message.created_at,
        expires_at=message.expires_at,
        reason=message.reason,
        cost=sum(each.cost for each in message.attempts),
        attempts=[AttemptView.model_validate(each, from_attributes=True) for each in message.attempts],
    )
