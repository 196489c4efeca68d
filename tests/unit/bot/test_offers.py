"""Offers in a guest's chat, and the one tap that ends them."""

from typing import Any

from bezkart.kernel.ids import shop_mark
from tests.unit.bot.chatting import Chatting, account

CONSENT = "/guests/me/consents/advertising"
UNSUB = f"unsub@{shop_mark('zerno')}"


def promotion(identity: str = "pr_1", **facts: Any) -> dict[str, Any]:
    known = {
        "id": identity,
        "kind": "discount",
        "name": {"ru": "Счастливые часы", "en": "Happy hours"},
        "about": {"ru": "Скидка 20 % с 14 до 17.", "en": "20 % off from 14 to 17."},
    }
    return {**known, **facts}


class TestOffers:
    async def test_own_coupons_and_what_is_on_for_everybody(self, guest: Chatting) -> None:
        coupon = {"coupon_id": "cp_1", "promotion_id": "pr_2", "valid_until": "2027-01-15T21:00:00Z"}
        guest.system.on("GET", "/accounts/me", account(coupons=[coupon]))
        mine = promotion("pr_2", kind="coupon", name={"ru": "Второй в подарок", "en": ""}, about={"ru": "", "en": ""})
        nobodys = promotion("pr_3", kind="coupon", name={"ru": "Чужой купон", "en": ""})
        guest.system.on("GET", "/promotions/mine", {"promotions": [promotion(), mine, nobodys]})
        await guest.say("/start")
        shown = await guest.press("Предложения")
        first, second = shown.index("🎟 Второй в подарок"), shown.index("☕ Счастливые часы")
        assert first < second
        assert "Действует по 15 января 2027" in shown, "what ends at the shop's midnight was good on the day before"
        assert "Скидка 20 % с 14 до 17." in shown
        assert "Чужой купон" not in shown

    async def test_nothing_is_on(self, guest: Chatting) -> None:
        guest.system.on("GET", "/promotions/mine", {"promotions": []})
        await guest.say("/start")
        assert "предложений нет" in await guest.press("Предложения")

    async def test_without_campaigns_the_coupons_are_there(self, guest: Chatting) -> None:
        coupon = {"coupon_id": "cp_1", "promotion_id": "pr_2", "valid_until": "2027-01-15T12:00:00Z"}
        guest.system.on("GET", "/accounts/me", account(coupons=[coupon]))
        guest.system.refuse("GET", "/promotions/mine", "service-unavailable", status=503)
        await guest.say("/start")
        assert "Личный купон" in await guest.press("Предложения")


class TestUnsubscribing:
    async def test_one_tap_under_a_mailing_and_the_way_back(self, guest: Chatting) -> None:
        guest.system.on("PUT", CONSENT, {})
        await guest.say("/start")
        shown = await guest.press_data(UNSUB, message_id=555)
        assert "больше не пришлёт" in shown
        assert guest.talk.screen == 555, "it stands where the mailing stood"
        assert "будет присылать" in await guest.press("Вернуть")
        assert guest.system.bodies("PUT", CONSENT) == [{"granted": False}, {"granted": True}]

    async def test_twice_and_under_an_old_mailing_it_is_the_same(self, guest: Chatting) -> None:
        guest.system.on("PUT", CONSENT, {})
        await guest.say("/start")
        for _ in range(2):
            assert "больше не пришлёт" in await guest.press_data(UNSUB, message_id=555, age=30 * 86_400)
        assert guest.system.bodies("PUT", CONSENT) == [{"granted": False}] * 2

    async def test_it_is_the_shop_of_the_mailing_that_falls_silent(self, guest: Chatting) -> None:
        shops = [{"slug": slug, "name": slug.title(), "as": ["guest"]} for slug in ("listok", "zerno")]
        guest.system.on("GET", "/telegram/shops", {"shops": shops})
        guest.system.on("GET", "/shops/listok/card", {"slug": "listok", "name": "Listok", "bot_username": None})
        guest.system.on("PUT", CONSENT, {})
        await guest.say("/start")
        await guest.press("Zerno")
        assert "Listok" in await guest.press_data(f"unsub@{shop_mark('listok')}", message_id=555)
        assert guest.talk.shop == "listok"

    async def test_one_who_is_no_guest_there_any_more(self, guest: Chatting) -> None:
        guest.system.on("PUT", CONSENT, {})
        await guest.say("/start")
        await guest.press_data(f"unsub@{shop_mark('nowhere')}", message_id=555)
        assert guest.system.of("PUT", CONSENT) == []
        assert "устарела" in (guest.toasts[-1] or "")
