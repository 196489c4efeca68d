"""What every channel owes its callers, asked of each against its provider's stand-in."""

import asyncio
import json
from collections.abc import AsyncIterator
from time import monotonic

import pytest
from aiohttp import web

from bezkart.local.standins.app import build_app
from bezkart.local.standins.town import Town
from services.notifications.channels.port import (
    AddressDead,
    Channel,
    ProviderDown,
    ProviderRefuses,
    SendFailed,
    TextRefused,
    Throttled,
)
from services.notifications.channels.telegram import Telegram
from tests.integration.notifications.providers import IMPATIENT, KINDS, Provider, running

SMS = ("smsc", "smsru", "smsaero")


@pytest.fixture(params=KINDS, ids=lambda kind: kind.name)
async def provider(request: pytest.FixtureRequest) -> AsyncIterator[Provider]:
    town = Town()
    async with running(build_app(town)) as base:
        made = Provider(request.param, town, base)
        yield made
        await made.aclose()


def only(*names: str) -> pytest.MarkDecorator:
    """The suite's question makes sense for these."""
    kinds = [kind for kind in KINDS if kind.name in names]
    return pytest.mark.parametrize("provider", kinds, ids=lambda kind: kind.name, indirect=True)


async def failure(provider: Provider, text: str = "Код 123456", *, channel: Channel | None = None) -> SendFailed:
    with pytest.raises(SendFailed) as caught:
        await (channel or provider.channel).send(provider.outgoing(text))
    return caught.value


class TestTaken:
    async def test_the_text_arrives_as_it_was_written(self, provider: Provider) -> None:
        text = "Ваш код: 123456 ☕️\n«Капучино 0,2 л» & 100% <b>даром</b>"
        receipt = await provider.channel.send(provider.outgoing(text))

        assert provider.texts() == [text]
        assert receipt.cost == provider.kind.cost
        assert (receipt.provider_id is None) == (provider.kind.name == "push")

    @only(*SMS)
    async def test_a_long_sms_costs_more(self, provider: Provider) -> None:
        assert (await provider.channel.send(provider.outgoing("ы" * 71))).cost == 700

    async def test_a_healthy_provider_passes_its_check(self, provider: Provider) -> None:
        await provider.channel.check("demo")
        assert provider.texts() == []

    async def test_many_at_once(self, provider: Provider) -> None:
        provider.mode.limits = False
        texts = [f"Код {number}" for number in range(40)]
        await asyncio.gather(
            *(provider.channel.send(provider.outgoing(text, message_id=f"m-{text[4:]}")) for text in texts)
        )
        assert sorted(provider.texts()) == sorted(texts)

    @only("smsc")
    async def test_a_repeat_of_the_same_message_is_one_sms(self, provider: Provider) -> None:
        first = await provider.channel.send(provider.outgoing("Код 1"))
        again = await provider.channel.send(provider.outgoing("Код 1"))

        assert provider.texts() == ["Код 1"]
        assert (again.provider_id, again.cost) == (first.provider_id, 0)


class TestDown:
    async def test_errors_of_the_server(self, provider: Provider) -> None:
        provider.mode.error_share = 1.0
        assert (type(found := await failure(provider)), found.reason) == (ProviderDown, "http-502")

    async def test_no_answer_in_time(self, provider: Provider) -> None:
        channel = provider.hanging("before")
        began = monotonic()
        found = await failure(provider, channel=channel)

        assert (type(found), found.reason) == (ProviderDown, "timeout")
        assert monotonic() - began < IMPATIENT + 1
        assert provider.texts() == []

    async def test_no_answer_though_the_text_arrived(self, provider: Provider) -> None:
        found = await failure(provider, channel=provider.hanging("after"))

        assert isinstance(found, ProviderDown)
        assert found.may_have_sent
        assert provider.texts() == ["Код 123456"]

    @pytest.mark.parametrize("moment", ["before", "after"])
    async def test_a_cut_connection(self, provider: Provider, moment: str) -> None:
        provider.mode.change({"cut": moment})
        found = await failure(provider)

        assert (type(found), found.reason) == (ProviderDown, "connection-cut")
        assert provider.texts() == ["Код 123456"] * (moment == "after")

    async def test_switched_off_and_on_again(self, provider: Provider) -> None:
        provider.mode.on = False
        assert isinstance(await failure(provider), ProviderDown)
        provider.mode.on = True
        await provider.channel.send(provider.outgoing("снова"))
        assert provider.texts() == ["снова"]

    async def test_slow_is_not_down(self, provider: Provider) -> None:
        provider.mode.slow_ms = 150
        await provider.channel.send(provider.outgoing("Код 1"))
        assert provider.texts() == ["Код 1"]

    @only("telegram", *SMS)
    async def test_nobody_there_is_surely_not_sent(self, provider: Provider) -> None:
        channel = provider.with_login(api="http://127.0.0.1:1")
        with pytest.raises(ProviderDown) as caught:
            await channel.send(provider.outgoing("Код 1"))
        assert (caught.value.reason, caught.value.may_have_sent) == ("no-connection", False)

    @only("telegram", *SMS)
    @pytest.mark.parametrize("mode", [{"on": False}, {"error_share": 1.0}, {"hang": "before"}], ids=str)
    async def test_the_check_tells_as_well(self, provider: Provider, mode: dict[str, object]) -> None:
        provider.mode.change(mode)
        with pytest.raises(ProviderDown):
            await provider.with_login(seconds=IMPATIENT).check("demo")

    @only("telegram", *SMS)
    @pytest.mark.parametrize(
        ("status", "body"),
        [
            (200, "<html>It works!</html>"),
            (200, ""),
            (200, "[]"),
            (200, "null"),
            (200, "{}"),
            (302, "moved"),
            (418, "{}"),
        ],
    )
    async def test_somebody_else_answers(self, provider: Provider, status: int, body: str) -> None:
        async def answer(_: web.Request) -> web.Response:
            headers = {"Location": "https://elsewhere.invalid/"} if status == 302 else {}
            return web.Response(status=status, text=body, headers=headers)

        app = web.Application()
        app.router.add_route("*", "/{any:.*}", answer)
        async with running(app) as base:
            channel = provider.with_login(api=base)
            with pytest.raises(ProviderDown):
                await channel.send(provider.outgoing("Код 1"))


class TestRefused:
    @only("telegram", *SMS)
    @pytest.mark.parametrize("secret", ["1:wrong", "nonsense", "100500:пароль"])
    async def test_a_wrong_token_or_password(self, provider: Provider, secret: str) -> None:
        channel = provider.with_login(secret=secret)
        for trying in (channel.send(provider.outgoing("Код 1")), channel.check("demo")):
            with pytest.raises(ProviderRefuses) as caught:
                await trying
            assert caught.value.reason in {"wrong-token", "wrong-login"}
            assert secret not in f"{caught.value!r} {caught.value.detail} {channel!r}"

    @only("push")
    async def test_push_without_a_key(self, provider: Provider) -> None:
        with pytest.raises(ProviderRefuses, match="no-token"):
            await provider.with_login(secret="").send(provider.outgoing("Код 1"))

    @only(*SMS)
    async def test_no_money(self, provider: Provider) -> None:
        provider.mode.no_money = True
        assert (type(found := await failure(provider)), found.reason) == (ProviderRefuses, "no-money")
        with pytest.raises(ProviderRefuses, match="no-money"):
            await provider.channel.check("demo")

    @only("smsc", "smsaero")
    async def test_our_address_is_blocked(self, provider: Provider) -> None:
        provider.mode.ip_blocked = True
        assert isinstance(await failure(provider), ProviderRefuses)

    async def test_a_guest_who_blocked_us(self, provider: Provider) -> None:
        provider.block()
        assert isinstance(await failure(provider), AddressDead)
        assert provider.texts() == []

    async def test_an_address_that_is_none(self, provider: Provider) -> None:
        with pytest.raises(AddressDead):
            await provider.channel.send(provider.outgoing("Код 1", address="none at all"))

    @only("telegram")
    async def test_a_chat_that_is_gone(self, provider: Provider) -> None:
        provider.mode.gone = ["4242"]
        assert (type(found := await failure(provider)), found.reason) == (AddressDead, "chat-not-found")

    @only("push")
    @pytest.mark.parametrize(
        "endpoint",
        ["http://169.254.169.254/latest", "https://evil.invalid/x", "https://notfcm.googleapis.com.evil.invalid/", "x"],
    )
    async def test_a_subscription_that_points_elsewhere_is_not_called(self, provider: Provider, endpoint: str) -> None:
        address = json.dumps({"endpoint": endpoint, "keys": {"p256dh": "BA", "auth": "BA"}})
        with pytest.raises(AddressDead, match="bad-subscription"):
            await provider.channel.send(provider.outgoing("Код 1", address=address))

    @only("push")
    async def test_a_subscription_with_broken_keys(self, provider: Provider) -> None:
        address = provider.address.replace('"auth": "', '"auth": "!').replace('"p256dh": "', '"p256dh": "A')
        with pytest.raises(AddressDead):
            await provider.channel.send(provider.outgoing("Код 1", address=address))

    @pytest.mark.parametrize("text", ["", "  \n", "\ud800", "long"])
    async def test_a_text_that_is_none(self, provider: Provider, text: str) -> None:
        text = "ы" * (provider.kind.longest + 1) if text == "long" else text
        assert isinstance(await failure(provider, text), TextRefused)
        assert provider.texts() == []

    @only("telegram", "smsc", "smsaero", "push")
    async def test_the_longest_text_there_may_be(self, provider: Provider) -> None:
        await provider.channel.send(provider.outgoing("ы" * provider.kind.longest))
        assert len(provider.texts()[0]) == provider.kind.longest

    @only(*SMS)
    async def test_a_text_the_moderation_forbids(self, provider: Provider) -> None:
        found = await failure(provider, "Лучшее казино города")
        assert (type(found), found.reason) == (TextRefused, "forbidden-text")


class TestThrottled:
    @only("telegram")
    async def test_telegram_says_how_long(self, provider: Provider) -> None:
        provider.mode.change({"per_second": 1.0, "retry_after": 7})
        await provider.channel.send(provider.outgoing("1"))
        found = await failure(provider)

        assert isinstance(found, Throttled)
        assert (found.retry_after, found.whole_provider) == (7, True)

    @only("smsru")
    async def test_the_same_text_again_is_one_guests_affair(self, provider: Provider) -> None:
        await provider.channel.send(provider.outgoing("Код 123456"))
        found = await failure(provider)

        assert isinstance(found, Throttled)
        assert not found.whole_provider
        assert provider.texts() == ["Код 123456"]


class TestShopsOwnBot:
    async def test_each_shop_speaks_through_its_bot(self) -> None:
        town = Town()
        town.telegram.mode.tokens = ["55:own-bot-of-a-shop"]
        async with running(build_app(town)) as base:
            channel = Telegram(api=f"{base}/telegram", token="9:wrong", tokens={"own": "55:own-bot-of-a-shop"})
            await channel.check("own")
            with pytest.raises(ProviderRefuses):
                await channel.check("other")
            await channel.aclose()

        assert (channel.account("own"), channel.account("other")) == ("55", "9")


def test_every_kind_is_asked() -> None:
    assert {kind.name for kind in KINDS} == {"telegram", "smsc", "smsru", "smsaero", "push"}
