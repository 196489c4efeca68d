"""Everyone exactly once, whatever dies; and nobody who left, or may not be told any more (F30, F33)."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import time, timedelta
from typing import Any

import pytest

from bezkart.contracts.notifications import CampaignMessageSettled
from services.campaigns.domain.batch import Batch
from services.campaigns.domain.errors import AudienceEmpty
from services.campaigns.domain.guest import Guest, Profile
from services.campaigns.domain.message import PointsOffer
from services.campaigns.domain.split import HOLDOUT, side
from services.campaigns.store.batches import Batches
from services.campaigns.store.responses import Addressed, Responses
from services.campaigns.usecases import launch_mailing as launching
from services.campaigns.usecases.check_campaigns import check_campaigns
from services.campaigns.usecases.learn_guests import Lesson, erase_guests, learn_guests
from services.campaigns.usecases.manage_mailings import stop_mailing
from services.campaigns.usecases.send_batch import send_batch
from services.campaigns.usecases.settle_messages import settle_messages
from services.campaigns.usecases.watch_mailing import watch
from tests.integration.campaigns.conftest import SHOP, Mill, subjects


class Dead(Exception):
    """The worker was killed here."""


class DiesWhileFreezing(Batches):
    adds = 0

    async def add(self, shop: str, batches: Sequence[Batch]) -> bool:
        if type(self).adds == 2:
            raise Dead
        type(self).adds += 1
        return await super().add(shop, batches)


class DiesBeforeTheWrite(Responses):
    async def open(self, shop: str, addressed: Sequence[Addressed]) -> None:
        raise Dead


class DiesAfterTheWrite(Batches):
    async def save(self, *given: Any, **named: Any) -> None:
        await super().save(*given, **named)
        raise Dead


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches of five, read two at a time."""
    monkeypatch.setattr(launching, "SIZE", 5)
    monkeypatch.setattr(launching, "READ", 2)


@pytest.mark.usefixtures("small")
async def test_killed_at_launch_and_in_batches_everyone_gets_it_once(mill: Mill) -> None:
    """Between batches, inside of them before and after the write; and two workers at the same work."""
    known = await mill.guests(47)
    await mill.guests(3, ads=False)
    await mill.guests(2, has_phone=False, has_telegram=False)
    mailing = await mill.launched(offer=PointsOffer(5_000, 14))
    databases, documents = mill.service.batches._databases, mill.service.batches._documents

    with pytest.raises(Dead):
        await launching.launch_mailing(SHOP, mailing.id, mill.but(batches=DiesWhileFreezing(databases, documents)))
    assert len(mill.batch_ids()) == 4, "frozen so far"
    late = await mill.guests(1)
    await asyncio.gather(
        *(launching.launch_mailing(SHOP, mailing.id, mill.service) for _ in range(2)), return_exceptions=True
    )
    frozen = [guest for batch in mill.batches() for guest in batch["guests"]]
    assert sorted(frozen) == sorted([*known, *late]), "each of them once"

    batches = mill.batch_ids()
    with pytest.raises(Dead):
        await send_batch(SHOP, batches[0], mill.but(responses=DiesBeforeTheWrite(databases)))
    with pytest.raises(Dead):
        await send_batch(SHOP, batches[1], mill.but(batches=DiesAfterTheWrite(databases, documents)))
    for batch in batches:
        await asyncio.gather(*(send_batch(SHOP, batch, mill.service) for _ in range(2)))
    sides = {guest: side(guest, mailing.id, holdout_percent=10, variants=("a",)) for guest in frozen}
    assert mill.outcomes() == sides
    wanted = sorted(guest for guest, each in sides.items() if each != HOLDOUT)
    assert sorted(subjects(mill.commands())) == wanted
    assert sorted(subjects(mill.commands("grant-bonus"))) == wanted

    await mill.run(5)
    done = await mill.mailing(mailing)
    assert (done.state, done.run and done.run.audience) == ("done", 48)
    progress = await watch(SHOP, done, mill.service)
    assert (progress.handed, progress.held_out, progress.waiting) == (len(wanted), 48 - len(wanted), 0)


async def test_what_a_message_says(mill: Mill) -> None:
    await mill.guests(1)
    await mill.launched(holdout_percent=0, fallback_name="друг")
    await mill.run(4)
    (message,) = mill.commands()
    assert message["values"] == {
        "text": "{name}, ещё {stamps_left}!",
        "stamps_left": 2,
        "points": 120,
        "fallback_name": "друг",
    }
    assert message["channels"] == ["telegram", "web"], "marketing never costs an SMS"
    assert message["urgency"] == "bulk"
    assert message["buttons"][0]["action"] == "unsub"
    assert message["campaign"].endswith(":1:a")


async def test_two_mailings_at_once_reach_a_guest_once_a_day_and_twice_a_week(mill: Mill) -> None:
    guests = await mill.guests(40)
    mailings = [await mill.launched(holdout_percent=0, expected=40) for _ in range(2)]
    for each in mailings:
        await launching.launch_mailing(SHOP, each.id, mill.service)
    await asyncio.gather(*(send_batch(SHOP, each, mill.service) for each in mill.batch_ids()))
    assert Counter(subjects(mill.commands())) == Counter(guests)
    counted = Counter(outcome for batch in mill.batches() for outcome in batch["outcomes"].values())
    assert counted == {"a": 40, "frequency": 40}

    mill.clock.offset += timedelta(hours=25)
    await mill.launched(holdout_percent=0)
    await mill.run(4)
    assert len(mill.commands()) == 80
    mill.clock.offset += timedelta(days=2)
    with pytest.raises(AudienceEmpty):  # twice in these seven days already
        await mill.launched(holdout_percent=0)
    mill.clock.offset += timedelta(days=5)
    await mill.launched(holdout_percent=0)
    await mill.run(4)
    assert len(mill.commands()) == 120


async def test_who_left_since_the_launch_gets_nothing(mill: Mill) -> None:
    guests = await mill.guests(6)
    mailing = await mill.launched(holdout_percent=0)
    (batch,) = await mill.freeze(mailing)
    unsubscribed = Profile(mill.clock.now(), "bot", has_phone=True, has_telegram=True, ads=False)
    gone = Profile(mill.clock.now(), "bot", has_phone=False, has_telegram=False, ads=True)
    lessons = {guests[0]: unsubscribed, guests[1]: gone}

    def lesson(guest_id: str, profile: Profile) -> Lesson:
        return Lesson(guest_id, lambda guest: guest.learn_profile(2, profile))

    await learn_guests(SHOP, [lesson(*each) for each in lessons.items()], mill.service)
    await erase_guests(SHOP, [guests[2]], mill.service)
    await send_batch(SHOP, batch, mill.service)
    told = {guests[0]: "no-consent", guests[1]: "unreachable", guests[2]: "gone"}
    assert mill.outcomes() == {**dict.fromkeys(guests, "a"), **told}
    assert subjects(mill.commands()) == guests[3:]
    progress = await watch(SHOP, await mill.mailing(mailing), mill.service)
    assert progress.left_out == {"no-consent": 1, "unreachable": 1, "gone": 1}


async def test_in_quiet_hours_it_is_held_until_nine_by_the_shops_clock(mill: Mill) -> None:
    await mill.guests(3)
    mill.at(time(20, 59, 58))
    mailing = await mill.launched(holdout_percent=0)
    await mill.run(4)
    assert mill.commands() == []
    progress = await watch(SHOP, await mill.mailing(mailing), mill.service)
    assert progress.held_until
    assert (await mill.service.shops.fresh(SHOP)).calendar.wall(progress.held_until).time() == time(9)
    mill.at(time(8, 59, 50))
    await mill.run(4)
    assert mill.commands() == []
    mill.at(time(9))
    await mill.run(5)
    assert len(mill.commands()) == 3
    assert (await mill.mailing(mailing)).state == "done"


async def test_what_could_not_be_sent_for_a_day_is_dropped(mill: Mill) -> None:
    """The worker was away for so long; the offer ends in the night while it waits."""
    await mill.guests(2)
    late = await mill.launched(holdout_percent=0)
    await mill.freeze(late)
    mill.clock.offset += timedelta(hours=24)
    await mill.run(6)
    mill.at(time(20, 59, 58))
    ends = mill.clock.now() + timedelta(hours=3)
    over = await mill.launched(holdout_percent=0, ends_at=ends)
    await mill.run(3)
    mill.at(time(9))
    await mill.run(6)
    assert mill.commands() == []
    for each in (late, over):
        found = await mill.mailing(each)
        assert (found.state, found.reason) == ("done", "too-late")


@pytest.mark.usefixtures("small")
async def test_stopped_in_the_middle_nothing_more_leaves(mill: Mill) -> None:
    await mill.guests(12)
    mailing = await mill.launched(holdout_percent=0)
    first, *others = await mill.freeze(mailing)
    await send_batch(SHOP, first, mill.service)
    stopped = await stop_mailing(SHOP, mailing.id, mill.service)
    assert (stopped.state, stopped.reason) == ("stopped", "owner")
    for each in others:
        await send_batch(SHOP, each, mill.service)
    assert len(mill.commands()) == 5
    (called_back,) = mill.commands("cancel-campaign", "campaigns")
    assert called_back["campaign"] == f"mailing:{mailing.id}:1", "notifications lets go of what it still has"
    progress = await watch(SHOP, stopped, mill.service)
    assert (progress.handed, progress.waiting, progress.left_out) == (5, 0, {"stopped": 7})
    assert await stop_mailing(SHOP, mailing.id, mill.service) == stopped, "stopping again changes nothing"


async def test_a_plan_that_was_changed_down_stops_what_waits(mill: Mill) -> None:
    await mill.guests(2)
    mailing = await mill.launched()
    await mill.service.shops.learn(SHOP, version=2, name="Зерно", timezone="UTC", currency="RUB", plan="start")
    await mill.run(3)
    found = await mill.mailing(mailing)
    assert (found.state, found.reason) == ("failed", "plan-required")
    assert mill.commands() == []


@pytest.mark.usefixtures("small")
async def test_it_stops_itself_at_its_limit(mill: Mill) -> None:
    await mill.guests(17)
    mailing = await mill.launched(holdout_percent=20, limit=7)
    batches = await mill.freeze(mailing)
    for each in reversed(batches):  # out of turn they wait
        await send_batch(SHOP, each, mill.service)
    await mill.run(30)
    assert len(mill.commands()) == 7
    found = await mill.mailing(mailing)
    assert (found.state, found.reason) == ("done", "limit")


async def test_what_became_of_messages_frees_and_is_counted_once(mill: Mill) -> None:
    reached, blocked, expired = await mill.guests(3)
    mailing = await mill.launched(holdout_percent=0)
    await mill.run(4)
    now = mill.clock.now()

    def end(guest_id: str, outcome: str, channel: str | None, reason: str = "") -> CampaignMessageSettled:
        ref = f"mailing:{mailing.id}:1"
        facts = {"message_id": "m", "key": f"{ref}:{guest_id}", "campaign": f"{ref}:a", "at": now}
        return CampaignMessageSettled.model_validate(
            {"shop": SHOP, "guest_id": guest_id, "outcome": outcome, "channel": channel, "reason": reason, **facts}
        )

    ends = [
        end(reached, "delivered", "telegram"),
        end(blocked, "delivered", "web", "bot-blocked"),
        end(expired, "expired", None),
    ]
    for each in (*reversed(ends), *ends):
        await settle_messages(SHOP, [each], mill.service)
    progress = await watch(SHOP, await mill.mailing(mailing), mill.service)
    assert (progress.delivered, progress.expired, progress.failed) == (2, 1, 0)
    known = await mill.service.guests.load_many(SHOP, [reached, blocked, expired])
    assert [known[each].reach for each in (reached, blocked, expired)] == ["telegram", "web", "telegram"]
    await mill.launched(holdout_percent=0)
    await mill.run(4)
    assert subjects(mill.commands())[3:] == [expired], "whom nothing reached is free for the next"


async def test_events_of_guests_in_the_projection_do_not_touch_the_marks(mill: Mill) -> None:
    (guest,) = await mill.guests(1)
    await mill.launched(holdout_percent=0)
    await mill.run(4)

    def moved(known: Guest) -> Guest:
        return known.learn_segment(2, "active")

    await learn_guests(SHOP, [Lesson(guest, moved)], mill.service)
    marks = await mill.service.marks.of_run(SHOP, mill.batches()[0]["run"], [guest])
    assert (marks[guest].variant, marks[guest].segment) == ("a", "leaving")


async def test_what_nobody_takes_up_is_told_to_the_doctor(mill: Mill) -> None:
    async def is_well() -> bool:
        (finding,) = await check_campaigns(mill.service)
        return finding.ok

    await mill.guests(5)
    await mill.launched()
    assert await is_well()
    mill.clock.offset += timedelta(minutes=11)
    assert not await is_well()
    await mill.run()
    assert await is_well()
