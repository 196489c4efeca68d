"""Messages of campaigns: the guest's name, the end of each told once, nothing after an unsubscribe or a stop."""

from typing import Any

from bezkart.contracts.notifications import Button, CancelCampaign, SendMessage
from bezkart.kernel.ids import shop_mark
from bezkart.kit.auth import Role
from tests.fixtures.house import eventually, token
from tests.integration.identity.callers import heard
from tests.integration.notifications.conftest import Post

RUN = "mailing:c_1:1"
TEXT = "{name}, ещё {stamps_left} {stamps_left:чашка|чашки|чашек}![ Баллов: {points}.]"
STOP = Button(text="Отписаться", action="unsub")


def me(guest_id: str) -> str:
    return token(Role.GUEST, staff=guest_id)


async def customer(post: Post, chat: int | None, *, name: str = "Анна") -> str:
    """A guest who wants to hear of offers, and of whom notifications knows that."""
    guest_id = await post.guest(telegram_id=chat)
    if name:
        await post.house.call("identity", "PATCH", "/api/v1/guests/me", bearer=me(guest_id), json={"name": name})
    await consent(post, guest_id, granted=True)
    return guest_id


async def consent(post: Post, guest_id: str, *, granted: bool) -> None:
    """Said to identity, and known here."""
    path = "/api/v1/guests/me/consents/advertising"
    await post.house.call("identity", "PUT", path, bearer=me(guest_id), json={"granted": granted})

    async def known() -> bool:
        found = await post.service.guests.load_many("demo", {guest_id})
        return guest_id in found and found[guest_id].advertising is granted

    await eventually(known, 30)


async def send(post: Post, guest_id: str, *, run: str = RUN, times: int = 1, **more: Any) -> str:
    key = f"{run}:{guest_id}"
    order = SendMessage(
        shop="demo",
        guest_id=guest_id,
        key=key,
        template="campaign",
        values={"text": TEXT, "stamps_left": 2, **more},
        urgency="bulk",
        channels=("telegram", "web"),
        buttons=(STOP,),
        campaign=f"{run}:a",
    )
    for _ in range(times):
        await post.publish(order)
    return key


async def outcome(post: Post) -> dict[str, Any]:
    told = await heard(post.house, "campaigns.outcomes", "campaign-message-settled.v1")
    return {name: told[name] for name in ("key", "campaign", "outcome", "channel", "reason")}


async def test_a_name_that_no_command_carries_and_one_end_for_each(post: Post) -> None:
    guest_id = await customer(post, 4601)
    key = await send(post, guest_id, times=2)
    assert (await post.ended(key))["state"] == "delivered"
    (note,) = [each for each in post.town.books()["telegram"].of("4601") if "чашки" in each["text"]]
    assert note["text"] == "Анна, ещё 2 чашки!"
    button = note["extra"]["reply_markup"]["inline_keyboard"][0][0]
    assert button["callback_data"] == f"unsub@{shop_mark('demo')}"
    told = {"key": key, "campaign": f"{RUN}:a", "outcome": "delivered", "channel": "telegram", "reason": ""}
    assert await outcome(post) == told

    nameless = await send(
        post, await customer(post, None, name=""), run="mailing:c_1:2", fallback_name="друг", points=5
    )
    assert (await post.ended(nameless))["state"] == "delivered"
    assert (await outcome(post))["channel"] == "web"  # had the first end been told twice, it would stand here
    broken = await send(post, guest_id, run="mailing:c_1:3", text="{points} баллов")
    assert (await outcome(post)) == {
        "key": broken,
        "campaign": "mailing:c_1:3:a",
        "outcome": "failed",
        "channel": None,
        "reason": "value-missing:points",
    }


async def test_unsubscribed_or_stopped_in_the_middle_nothing_leaves(post: Post) -> None:
    """Both wait in the queue already when the guest, and then the owner, changes his mind."""
    leaving, staying = await customer(post, 4611), await customer(post, 4612, name="Борис")
    assert post.worker is not None
    post.worker.working.clear()
    kept = [await send(post, leaving), await send(post, staying, run="mailing:c_2:1")]
    for key in kept:
        await post.ended(key, state="waiting")
    await consent(post, leaving, granted=False)
    for _ in range(2):
        await post.publish(CancelCampaign(shop="demo", campaign="mailing:c_2:1"))

    async def stopped() -> bool:
        return await post.service.stopped.of("demo") == ("mailing:c_2:1:",)

    await eventually(stopped)
    post.worker.working.set()
    ends = {end["key"]: (end["outcome"], end["reason"]) for end in [await outcome(post), await outcome(post)]}
    assert ends == {kept[0]: ("cancelled", "no-consent"), kept[1]: ("cancelled", "stopped")}
    late = [await send(post, leaving, run="mailing:c_3:1"), await send(post, staying, run="mailing:c_2:1:again")]
    assert {(await outcome(post))["key"] for _ in late} == set(late)
    for chat in ("4611", "4612"):
        assert not [text for text in post.read("telegram", chat) if "чашки" in text]
    inbox = await post.house.call("notifications", "GET", "/api/v1/inbox", bearer=me(leaving))
    assert "campaign" not in {each["template"] for each in inbox.json()["messages"]}

    assert (await post.ended(await send(post, staying, run="mailing:c_2:10")))["state"] == "delivered"


async def test_after_an_outage_a_campaigns_message_keeps_its_button(post: Post) -> None:
    guest_id = await customer(post, 4621)
    post.telegram.on = False
    await post.order(guest_id, "news-1", urgency="bulk")
    await post.order(guest_id, "news-2", urgency="bulk")
    key = await send(post, guest_id)
    for each in ("news-1", "news-2", key):
        await post.ended(each, state="parked")
    post.telegram.on = True
    assert (await post.ended(key, 60))["state"] == "delivered"
    assert (await outcome(post))["outcome"] == "delivered"
    assert "Анна, ещё 2 чашки!" in post.read("telegram", "4621")
