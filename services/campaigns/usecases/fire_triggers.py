"""Triggers speak (F32): whoever is due is looked at once more, and goes the way of every campaign (`reach_guests`).

Cut off anywhere it is done again with the same result: a guest is reached once for a run (the day of the occasion), whatever batch
names him; and the agenda, which forgets an occasion only after that, is written on the condition that nobody else has.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from bezkart.kernel.errors import VersionConflict
from services.campaigns.domain.agenda import Entry
from services.campaigns.domain.batch import SIZE, Ref
from services.campaigns.domain.errors import PRO, has_plan
from services.campaigns.domain.guest import Guest
from services.campaigns.domain.manners import DROPPED_AFTER, quiet_until
from services.campaigns.domain.message import CouponOffer
from services.campaigns.domain.trigger import Birthday, Known, Silent, Trigger, birthdays_on
from services.campaigns.store.shops import Shop
from services.campaigns.usecases.collaborators import Campaigns
from services.campaigns.usecases.learn_guests import Lesson, learn_guests
from services.campaigns.usecases.notice_occasions import lesson
from services.campaigns.usecases.reach_guests import reach

KIND: Final = "trigger"
LOOK_AGAIN: Final = timedelta(hours=1)
LOOKED_BACK: Final = timedelta(days=2)
"""An undone purchase, or a worker that was away, lets a day of silence be noticed so late."""


async def fire_triggers(service: Campaigns) -> None:
    """In every shop where something is due. Safe to run twice at the same moment."""
    for due in await service.agenda.due("triggers", service.clock.now()):
        shop = await service.shops.load(due.shop)
        if quiet := quiet_until(service.clock.now(), shop.calendar):
            await service.agenda.settle(due, "triggers", quiet)  # decided in the morning, when more is known
            continue
        try:
            await _look(shop, service)
            await _fire(shop, service)
        except VersionConflict:
            continue  # somebody else is at it, or something happened to a guest: the next tick
        await service.agenda.settle(due, "triggers", await next_due(due.shop, service))


async def next_due(shop: str, service: Campaigns) -> datetime | None:
    """When triggers have something to do next in this shop."""
    moments = (await service.guests.next_occasion(shop), await service.triggers.next_look(shop))
    return min((each for each in moments if each), default=None)


async def why_silent(trigger: Trigger, shop: Shop, service: Campaigns) -> str | None:
    """Why a trigger that is switched on says nothing; None if it does."""
    if not has_plan(shop.plan, PRO):
        return "plan-required"
    if isinstance(offer := trigger.message.offer, CouponOffer):
        promotion = await service.promotions.load(shop.slug, offer.promotion_id)
        if promotion is None or promotion.state != "active":
            return "promotion-off"
    return None


async def _look(shop: Shop, service: Campaigns) -> None:
    """Guests whom time alone brings: those silent for so long, and those who celebrate. Raises VersionConflict."""
    now = service.clock.now()
    for trigger in await service.triggers.to_look(shop.slug, now):
        lessons = await _brought_by_time(trigger, shop, now, service)
        for at in range(0, len(lessons), SIZE):
            await learn_guests(shop.slug, lessons[at : at + SIZE], service)
        await service.triggers.save(shop.slug, trigger.looked(now + LOOK_AGAIN), now)


async def _brought_by_time(trigger: Trigger, shop: Shop, now: datetime, service: Campaigns) -> list[Lesson]:
    timing = trigger.timing
    match timing.on:
        case Silent(days=days):
            until = now - timedelta(days=days)
            seen = await service.guests.last_seen(shop.slug, until - LOOKED_BACK, until)
            found = [(guest_id, timing.silent_since(at)) for guest_id, at in seen.items()]
        case Birthday(days_before=before):
            celebrated = shop.calendar.day(now) + timedelta(days=before)
            guests = await service.guests.born_on(shop.slug, birthdays_on(celebrated))
            found = [(guest_id, timing.birthday_on(celebrated, shop.calendar)) for guest_id in guests]
        case _:
            found = []
    heard = ((guest_id, trigger.hears(occasion, now)) for guest_id, occasion in found)
    return [lesson(guest_id, trigger.id, occasion, timing.period) for guest_id, occasion in heard if occasion]


async def _fire(shop: Shop, service: Campaigns) -> None:
    """Raises VersionConflict."""
    now = service.clock.now()
    triggers = {each.id: each for each in await service.triggers.all(shop.slug)}
    silent = {each.id: await why_silent(each, shop, service) for each in triggers.values()}
    speaking = {each: triggers[each] for each, why in silent.items() if why is None and triggers[each].active_since}
    while guests := await service.guests.with_occasions(shop.slug, now, SIZE):
        wanted: dict[tuple[str, str], list[str]] = defaultdict(list)
        for guest in guests:
            for entry in guest.agenda.due(now):
                trigger = speaking.get(entry.trigger_id)
                if trigger and _is_to_be_told(guest, entry, trigger, now):
                    wanted[trigger.id, f"{entry.at:%Y%m%d}"].append(guest.id)
        for (trigger_id, run), guest_ids in wanted.items():
            ref, message = Ref(KIND, trigger_id, run), triggers[trigger_id].message
            since = now if triggers[trigger_id].timing.cancel_on_purchase else None
            await reach(shop.slug, ref, guest_ids, message, service, unless_bought_since=since)
        await service.guests.save_many(shop.slug, _settled(guests, wanted, triggers, now), now)
        if len(guests) < SIZE:
            break


def _is_to_be_told(guest: Guest, entry: Entry, trigger: Trigger, now: datetime) -> bool:
    known = entry.due is not None and entry.due >= now - DROPPED_AFTER
    return known and trigger.timing.needless(entry.at, _known(guest)) is None


def _known(guest: Guest) -> Known:
    account = guest.account
    if account is None:
        return Known(guest.segment, None, None, 0)
    return Known(guest.segment, account.last_purchase_at, account.card_size - account.stamps, account.points)


def _settled(
    guests: Sequence[Guest],
    told: Mapping[tuple[str, str], Sequence[str]],
    triggers: Mapping[str, Trigger],
    now: datetime,
) -> list[Guest]:
    """Without what was due; of triggers that are no more, without any trace."""
    reached = {(guest_id, trigger_id) for (trigger_id, _), guest_ids in told.items() for guest_id in guest_ids}
    settled = []
    for guest in guests:
        agenda = guest.agenda
        for entry in agenda.due(now):
            trigger = triggers.get(entry.trigger_id)
            if trigger is None:
                agenda = agenda.forget(entry.trigger_id)
                continue
            at = now if (guest.id, entry.trigger_id) in reached else None
            agenda = agenda.settled(entry, trigger.timing.period, reached_at=at)
        settled.append(guest.plan(agenda))
    return settled
