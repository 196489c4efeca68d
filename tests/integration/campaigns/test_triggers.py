"""A trigger speaks to a guest once in a period, under duplicates, reordering, crashes and two workers; and not when it is needless."""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import datetime, time, timedelta
from itertools import permutations
from typing import Any

import pytest

from bezkart.contracts.accounts import AccountState, Actor, Purchase
from bezkart.contracts.feedback import ThreadAnswered
from bezkart.contracts.identity import GuestChanged
from bezkart.contracts.purchases import PointsExpiring, PurchaseRecorded, PurchaseUndone
from bezkart.contracts.segments import GuestSegmentChanged
from services.campaigns import handlers
from services.campaigns.domain import trigger as domain
from services.campaigns.domain.message import Message, PointsOffer, Text
from services.campaigns.domain.trigger import (
    Birthday,
    LowRatingAnswered,
    NearGift,
    On,
    Registered,
    SegmentEntered,
    Silent,
    Timing,
    Trigger,
)
from services.campaigns.store.guests import Guests
from services.campaigns.usecases.manage_triggers import Draft, change_trigger, delete_trigger, write_trigger
from services.campaigns.usecases.send_batch import send_batch
from services.campaigns.usecases.take_due import take_due
from tests.integration.campaigns.conftest import SHOP, Mill, subjects

DAY = timedelta(days=1)
LEAVING = SegmentEntered("leaving")


class Dead(Exception):
    """The worker was killed here."""


async def trigger(mill: Mill, on: On, **fields: Any) -> Trigger:
    """Switched on a second ago."""
    active, offer = fields.pop("active", True), fields.pop("offer", None)
    holdout = fields.pop("holdout", 0)
    timing = Timing(on, **{"period": 30 * DAY, **fields})
    draft = Draft(
        "Вернись", timing, Message((Text("a", "{name}, ждём!"),), offer=offer, holdout_percent=holdout), active
    )
    made = await write_trigger(await mill.service.shops.fresh(SHOP), draft, "s_1", f"key-{on}", mill.service)
    mill.clock.offset += timedelta(seconds=1)
    return made


def moved(
    mill: Mill, guest_id: str, segment: Any = "leaving", *, version: int = 2, cause: Any = "time"
) -> GuestSegmentChanged:
    at = mill.clock.now()
    return GuestSegmentChanged(
        shop=SHOP, guest_id=guest_id, version=version, previous="active", next=segment, cause=cause, at=at
    )


def account(version: int, at: datetime, *, stamps: int = 4, points: int = 12_000) -> AccountState:
    return AccountState(
        version=version,
        purchases=version + 3,
        cups=version + 3,
        stamps=stamps,
        card_size=6,
        gifts=0,
        spent=0,
        currency="RUB",
        first_purchase_at=at,
        last_purchase_at=at,
        points=points,
    )


def bought(mill: Mill, guest_id: str, *, version: int = 2, before: int = 4, after: int = 5) -> PurchaseRecorded:
    at = mill.clock.now()
    return PurchaseRecorded(
        shop=SHOP,
        guest_id=guest_id,
        purchase=Purchase(purchase_id=f"p_{version}", at=at, cups=1, amount=19000),
        actor=Actor(id="s_1", role="barista"),
        before=account(version - 1, at - 20 * DAY, stamps=before),
        account=account(version, at, stamps=after),
    )


def profile(mill: Mill, guest_id: str, **fields: Any) -> GuestChanged:
    """Who agreed to everything."""
    agreed = {"has_phone": True, "has_telegram": True, "processing_consent": True, "advertising_consent": True}
    known = {"version": 1, "registered_at": mill.clock.now(), "source": "terminal", **agreed, **fields}
    return GuestChanged(shop=SHOP, guest_id=guest_id, **known)


async def test_told_three_times_in_any_order_it_speaks_once(mill: Mill) -> None:
    (first, second) = await mill.guests(2)
    await trigger(mill, LEAVING, offer=PointsOffer(5_000, 14))
    events = [moved(mill, first), moved(mill, second), moved(mill, first, "sleeping", version=3)]
    for order in permutations(events):
        await handlers.segment_changed(order, mill.service)
        await mill.run(rounds=3)
    assert subjects(mill.commands()) == [second]  # the first one was not leaving any more
    (points,) = mill.commands("grant-bonus")
    assert (points["guest_id"], points["points"]) == (second, 5_000)
    assert points["key"] == mill.commands()[0]["key"]


async def test_once_in_a_period_and_again_after_it(mill: Mill) -> None:
    (guest,) = await mill.guests(1)
    await trigger(mill, LEAVING, period=30 * DAY)
    days = []
    for version in range(2, 12):
        await handlers.segment_changed([moved(mill, guest, version=version)], mill.service)
        sent = len(mill.commands())
        await mill.run(rounds=2)
        days += [version] * (len(mill.commands()) - sent)
        mill.clock.offset += 7 * DAY
    assert days == [2, 7]  # every seventh day one occasion; thirty days are over with the fifth after


async def test_two_workers_at_once_and_one_that_dies_speak_once(mill: Mill) -> None:
    guests = await mill.guests(30)
    await trigger(mill, LEAVING, holdout=30)
    await handlers.segment_changed([moved(mill, each) for each in guests], mill.service)

    class DiesBeforeItForgets(Guests):
        async def save_many(self, *_: Any, **__: Any) -> None:
            raise Dead

    parts = mill.service.guests
    dying = mill.but(guests=DiesBeforeItForgets(parts._databases, parts._documents))
    with pytest.raises(Dead):
        await take_due(dying)
    taken = await asyncio.gather(*(take_due(mill.service) for _ in range(3)))
    await asyncio.gather(*(send_batch(SHOP, job.id, mill.service) for jobs in taken for job in jobs.batches))
    await mill.run(rounds=3)
    counted = Counter(command["key"] for command in mill.commands())
    held = [each for each, outcome in mill.outcomes().items() if outcome == "holdout"]
    assert len(counted) + len(set(held)) == 30
    assert held
    counts = (
        await mill.service.responses.count(SHOP, f"trigger:{(await mill.service.triggers.all(SHOP))[0].id}")
    ).sides
    assert (counts["a"].guests, counts["holdout"].guests) == (len(counted), len(set(held)))
    assert await mill.service.guests.next_occasion(SHOP) is None


async def test_a_purchase_cancels_and_its_undo_brings_it_back(mill: Mill) -> None:
    stays, returns = await mill.guests(2)
    await trigger(mill, LEAVING, delay=timedelta(hours=2), cancel_on_purchase=True)
    await handlers.segment_changed([moved(mill, stays), moved(mill, returns)], mill.service)
    mill.clock.offset += timedelta(hours=1)
    purchases = [bought(mill, stays), bought(mill, returns)]
    await handlers.account_changed(purchases, mill.service)
    undone = purchases[1]
    taken_back = PurchaseUndone(
        shop=SHOP,
        guest_id=returns,
        purchase=undone.purchase,
        undone_at=mill.clock.now(),
        actor=undone.actor,
        before=undone.account,
        account=account(3, mill.clock.now() - 20 * DAY),
    )
    await handlers.account_changed([taken_back], mill.service)
    mill.clock.offset += timedelta(hours=1, minutes=1)
    await mill.run(rounds=3)
    assert subjects(mill.commands()) == [returns]


async def test_every_kind_of_occasion(mill: Mill) -> None:
    """Each trigger for a guest of its own, so that the caps of one guest do not hide another trigger."""
    near, rated, warned, silent, celebrating, imported, idle = await mill.guests(7)
    now = mill.clock.now()
    for on in (
        NearGift(1),
        LowRatingAnswered(),
        domain.PointsExpiring(3),
        Silent(61),
        Birthday(0),
        Registered(),
        LEAVING,
    ):
        await trigger(mill, on)
    await handlers.account_changed([bought(mill, near)], mill.service)
    answered = {"thread_id": "th_1", "waiting_since": None, "staff_id": "s_1", "at": mill.clock.now()}
    rating = ThreadAnswered(shop=SHOP, guest_id=rated, rating_id="r_1", **answered)
    wrote = ThreadAnswered(shop=SHOP, guest_id=idle, rating_id=None, **answered)
    await handlers.thread_answered([rating, wrote], mill.service)
    known, actor = account(2, now), Actor(id="system", role="system")
    expiring = {"at": mill.clock.now(), "actor": actor, "before": known, "points": 100, "expires_at": now + 2 * DAY}
    await handlers.account_changed(
        [PointsExpiring(shop=SHOP, guest_id=warned, account=known, **expiring)], mill.service
    )
    await handlers.segment_changed([moved(mill, imported, cause="import")], mill.service)
    new = [f"g_new{each}" for each in range(2)]
    calendar = (await mill.service.shops.load(SHOP)).calendar
    birthday = f"{calendar.day(now + 61 * DAY):%m-%d}"
    changes = [
        profile(mill, new[0]),
        profile(mill, new[1], source="import"),
        profile(mill, celebrating, version=2, birthday=birthday),
    ]
    await handlers.guest_changed(changes, mill.service)
    await mill.run(rounds=3)
    before = {each["key"] for each in mill.commands()}
    assert set(subjects(mill.commands())) == {near, rated, warned, new[0]}
    for guest_id in (near, rated, warned, imported, idle, celebrating):  # they go on coming
        visit = bought(mill, guest_id, version=9)
        coming = visit.model_copy(update={"account": account(9, now + 40 * DAY)})
        await handlers.account_changed([coming], mill.service)
    mill.clock.offset += 61 * DAY
    await mill.run(rounds=3)
    later = {each["guest_id"] for each in mill.commands() if each["key"] not in before}
    assert later == {silent, celebrating, *new}  # the new ones never came


async def test_what_was_before_or_is_long_over_is_no_occasion(mill: Mill) -> None:
    before, late = await mill.guests(2)
    early = moved(mill, before)
    mill.clock.offset += timedelta(minutes=1)
    await trigger(mill, LEAVING)
    replayed = moved(mill, late)
    await handlers.segment_changed([early], mill.service)
    mill.clock.offset += 2 * DAY
    await handlers.segment_changed([replayed], mill.service)
    await mill.run(rounds=2)
    assert mill.commands() == []


async def test_at_night_it_is_held_and_the_morning_decides(mill: Mill) -> None:
    sleeper, buyer = await mill.guests(2)
    await trigger(mill, LEAVING, cancel_on_purchase=True)
    mill.at(time(23))
    await handlers.segment_changed([moved(mill, sleeper), moved(mill, buyer)], mill.service)
    await mill.run(rounds=2)
    assert mill.commands() == []
    mill.at(time(8, 59))
    await handlers.account_changed([bought(mill, buyer)], mill.service)
    await mill.run(rounds=2)
    assert mill.commands() == []
    mill.at(time(9, 1))
    await mill.run(rounds=3)
    assert subjects(mill.commands()) == [sleeper]


async def test_caps_and_consents_are_those_of_mailings(mill: Mill) -> None:
    (willing,), (unwilling,) = await mill.guests(1), await mill.guests(1, ads=False)
    await trigger(mill, LEAVING)
    await trigger(mill, SegmentEntered("sleeping"))
    await handlers.segment_changed([moved(mill, willing), moved(mill, unwilling)], mill.service)
    await mill.run(rounds=2)
    later = [moved(mill, willing, "sleeping", version=3)]
    await handlers.segment_changed(later, mill.service)
    await mill.run(rounds=2)
    assert subjects(mill.commands()) == [willing]
    outcomes = [outcome for batch in mill.batches() for outcome in batch["outcomes"].values()]
    assert sorted(outcomes) == ["a", "frequency", "no-consent"]


async def test_off_deleted_and_without_the_plan_it_says_nothing(mill: Mill) -> None:
    off, deleted, poor = await mill.guests(3)
    made = await trigger(mill, LEAVING)
    shop = await mill.service.shops.fresh(SHOP)
    await handlers.segment_changed([moved(mill, off)], mill.service)
    await change_trigger(shop, made.id, lambda draft: replace(draft, active=False), mill.service)
    await mill.run(rounds=2)
    await change_trigger(shop, made.id, lambda draft: replace(draft, active=True), mill.service)
    mill.clock.offset += timedelta(seconds=1)
    await handlers.segment_changed([moved(mill, poor)], mill.service)
    await mill.service.shops.learn(
        SHOP, version=2, name="Зерно", timezone="Asia/Novosibirsk", currency="RUB", plan="growth"
    )
    mill.service.shops._read.clear()
    await mill.run(rounds=2)
    await mill.service.shops.learn(
        SHOP, version=3, name="Зерно", timezone="Asia/Novosibirsk", currency="RUB", plan="pro"
    )
    mill.service.shops._read.clear()
    await handlers.segment_changed([moved(mill, deleted)], mill.service)
    await delete_trigger(SHOP, made.id, mill.service)
    await mill.run(rounds=2)
    assert mill.commands() == []
    forgotten = (await mill.service.guests.load_many(SHOP, [deleted]))[deleted]
    assert forgotten.agenda.entries == ()
