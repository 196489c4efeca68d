"""Send a part of a campaign's audience: decide on each guest, mark the caps, write what was decided and the commands at once.

Whatever dies in between is done again with the same result: marks are set once for a run, the batch is written once, and the keys of the
commands are those of the first time.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from bezkart.contracts.command import Command
from bezkart.kernel.errors import VersionConflict
from services.campaigns.domain.batch import Batch, Dropped
from services.campaigns.domain.errors import GROWTH, PRO, has_plan
from services.campaigns.domain.guest import Guest
from services.campaigns.domain.manners import Mark, quiet_until
from services.campaigns.domain.split import HOLDOUT, side
from services.campaigns.store.mailings import KIND as MAILING
from services.campaigns.store.responses import Addressed
from services.campaigns.store.shops import Shop
from services.campaigns.usecases.announce import announce
from services.campaigns.usecases.collaborators import Campaigns
from services.campaigns.usecases.commands import address

SENDING: Final = frozenset({"launching", "sending", "active"})
"""A campaign in another state sends nothing."""
OUT_OF_TURN: Final = timedelta(seconds=2)
PLANS: Final = {MAILING: GROWTH, "trigger": PRO}


async def send_batch(shop_slug: str, batch_id: str, service: Campaigns) -> None:
    """Harmless when it runs twice, also at the same moment."""
    batch = await service.batches.load(shop_slug, batch_id)
    if batch is None or batch.state != "waiting":
        return
    shop = await service.shops.load(shop_slug)
    try:
        await _settle(batch, shop, service)
    except VersionConflict:
        return  # somebody else was quicker
    if batch.ref.kind == MAILING:
        await announce(shop_slug, batch.ref.id, service)


async def _settle(batch: Batch, shop: Shop, service: Campaigns) -> None:
    """Raises VersionConflict."""
    now = service.clock.now()
    if dropped := await _obstacle(batch, shop, now, service):
        await service.batches.save(shop.slug, batch.drop(dropped, now), now)
        return
    on_its_way = timedelta(seconds=len(batch.guests) / service.per_second)
    if quiet := quiet_until(now, shop.calendar, ahead=on_its_way):
        await service.batches.save(shop.slug, batch.hold(quiet), now)
        await service.agenda.mark(shop.slug, "batches", quiet)
        return
    if batch.limit is not None and await service.batches.first_waiting(shop.slug, batch.ref) != batch.id:
        await service.batches.take_again(shop.slug, batch.id, now + OUT_OF_TURN)  # with a limit they go one by one
        await service.agenda.mark(shop.slug, "batches", now + OUT_OF_TURN)
        return
    await _send(batch, shop, now, service)


async def _obstacle(batch: Batch, shop: Shop, now: datetime, service: Campaigns) -> Dropped | None:
    """Why the whole batch is not sent."""
    if not has_plan(shop.plan, PLANS[batch.ref.kind]):
        return "plan-required"
    if await stopped(batch, shop.slug, service):
        return "stopped"
    return "too-late" if now >= batch.until else None


async def stopped(batch: Batch, shop: str, service: Campaigns) -> bool:
    """Whether the campaign sends nothing any more. A trigger that is changed meanwhile goes on."""
    state, _ = await service.mailings.state_of(shop, batch.ref.id)
    return state not in SENDING


async def _send(batch: Batch, shop: Shop, now: datetime, service: Campaigns) -> None:
    guests = await service.guests.load_many(shop.slug, batch.guests)
    run = str(batch.ref)
    outcomes = {guest_id: _obstacle_of(guests[guest_id], batch) for guest_id in batch.guests}
    wanted = {
        guest_id: Mark(run, _side(batch, guest_id), now, guests[guest_id].segment)
        for guest_id, obstacle in outcomes.items()
        if obstacle is None
    }
    chosen = await _within_limit(batch, wanted, shop.slug, service)
    reached = await service.marks.reach(shop.slug, run, chosen)
    decided = {
        guest_id: obstacle or _decided(guest_id, wanted, chosen, reached) for guest_id, obstacle in outcomes.items()
    }
    if await stopped(batch, shop.slug, service):
        await service.marks.take_back(shop.slug, run, reached)
        await service.batches.save(shop.slug, batch.drop("stopped", now), now)
        return
    await service.responses.open(shop.slug, _addressed(batch, wanted, reached, now))
    commands: list[Command] = []
    for guest_id in batch.guests:
        if decided[guest_id] in batch.message.variants:
            commands += address(batch, guests[guest_id], decided[guest_id], shop, now)
    await service.batches.save(shop.slug, batch.send(decided, now), now, commands)


async def _within_limit(batch: Batch, wanted: Mapping[str, Mark], shop: str, service: Campaigns) -> Mapping[str, Mark]:
    """As many as the run may still write to; those held back cost nothing."""
    if batch.limit is None:
        return wanted
    left = max(0, batch.limit - (await service.batches.handed(shop, batch.ref)).messages)
    messages = [guest_id for guest_id, mark in wanted.items() if mark.variant != HOLDOUT]
    over = set(messages[left:])
    return {guest_id: mark for guest_id, mark in wanted.items() if guest_id not in over}


def _side(batch: Batch, guest_id: str) -> str:
    message = batch.message
    return side(guest_id, batch.ref.id, holdout_percent=message.holdout_percent, variants=message.variants)


def _obstacle_of(guest: Guest, batch: Batch) -> str | None:
    """Who left since the audience was frozen."""
    if guest.erased or guest.profile is None:
        return "gone"
    if not guest.ads:
        return "no-consent"
    if guest.reach == "none":
        return "unreachable"
    since, last = batch.unless_bought_since, guest.account.last_purchase_at if guest.account else None
    return "bought" if since and last and last > since else None


def _decided(guest_id: str, wanted: Mapping[str, Mark], chosen: Mapping[str, Mark], reached: set[str]) -> str:
    if guest_id not in chosen:
        return "limit"
    return wanted[guest_id].variant if guest_id in reached else "frequency"


def _addressed(batch: Batch, wanted: Mapping[str, Mark], reached: set[str], now: datetime) -> list[Addressed]:
    return [
        Addressed(
            key=f"{batch.ref}:{guest_id}",
            campaign=batch.ref.campaign,
            guest_id=guest_id,
            side=mark.variant,
            segment=mark.segment,
            sent_at=now,
        )
        for guest_id, mark in wanted.items()
        if guest_id in reached
    ]
