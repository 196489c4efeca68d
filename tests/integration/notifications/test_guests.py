"""What is known of guests, whatever the order in which events come."""

import asyncio

import pytest

from bezkart.contracts.identity import GuestContactsChanged
from bezkart.kit.vault import Envelopes
from services.notifications.domain.routes import Routes
from services.notifications.usecases.learn_guests import learn_contacts
from tests.fixtures.house import CONTACT_KEY
from tests.integration.notifications.conftest import OWNER, Post


async def test_addresses_and_segments_may_come_at_the_same_moment(office: Post) -> None:
    guests = office.service.guests
    ids = [f"g_{number}" for number in range(200)]
    for guest in ids:
        known = Routes(guest, version=1, telegram="sealed")
        await asyncio.gather(guests.move("demo", [(guest, 1, "new")]), guests.learn("demo", [known]))
    found = await guests.load_many("demo", ids)
    assert [guest for guest in ids if found[guest].telegram is None] == []


async def test_older_events_change_nothing_and_newer_addresses_live_again(office: Post) -> None:
    guests = office.service.guests
    second = Routes("g_1", version=2, telegram="second", phone="phone")
    await guests.learn("demo", [second])
    await guests.learn("demo", [Routes("g_1", version=1, telegram="first")])
    await guests.mark_dead("demo", second, "telegram", "bot-blocked")
    known = (await guests.load_many("demo", ["g_1"]))["g_1"]
    assert (known.telegram, known.obstacle("telegram"), known.obstacle("sms")) == ("second", "bot-blocked", None)
    await guests.learn("demo", [Routes("g_1", version=3, telegram="third")])
    known = (await guests.load_many("demo", ["g_1"]))["g_1"]
    assert (known.obstacle("telegram"), known.obstacle("sms")) == (None, "no-address")


async def test_an_erased_guest_stays_erased(office: Post) -> None:
    guests = office.service.guests
    await guests.learn("demo", [Routes("g_2", version=1, telegram="x")])
    await guests.erase("demo", ["g_2"])
    await guests.learn("demo", [Routes("g_2", version=9, telegram="late")])
    await guests.move("demo", [("g_2", 9, "active")])
    assert await guests.load_many("demo", ["g_2"]) == {}
    assert await guests.erased("demo", ["g_2", "g_3"]) == {"g_2"}


async def test_reachability_by_segment(office: Post) -> None:
    guests = office.service.guests
    both, phone = Routes("g_3", version=1, telegram="x", phone="y"), Routes("g_4", version=1, phone="y")
    await guests.learn("demo", [both, phone])
    await guests.move("demo", [("g_3", 1, "active"), ("g_4", 1, "active")])
    await guests.mark_dead("demo", both, "telegram", "bot-blocked")
    answer = await office.house.call("notifications", "GET", "/api/v1/channels/reachability", bearer=OWNER)
    assert answer.json()["segments"] == [{"segment": "active", "guests": 2, "telegram": 0, "sms": 2, "web": 2}]


@pytest.mark.parametrize(
    ("source", "channels"), [("bot", ["web"]), ("referral", ["web"]), ("terminal", ["telegram"]), ("import", [])]
)
async def test_the_conditions_are_told_where_they_were_not_read_already(
    office: Post, source: str, channels: list[str]
) -> None:
    """The bot has just shown them; who is imported has not just registered."""
    envelopes = Envelopes(keys=[CONTACT_KEY])
    registered = GuestContactsChanged(
        shop="demo",
        guest_id="g_5",
        version=1,
        source=source,
        sealed_phone=None,
        masked_phone=None,
        sealed_telegram=envelopes.seal("77"),
    )
    await learn_contacts("demo", [registered], office.service)
    messages = await office.service.messages.of_guest("demo", "g_5", before=None, limit=5)
    assert [message.steps[0] for message in messages] == channels
