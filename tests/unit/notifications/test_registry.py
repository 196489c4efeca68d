"""Which channels an installation has follows from its settings."""

from typing import Any

import pytest
from pydantic import ValidationError
from redis.asyncio import Redis

from bezkart.kit.live import LiveUpdates
from services.notifications.channels.mirror import Mirrored
from services.notifications.channels.money import minor_units
from services.notifications.channels.port import Channel, Outgoing, TextRefused
from services.notifications.channels.registry import SMS, build_channels
from services.notifications.channels.sending import paces
from services.notifications.channels.settings import ChannelSettings
from services.notifications.channels.text import refuse_text

PUSH_KEY = "ROUrwVfQH7z8RQUjEUEN_k-0DVsSHzUXsDQQO5DGSWw"


class NoCopies:
    async def put(self, outgoing: Outgoing) -> None:
        raise AssertionError("nothing is sent here")


def channels(**settings: Any) -> dict[str, Channel]:
    live = LiveUpdates(Redis(), namespace="")
    return build_channels(ChannelSettings(env="dev", **settings), copies=NoCopies(), live=live)


class TestChannels:
    def test_without_settings_there_is_the_web_inbox(self) -> None:
        assert {name: channel.provider for name, channel in channels().items()} == {"web": "inbox"}

    @pytest.mark.parametrize("provider", SMS)
    def test_everything(self, provider: str) -> None:
        made = channels(telegram_token="1:x", sms_provider=provider, sms_password="p", push_private_key=PUSH_KEY)
        assert {name: (channel.name, channel.provider) for name, channel in made.items()} == {
            "telegram": ("telegram", "telegram"),
            "sms": ("sms", provider),
            "web": ("web", "inbox"),
            "push": ("web", "web-push"),
        }

    def test_a_shop_with_a_bot_of_its_own_is_enough(self) -> None:
        made = channels(telegram_tokens={"zerno": "55:own"})
        assert (made["telegram"].account("zerno"), made["telegram"].account("other")) == ("55", "none")

    def test_the_demo_shows_copies_of_the_inbox(self) -> None:
        assert isinstance(channels(inbox_mirror="http://127.0.0.1:1/inbox")["web"], Mirrored)


class TestSettings:
    def test_every_provider_that_can_be_chosen_can_be_built(self) -> None:
        for provider in SMS:
            ChannelSettings(env="dev", sms_provider=provider, sms_password="p")

    @pytest.mark.parametrize(
        "wrong",
        [
            {"sms_provider": "smsc"},
            {"sms_provider": "pigeon", "sms_password": "p"},
            {"telegram_per_second": 0},
            {"telegram_per_second": -1},
            {"env": "prod", "inbox_mirror": "http://127.0.0.1:1/inbox"},
        ],
        ids=str,
    )
    def test_what_cannot_work_is_refused_at_the_start(self, wrong: dict[str, Any]) -> None:
        with pytest.raises(ValidationError):
            ChannelSettings(**{"env": "dev", **wrong})

    def test_secrets_are_not_shown(self) -> None:
        settings = ChannelSettings(
            env="dev",
            telegram_token="1:precious",
            telegram_tokens={"zerno": "2:precious"},
            sms_password="precious",
            push_private_key="precious",
        )
        assert "precious" not in repr(settings)

    def test_each_account_has_a_pace_of_its_own_and_the_web_none(self) -> None:
        pace_of = paces(ChannelSettings(env="dev", sms_per_second=4))
        telegram, sms = pace_of("telegram:telegram:1", "telegram"), pace_of("sms:smsc:main", "sms")
        assert telegram is not None
        assert sms is not None
        assert 29 <= telegram.per_second < 30
        assert telegram.seconds_per_address == 1
        assert (sms.bucket, sms.per_second, sms.seconds_per_address) == ("sms:smsc:main", 4, 0)
        assert pace_of("web:web-push:main", "web") is None


def test_what_is_said_to_a_guest_is_in_no_representation() -> None:
    outgoing = Outgoing(message_id="m", shop="demo", address="+79161234567", text="Код 402913", urgent=True)
    assert "402913" not in repr(outgoing)
    assert "7916" not in repr(outgoing)


@pytest.mark.parametrize(
    ("price", "expected"),
    [("3.50", 350), ("3.5", 350), (3.5, 350), (4, 400), ("0.015", 2), ("", 0), (None, 0), ("free", 0), ("NaN", 0)],
)
def test_prices_as_gateways_write_them(price: object, expected: int) -> None:
    assert minor_units(price) == expected


@pytest.mark.parametrize("text", ["", " ", "\n\t", "\ud800", "x" * 11, "☕" * 11, "😀" * 6])
def test_texts_that_cannot_go(text: str) -> None:
    with pytest.raises(TextRefused):
        refuse_text(text, longest=10)


@pytest.mark.parametrize("text", ["x", "ы" * 10, "😀" * 5])
def test_texts_that_can(text: str) -> None:
    refuse_text(text, longest=10)
