"""What the bot may do for a Telegram user: his own registration, his own shops, the staff's link; nothing for anybody else."""

import asyncio
from datetime import UTC, datetime

import pytest
from pymongo import AsyncMongoClient
from redis.asyncio import Redis

from bezkart.kernel.ids import GuestIds
from bezkart.kit.assertion import Assertion, Assertions
from bezkart.kit.auth import Role, TokenVerifier
from bezkart.kit.vault import Envelopes
from tests.fixtures.house import BOT_KEY, CONTACT_KEY, House, token
from tests.integration.identity.callers import (
    OTHER_PHONE,
    PHONE,
    TelegramUser,
    answer_code,
    heard,
    slug,
    sms,
    swap,
)

OWNER = token(Role.OWNER, staff="s_owner")
TRUE = {"processing": True, "advertising": True}


@pytest.fixture
async def identity(house: House) -> House:
    await house.start("identity")
    await house.open_shop()
    return house


@pytest.fixture
def anna(identity: House) -> TelegramUser:
    return TelegramUser(identity, 77)


@pytest.fixture
def boris(identity: House) -> TelegramUser:
    return TelegramUser(identity, 88)


async def role_of(user: TelegramUser, *, shop: str = "demo", acting: str = "guest") -> str:
    """The role for which the bot gets a token; empty for none."""
    signed = await user.token(shop=shop, acting="staff" if acting == "staff" else "guest")
    verifier = TokenVerifier(user.house.environment()["jwt_public_jwks"])
    return verifier.caller(f"Bearer {signed}").role.value if signed else ""


async def hired(house: House, login: str = "anya") -> str:
    body = {"login": login, "name": "Аня", "password": "correct horse"}
    answer = await house.call("identity", "POST", "/api/v1/staff", json=body, bearer=OWNER)
    return str(answer.json()["id"])


async def invited(house: House, staff_id: str) -> str:
    path = f"/api/v1/staff/{staff_id}/telegram-invitation"
    answer = await house.call("identity", "POST", path, bearer=OWNER)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["code"])


async def accepted(user: TelegramUser, code: str, *, shop: str = "") -> tuple[int, dict[str, str]]:
    answer = await user.call("POST", "telegram/staff-links", shop=shop, json={"code": code})
    return answer.status_code, answer.json()


class TestRegistration:
    async def test_a_visitor_becomes_a_guest(self, identity: House, anna: TelegramUser) -> None:
        assert await role_of(anna) == "visitor"
        assert (await anna.call("GET", "guests/me")).status_code == 403
        answer = await anna.share(name="Анна", consents=TRUE)
        assert answer.status_code == 201, answer.text
        guest = answer.json()
        assert (guest["source"], guest["has_telegram"], guest["consents"]) == ("bot", True, TRUE)
        assert await role_of(anna) == "guest"
        me = (await anna.call("GET", "guests/me")).json()
        assert me == guest
        assert slug(await anna.share()) == (409, "guest-exists")
        told = await heard(identity, "notifications.guests", "guest-contacts-changed.v1")
        assert Envelopes(keys=[CONTACT_KEY]).open(told["sealed_telegram"]) == "77"

    async def test_pressed_many_times_at_once_it_is_one_guest(self, identity: House, anna: TelegramUser) -> None:
        answers = await asyncio.gather(*(anna.share() for _ in range(6)))
        assert {answer.status_code for answer in answers} <= {201, 200, 409}
        assert [answer.status_code for answer in answers].count(201) == 1
        found = await identity.call("identity", "POST", "/api/v1/guests/search", json={"last4": "8323"})
        assert len(found.json()["guests"]) == 1

    async def test_without_the_consent_nobody_is_registered(self, anna: TelegramUser) -> None:
        assert slug(await anna.share(consents={"processing": False})) == (422, "consent-required")
        assert slug(await anna.share("12345")) == (422, "invalid-phone")
        assert await role_of(anna) == "visitor"

    async def test_a_guest_of_the_terminal_gets_telegram(self, identity: House, anna: TelegramUser) -> None:
        guest_id = await identity.register(PHONE)
        answer = await anna.share(consents=TRUE)
        assert (answer.status_code, answer.json()["id"]) == (200, guest_id)
        assert answer.json()["consents"] == TRUE
        assert await role_of(anna) == "guest"

    async def test_a_friend_is_named_and_nonsense_is_left_aside(
        self, identity: House, anna: TelegramUser, boris: TelegramUser
    ) -> None:
        code = GuestIds("g" * 40).share_code((await anna.share()).json()["id"])
        brought = (await boris.share(OTHER_PHONE, referral=code)).json()
        assert brought["source"] == "referral"
        first, second = [await heard(identity, "purchases.guests", "guest-changed.v1") for _ in range(2)]
        assert (first["referral"], second["referral"]) == (None, code)
        other = await TelegramUser(identity, 99).share("+79150008323", referral="nonsense")
        assert other.json()["source"] == "bot"


class TestNumberOfAnotherAccount:
    async def test_it_takes_the_code_from_the_sms(
        self, identity: House, anna: TelegramUser, boris: TelegramUser
    ) -> None:
        guest_id = (await anna.share()).json()["id"]
        refused = await boris.share()
        assert slug(refused) == (409, "proof-required")
        assert await role_of(boris) == "visitor"
        number, code = await sms(identity)
        assert number == "+79130008323"
        body = {"sign_in_id": refused.json()["sign_in_id"], "code": code}
        assert slug(await answer_code(identity, body["sign_in_id"], code)) == (410, "code-expired")
        stranger = await TelegramUser(identity, 99).call("POST", "telegram/guests/prove", json=body)
        assert slug(stranger) == (410, "code-expired")
        wrong = await boris.call(
            "POST", "telegram/guests/prove", json={**body, "code": f"{(int(code) + 1) % 10**6:06}"}
        )
        assert (slug(wrong), wrong.json()["attempts_left"]) == ((422, "wrong-code"), 4)
        moved = await boris.call("POST", "telegram/guests/prove", json=body)
        assert (moved.status_code, moved.json()["id"]) == (200, guest_id)
        assert (await role_of(boris), await role_of(anna)) == ("guest", "visitor")
        assert (await anna.call("GET", "telegram/shops", shop="")).json() == {"shops": []}
        assert slug(await boris.call("POST", "telegram/guests/prove", json=body)) == (410, "code-expired")

    async def test_a_stranger_cannot_flood_the_number(self, anna: TelegramUser, boris: TelegramUser) -> None:
        await anna.share()
        assert slug(await boris.share()) == (409, "proof-required")
        assert slug(await boris.share()) == (429, "too-many-codes")


class TestStaff:
    async def test_a_barista_is_linked_once(self, identity: House, anna: TelegramUser, boris: TelegramUser) -> None:
        staff_id = await hired(identity)
        code = await invited(identity, staff_id)
        assert await role_of(anna, acting="staff") == ""
        status, linked = await accepted(anna, code)
        assert (status, linked) == (200, {"role": "barista", "name": "Аня", "shop": "demo", "shop_name": "demo"})
        assert (await accepted(boris, code))[0] == (await accepted(anna, code))[0] == 410
        assert (await role_of(anna, acting="staff"), await role_of(anna)) == ("barista", "visitor")
        told = await heard(identity, "notifications.staff", "staff-contacts-changed.v1")
        assert (told["staff_id"], told["role"], told["dismissed"]) == (staff_id, "barista", False)
        assert Envelopes(keys=[CONTACT_KEY]).open(told["sealed_telegram"]) == "77"
        people = (await identity.call("identity", "GET", "/api/v1/staff", bearer=OWNER)).json()["staff"]
        assert {each["id"]: each["has_telegram"] for each in people}[staff_id]
        found = await anna.call("POST", "guests/search", acting="staff", json={"last4": "8323"})
        assert found.status_code == 200

    async def test_one_invitation_for_many_at_once_links_one(self, identity: House) -> None:
        code = await invited(identity, await hired(identity))
        users = [TelegramUser(identity, 100 + n) for n in range(6)]
        answers = await asyncio.gather(*(accepted(user, code) for user in users))
        assert sorted(status for status, _ in answers) == [200] + [410] * 5

    async def test_an_old_invitation_and_a_replaced_one_are_dead(self, identity: House, anna: TelegramUser) -> None:
        staff_id = await hired(identity)
        replaced, code = await invited(identity, staff_id), await invited(identity, staff_id)
        assert (await accepted(anna, replaced))[0] == 410
        assert (await accepted(anna, code, shop="demo"))[0] == 200
        expired = await invited(identity, staff_id)
        async with Redis.from_url(identity.stores.redis_url, decode_responses=True) as redis:
            keys = [key async for key in redis.scan_iter(f"{identity.namespace}identity:invitation:*")]
            assert all([0 < await redis.ttl(key) <= 86_400 for key in keys])
            assert not [key for key in keys if expired in key]
            await redis.delete(*keys)
        assert (await accepted(anna, expired))[0] == 410

    async def test_an_invitation_is_of_one_shop(self, identity: House, anna: TelegramUser) -> None:
        await identity.open_shop("other")
        code = await invited(identity, await hired(identity))
        assert (await accepted(anna, code, shop="other"))[0] == 410
        assert (await accepted(anna, code, shop="demo"))[0] == 200
        assert await role_of(anna, shop="other", acting="staff") == ""

    async def test_a_dismissed_barista_works_by_telegram_no_more(self, identity: House, anna: TelegramUser) -> None:
        staff_id = await hired(identity)
        await accepted(anna, await invited(identity, staff_id))
        code = await invited(identity, staff_id)
        gone = await identity.call("identity", "DELETE", f"/api/v1/staff/{staff_id}", bearer=OWNER)
        assert gone.status_code == 204
        assert await role_of(anna, acting="staff") == ""
        assert (await accepted(anna, code))[0] == 410
        await heard(identity, "notifications.staff", "staff-contacts-changed.v1")
        told = await heard(identity, "notifications.staff", "staff-contacts-changed.v1")
        assert (told["dismissed"], told["sealed_telegram"]) == (True, None)
        path = f"/api/v1/staff/{staff_id}/telegram-invitation"
        assert slug(await identity.call("identity", "POST", path, bearer=OWNER)) == (404, "staff-not-found")

    async def test_who_was_hired_before_versions_were_counted_is_linked_and_let_go(
        self, identity: House, anna: TelegramUser
    ) -> None:
        staff_id = await hired(identity)
        async with AsyncMongoClient[dict[str, object]](identity.stores.mongo_url) as client:
            staff = client[f"{identity.namespace}identity"]["staff"]
            old = await staff.update_one({"_id": staff_id}, {"$unset": {"version": 1, "outbox": 1, "telegram": 1}})
        assert old.modified_count == 1
        assert (await accepted(anna, await invited(identity, staff_id)))[0] == 200
        assert await role_of(anna, acting="staff") == "barista"
        gone = await identity.call("identity", "DELETE", f"/api/v1/staff/{staff_id}", bearer=OWNER)
        assert gone.status_code == 204
        assert await role_of(anna, acting="staff") == ""

    async def test_the_owner_unlinks(self, identity: House, anna: TelegramUser) -> None:
        staff_id = await hired(identity)
        await accepted(anna, await invited(identity, staff_id))
        for _ in range(2):
            gone = await identity.call("identity", "DELETE", f"/api/v1/staff/{staff_id}/telegram", bearer=OWNER)
            assert gone.status_code == 204
        assert await role_of(anna, acting="staff") == ""
        assert (await accepted(anna, await invited(identity, staff_id)))[0] == 200

    async def test_an_account_is_one_person_of_a_shop(self, identity: House, anna: TelegramUser) -> None:
        await accepted(anna, await invited(identity, await hired(identity)))
        second = await invited(identity, await hired(identity, "vera"))
        status, problem = await accepted(anna, second)
        assert (status, problem["type"]) == (409, "urn:bezkart:problem:telegram-taken")
        assert (await accepted(TelegramUser(identity, 99), second))[0] == 200


class TestShops:
    async def test_where_somebody_is_known(self, identity: House, anna: TelegramUser) -> None:
        await identity.open_shop("other")
        await identity.open_shop("third")
        for shop in ("demo", "other"):
            await anna.share(shop=shop)
        await accepted(anna, await invited(identity, await hired(identity)))
        known = (await anna.call("GET", "telegram/shops", shop="")).json()["shops"]
        assert known == [
            {"slug": "demo", "name": "demo", "as": ["guest", "staff"]},
            {"slug": "other", "name": "other", "as": ["guest"]},
        ]
        assert (await anna.call("GET", "telegram/shops", shop="third")).json()["shops"] == known
        assert (await role_of(anna), await role_of(anna, shop="third")) == ("guest", "visitor")
        await anna.call("DELETE", "guests/me", shop="other")
        assert len((await anna.call("GET", "telegram/shops", shop="")).json()["shops"]) == 1
        assert await role_of(anna, shop="other") == "visitor"

    async def test_an_account_given_by_support_is_known_at_once_and_nobody_else_gives_one(
        self, identity: House, anna: TelegramUser
    ) -> None:
        """Whoever could name an account would read the codes of the guest's gifts."""
        guest_id = await identity.register(PHONE)
        path, body = f"/api/v1/guests/{guest_id}", {"telegram_id": anna.id}
        new = {"phone": "+7 914 000-00-01", "consents": {"processing": True}, **body}
        for bearer in (token(), token(Role.OWNER, staff="s_owner")):
            for refused in (
                await identity.call("identity", "PATCH", path, json=body, bearer=bearer),
                await identity.call("identity", "POST", "/api/v1/guests", json=new, bearer=bearer),
            ):
                assert slug(refused) == (403, "telegram-needs-proof")
        assert (await anna.call("GET", "telegram/shops", shop="")).json()["shops"] == []
        await identity.call("identity", "PATCH", path, json=body, bearer=token(Role.OPS, staff="support"))
        assert len((await anna.call("GET", "telegram/shops", shop="")).json()["shops"]) == 1


class TestAssertions:
    async def test_what_is_not_a_good_one_opens_nothing(self, identity: House, anna: TelegramUser) -> None:
        await anna.share()
        said, now, bot = Assertion(77, "demo", "guest"), datetime.now(UTC), Assertions(BOT_KEY)
        assert await swap(identity, bearer=bot.sign(said, now=now))
        assert await swap(identity, bearer=bot.sign(said, now=now, seconds=-1)) == ""
        assert await swap(identity, bearer=bot.sign(said, now=now, seconds=3600)) == ""
        assert await swap(identity, bearer=Assertions("x" * 40).sign(said, now=now)) == ""
        assert await swap(identity, cookie=bot.sign(said, now=now)) == ""
        assert await swap(identity, bearer=BOT_KEY) == ""
        assert await role_of(anna, shop="nowhere") == ""
        assert await role_of(anna, shop="", acting="staff") == ""

    async def test_a_visitor_can_do_nothing_but_come_in(self, identity: House, anna: TelegramUser) -> None:
        staff_id = await hired(identity)
        for method, path in (
            ("GET", "sessions"),
            ("GET", "staff"),
            ("GET", "guests/me"),
            ("POST", "guests/search"),
            ("DELETE", "guests/me"),
            ("POST", f"staff/{staff_id}/telegram-invitation"),
        ):
            answer = await anna.call(method, path, json={"last4": "8323"})
            assert slug(answer) == (403, "role-required"), path

    async def test_a_guest_of_the_page_cannot_speak_for_a_telegram_account(self, identity: House) -> None:
        guest = token(Role.GUEST, staff=await identity.register(PHONE))
        answer = await identity.call("identity", "GET", "/api/v1/telegram/shops", bearer=guest)
        assert slug(answer) == (403, "role-required")
