"""What the owner does with a mailing (F30): write it, launch it, take it back, stop it, try it."""

from collections.abc import Callable
from typing import Final

from bezkart.kernel.errors import IdempotencyKeyReused, VersionConflict
from bezkart.kernel.ids import derived_id
from bezkart.kit.documents import until_written
from services.campaigns.domain.errors import (
    PRO,
    AudienceChanged,
    AudienceEmpty,
    MailingNotFound,
    NotADraft,
    require_plan,
)
from services.campaigns.domain.mailing import Mailing, Plan
from services.campaigns.domain.message import CouponOffer, check_text
from services.campaigns.store.shops import Shop
from services.campaigns.usecases.announce import announce
from services.campaigns.usecases.collaborators import Campaigns
from services.campaigns.usecases.commands import cancel, show_to
from services.campaigns.usecases.estimate import estimate, resolve
from services.campaigns.usecases.keep_promotions import check_coupon
from services.campaigns.usecases.preview import preview

TOLERATED: Final = 10
"""Guests, and percent, by which the audience may differ from what the owner has seen."""
_PERCENT: Final = 100


async def load_mailing(shop: str, mailing_id: str, service: Campaigns) -> Mailing:
    """Raises MailingNotFound."""
    mailing = await service.mailings.load(shop, mailing_id)
    if mailing is None:
        raise MailingNotFound
    return mailing


async def write_mailing(shop: Shop, plan: Plan, staff_id: str, key: str, service: Campaigns) -> Mailing:
    """A draft; the same key again is the same one. Raises TemplateInvalid, MailingInvalid, PlanRequired, AudienceNotFound
    and what `check_coupon` does.
    """
    await _check(shop, plan, service)
    now = service.clock.now()
    mailing = Mailing(derived_id("c", shop.slug, key), plan, created_at=now, created_by=staff_id)
    try:
        return await service.mailings.save(shop.slug, mailing, now)
    except VersionConflict:
        found = await load_mailing(shop.slug, mailing.id, service)
        if found.plan != plan and found.version == 1:
            raise IdempotencyKeyReused from None
        return found


async def change_mailing(shop: Shop, mailing_id: str, change: Callable[[Plan], Plan], service: Campaigns) -> Mailing:
    """Raises what writing does, MailingNotFound, NotADraft."""

    async def attempt() -> Mailing:
        mailing = await load_mailing(shop.slug, mailing_id, service)
        plan = change(mailing.plan)
        changed = mailing.change(plan)
        await _check(shop, plan, service)
        return await service.mailings.save(shop.slug, changed, service.clock.now())

    return await until_written(attempt)


async def delete_mailing(shop: str, mailing_id: str, service: Campaigns) -> None:
    """Only one that was never sent. Raises MailingNotFound, NotADraft."""
    mailing = await load_mailing(shop, mailing_id, service)
    if mailing.state != "draft" or mailing.runs or not await service.mailings.delete(shop, mailing):
        raise NotADraft


async def launch(shop: Shop, mailing_id: str, expected: int, key: str, service: Campaigns) -> Mailing:
    """The same key again is the same launch.

    Raises MailingNotFound, NotADraft, AudienceEmpty, AudienceChanged, DateInPast and what writing does.
    """

    async def attempt() -> Mailing:
        mailing = await load_mailing(shop.slug, mailing_id, service)
        if mailing.launch_key == key:
            return mailing
        launched = mailing.launch(service.clock.now(), shop.calendar, key=key)
        await _check(shop, mailing.plan, service)
        await _confirm(shop, mailing.plan, expected, service)
        return await _saved(shop.slug, launched, service)

    return await until_written(attempt)


async def take_back(shop: str, mailing_id: str, service: Campaigns) -> Mailing:
    """Before it began. Raises MailingNotFound, AlreadyStarted, NotStarted."""

    async def attempt() -> Mailing:
        return await _saved(shop, (await load_mailing(shop, mailing_id, service)).cancel(), service)

    return await until_written(attempt)


async def stop_mailing(shop: str, mailing_id: str, service: Campaigns) -> Mailing:
    """What is on its way is called back; once it is stopped, stopping changes nothing. Raises MailingNotFound, NotStarted."""

    async def attempt() -> Mailing:
        mailing = await load_mailing(shop, mailing_id, service)
        if mailing.state == "stopped":
            return mailing
        now = service.clock.now()
        commands = [cancel(shop, mailing.ref)] if mailing.runs else []
        stopped = await service.mailings.save(shop, mailing.stop(now), now, commands)
        await announce(shop, mailing_id, service)
        return stopped

    return await until_written(attempt)


async def try_mailing(shop: Shop, mailing_id: str, staff_id: str, key: str, service: Campaigns) -> None:
    """Every text to the owner's own Telegram, if he has linked it. Raises MailingNotFound."""

    async def attempt() -> None:
        mailing = await load_mailing(shop.slug, mailing_id, service)
        message = mailing.plan.message
        shown = [(await preview(shop, each.text, message.fallback_name, None, service)).text for each in message.texts]
        notes = [
            show_to(shop.slug, staff_id, text, f"test-{mailing.id}-{key}-{place}") for place, text in enumerate(shown)
        ]
        await service.mailings.save(shop.slug, mailing, service.clock.now(), notes)

    await until_written(attempt)


async def _check(shop: Shop, plan: Plan, service: Campaigns) -> None:
    plan.check()
    if len(plan.message.texts) > 1 or isinstance(plan.message.offer, CouponOffer):
        require_plan(shop.plan, PRO)
    for place, text in enumerate(plan.message.texts):
        check_text(text.text, mode=shop.program.mode, pointer=f"/texts/{place}/text")
    await check_coupon(shop.slug, plan.message.offer, service)
    await resolve(shop.slug, plan.audience, plan.saved, service)


async def _confirm(shop: Shop, plan: Plan, expected: int, service: Campaigns) -> None:
    """A mailing to everybody by mistake is noticed here."""
    audience = await resolve(shop.slug, plan.audience, plan.saved, service)
    will_get = (await estimate(shop, audience, plan.message, service, limit=plan.limit)).will_get
    if not will_get:
        raise AudienceEmpty
    difference = abs(will_get - expected)
    if difference > TOLERATED and difference * _PERCENT > expected * TOLERATED:
        raise AudienceChanged(count=will_get)


async def _saved(shop: str, mailing: Mailing, service: Campaigns) -> Mailing:
    saved = await service.mailings.save(shop, mailing, service.clock.now())
    await service.agenda.mark(shop, "mailings", saved.due)
    await announce(shop, mailing.id, service)
    return saved
