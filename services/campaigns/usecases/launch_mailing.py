"""Launch a mailing: freeze its audience into batches. Whoever goes on after a crash goes on behind the batches that were made."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from services.campaigns.domain.audience import Audience
from services.campaigns.domain.batch import SIZE, Batch, batch_id
from services.campaigns.domain.errors import GROWTH, PRO, AudienceNotFound, has_plan
from services.campaigns.domain.mailing import Mailing
from services.campaigns.store.shops import Shop
from services.campaigns.usecases.announce import announce
from services.campaigns.usecases.collaborators import Campaigns
from services.campaigns.usecases.estimate import resolve

LEASE: Final = timedelta(seconds=60)
"""So long a launch or a batch that nobody finishes waits for the next who tries."""
READ: Final = 10
"""Batches whose guests are read at once."""
LOOK_AGAIN: Final = timedelta(seconds=2)


async def launch_mailing(shop_slug: str, mailing_id: str, service: Campaigns) -> None:
    """Harmless when it runs twice, also at the same moment. Raises VersionConflict when somebody else moves it: the clock looks again."""
    mailing = await service.mailings.load(shop_slug, mailing_id)
    if mailing is None or mailing.state not in {"scheduled", "launching"}:
        return
    shop, now = await service.shops.fresh(shop_slug), service.clock.now()
    if mailing.state == "scheduled":
        if mailing.due is None or mailing.due > now:
            return
        if reason := _forbidden(mailing, shop):
            await _save(mailing.fail(reason, now), shop_slug, service)
            return
        mailing = await _save(mailing.begin(now, now + LEASE), shop_slug, service)
    try:
        audience = await resolve(shop_slug, mailing.plan.audience, mailing.plan.saved, service)
    except AudienceNotFound:
        await _save(mailing.fail(AudienceNotFound.slug, now), shop_slug, service)
        return
    await _freeze(mailing, audience, shop, service)


def _forbidden(mailing: Mailing, shop: Shop) -> str:
    """The plan may have been changed since."""
    needed = PRO if len(mailing.plan.message.texts) > 1 or mailing.plan.message.gift_cost is None else GROWTH
    return "" if has_plan(shop.plan, needed) else "plan-required"


async def _freeze(mailing: Mailing, audience: Audience, shop: Shop, service: Campaigns) -> None:
    run = mailing.run
    if run is None:
        raise AssertionError("a launching mailing has a run")
    last = await service.batches.last(shop.slug, mailing.ref)
    after, number = (last.guests[-1], last.number + 1) if last else ("", 0)
    while ids := await service.audiences.following(shop.slug, audience, run.started_at, after=after, limit=SIZE * READ):
        batches = _batches(mailing, ids, number, service)
        if not await service.batches.add(shop.slug, batches):
            return  # another launch of the same run is at it
        await service.agenda.mark(shop.slug, "batches", batches[0].due)
        after, number = ids[-1], number + len(batches)
        if len(ids) < SIZE * READ:
            break
    await _finish_freezing(mailing, number, shop, service)


async def _finish_freezing(mailing: Mailing, batches: int, shop: Shop, service: Campaigns) -> None:
    last = await service.batches.last(shop.slug, mailing.ref)
    audience = (batches - 1) * SIZE + len(last.guests) if last else 0
    now = service.clock.now()
    frozen = mailing.frozen(audience=audience, batches=batches, look_again=now)
    if not batches:
        frozen = frozen.finish("audience-empty", now, shop.calendar)
    await _save(frozen, shop.slug, service)


def _batches(mailing: Mailing, ids: list[str], number: int, service: Campaigns) -> list[Batch]:
    """At the pace at which messages leave the house: what is not handed over yet can still be stopped, or be held for the night."""
    made = []
    for place in range(0, len(ids), SIZE):
        chunk = tuple(ids[place : place + SIZE])
        due = _due(mailing, number, service)
        made.append(
            Batch(
                id=batch_id(mailing.ref, number),
                ref=mailing.ref,
                number=number,
                guests=chunk,
                message=mailing.plan.message,
                due=due,
                until=mailing.sent_until(due),
                limit=mailing.plan.limit,
            )
        )
        number += 1
    return made


def _due(mailing: Mailing, number: int, service: Campaigns) -> datetime:
    if mailing.run is None:
        raise AssertionError("a launching mailing has a run")
    return mailing.run.started_at + timedelta(seconds=number * SIZE / service.per_second)


async def _save(mailing: Mailing, shop: str, service: Campaigns) -> Mailing:
    """Raises VersionConflict."""
    saved = await service.mailings.save(shop, mailing, service.clock.now())
    await service.agenda.mark(shop, "mailings", saved.due)
    await announce(shop, mailing.id, service)
    return saved


async def finish_if_settled(shop_slug: str, mailing: Mailing, service: Campaigns) -> None:
    """A mailing that is sending is over when every batch is settled. Raises VersionConflict."""
    handed = await service.batches.handed(shop_slug, mailing.ref)
    now = service.clock.now()
    if handed.waiting_batches:
        following = max(now + LOOK_AGAIN, handed.held_until or now)
        await service.mailings.save(shop_slug, replace(mailing, due=following), now)
        return
    calendar = (await service.shops.fresh(shop_slug)).calendar
    if handed.dropped.get("plan-required"):
        await _save(mailing.fail("plan-required", now), shop_slug, service)
        return
    reason = next((name for name in ("limit", "too-late") if {**handed.outcomes, **handed.dropped}.get(name)), "")
    await _save(mailing.finish(reason, now, calendar), shop_slug, service)
