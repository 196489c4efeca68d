"""Take messages in: words, way and inbox copy are settled here, once; what has to travel goes to its channel's queue."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

import structlog

from bezkart.contracts.event import Event
from bezkart.kernel.ids import derived_id
from bezkart.kernel.wording import TemplateInvalid, ValueMissing, render, used
from services.notifications.channels.port import Outgoing, SendFailed
from services.notifications.domain.buttons import Button
from services.notifications.domain.catalogue import CATALOGUE, NAMELESS, OUTSIDE_INBOX
from services.notifications.domain.message import (
    EXPIRED,
    LIFE,
    SWITCHED_OFF,
    Attempt,
    Message,
    State,
    Urgency,
    allowed_steps,
)
from services.notifications.domain.routes import Routes
from services.notifications.store.shops import ShopWords
from services.notifications.usecases.collaborators import Notifications
from services.notifications.usecases.enqueue import enqueue, enqueue_push
from services.notifications.usecases.events import told
from services.notifications.usecases.keep_back import bar, stopped_among

log = structlog.get_logger("bezkart.notifications")

HINTED: Final = 20
"""In larger batches no open page is told of what is not urgent: it reads the store when it looks next."""
UNKNOWN_TEMPLATE: Final = "no-such-template"


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody wants a guest to be told, or one of the `staff` (of the guest `about`); `asked_at` is when.

    Of a `campaign` it is only for those who have not taken their consent to advertising back.
    """

    guest_id: str
    key: str
    template: str
    values: Mapping[str, str | int]
    urgency: Urgency
    channels: tuple[str, ...]
    asked_at: datetime
    expires_at: datetime | None = None
    sealed_phone: str | None = field(default=None, repr=False)
    buttons: tuple[Button, ...] = ()
    staff: bool = False
    about: str | None = None
    picture: str | None = field(default=None, repr=False)
    campaign: str | None = None


def message_id(shop: str, key: str) -> str:
    """The same key is the same message."""
    return derived_id("m", shop, key)


async def accept(shop: str, requests: Sequence[Request], service: Notifications) -> None:
    """Asked twice, sent once. An erased guest is told nothing."""
    ids = {request.guest_id for request in requests}
    routes = await service.guests.load_many(shop, ids)
    erased = await service.guests.erased(shop, ids - routes.keys()) if ids - routes.keys() else set()
    words = await service.shops.words(shop)
    stopped = await stopped_among(shop, (request.campaign for request in requests), service)
    wanted = {message_id(shop, request.key): request for request in requests if request.guest_id not in erased}
    messages = [
        _message(each, request, routes.get(request.guest_id, Routes(request.guest_id)), words, stopped, service=service)
        for each, request in wanted.items()
    ]
    now = service.clock.now()
    ready = [message for message in messages if message.ready(now)]
    queued = [message.queued(now) if message.ready(now) else message for message in messages]
    new: list[tuple[Message, Sequence[Event]]] = [(message, told(shop, message, now)) for message in queued]
    await service.messages.add(shop, new, now)
    enqueue(shop, ready, service)
    await service.agenda.note(shop, min((each.due_at for each in queued if each.due_at), default=None))
    kept = [each for each in queued if in_inbox(each)]
    enqueue_push(shop, [each for each in kept if each.guest_id in routes and routes[each.guest_id].browsers], service)
    heard = [each for each in kept if each.urgent or len(queued) <= HINTED]
    await asyncio.gather(*(_copy(shop, message, service) for message in heard))


def in_inbox(message: Message) -> bool:
    """Whether the guest finds it there."""
    return message.text is not None and not message.staff and message.template not in OUTSIDE_INBOX


def _message(
    identity: str,
    request: Request,
    routes: Routes,
    words: ShopWords,
    stopped: frozenset[str],
    *,
    service: Notifications,
) -> Message:
    now, message = service.clock.now(), _ordered(identity, request, service)
    template = CATALOGUE.get(request.template)
    if template is None:
        return replace(message, state=State.FAILED, reason=UNKNOWN_TEMPLATE)
    try:
        text = _say(request, routes, words, service)
    except (ValueMissing, TemplateInvalid) as error:
        return replace(message, state=State.FAILED, reason=f"{error.slug}:{error.detail}")
    if message.expires_at <= now:
        return replace(message, state=State.EXPIRED, reason=EXPIRED)
    if template.topic in routes.muted:
        return replace(message, state=State.CANCELLED, reason=SWITCHED_OFF)
    if reason := bar(message, routes, stopped):
        return message.cancelled(reason)
    wanted = allowed_steps(request.urgency, request.channels)
    ways = routes.typed(request.sealed_phone)
    skipped = {each: obstacle for each in wanted if (obstacle := ways.obstacle(each))}
    attempts = tuple(Attempt(each, now, "skipped", reason) for each, reason in skipped.items())
    sealed = service.envelopes.seal(text) if message.secret else text
    steps = tuple(each for each in wanted if each not in skipped)
    ordered = replace(message, text=sealed, sealed_phone=request.sealed_phone, steps=steps, attempts=attempts)
    return ordered.started(now)


def _ordered(identity: str, request: Request, service: Notifications) -> Message:
    """As it was asked for, without words and way."""
    longest = service.clock.now() + LIFE[request.urgency]
    template = CATALOGUE.get(request.template)
    return Message(
        id=identity,
        guest_id=request.guest_id,
        key=request.key,
        template=request.template,
        urgency=request.urgency,
        created_at=request.asked_at,
        expires_at=min(request.expires_at or longest, longest),
        steps=(),
        text=None,
        secret=template.secret if template else False,
        buttons=request.buttons,
        staff=request.staff,
        about=request.about,
        picture=request.picture,
        campaign=request.campaign,
    )


def _say(request: Request, routes: Routes, words: ShopWords, service: Notifications) -> str:
    """The shop's own words, else the catalogue's, with the shop's gift and conditions where the sender gave none."""
    template, language = CATALOGUE[request.template], routes.language
    known = {"gift": words.of(words.gift, language), "conditions": words.of(words.conditions, language)}
    if template.own_words:
        text = str(request.values.get("text") or "")
        known |= _named(text, request, routes, service)
    else:
        text = words.texts.get(template.name, {}).get(language) or template.texts[language]
    return render(text, {**known, **request.values}, language)


def _named(text: str, request: Request, routes: Routes, service: Notifications) -> dict[str, str]:
    """The first name, which no order carries; in an optional part of the text it may also be left out."""
    if not text:
        raise ValueMissing("text")
    if "name" not in used(text):
        return {}
    name = service.envelopes.open(routes.name) if routes.name else str(request.values.get("fallback_name") or "")
    if not name and "name" in used(text, always=True):
        name = NAMELESS[routes.language]
    return {"name": name}


async def _copy(shop: str, message: Message, service: Notifications) -> None:
    """The inbox has its copy already (the document itself); this tells an open page."""
    text = open_text(message, service)
    copy = Outgoing(message_id=message.id, shop=shop, address=message.guest_id, text=text, urgent=message.urgent)
    try:
        await service.sendings.inbox.send(copy)
    except SendFailed as failed:
        log.info("inbox_copy_not_announced", reason=failed.reason)


def open_text(message: Message, service: Notifications) -> str:
    """The words as the guest reads them; empty where they have been wiped."""
    if message.text is None:
        return ""
    return service.envelopes.open(message.text) if message.secret else message.text
