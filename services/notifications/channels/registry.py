"""Which channels this installation has. One more messenger is one more file and one more row here."""

from collections.abc import Callable, Mapping
from typing import Final

from bezkart.kit.live import LiveUpdates
from services.notifications.channels.inbox import Copies, Inbox
from services.notifications.channels.mirror import Mirrored
from services.notifications.channels.port import Channel
from services.notifications.channels.settings import ChannelSettings
from services.notifications.channels.smsaero import SmsAero
from services.notifications.channels.smsc import Smsc
from services.notifications.channels.smsru import SmsRu
from services.notifications.channels.telegram import Telegram
from services.notifications.channels.web_push import PUSH_SERVICES, WebPush


def _telegram(settings: ChannelSettings) -> Channel:
    return Telegram(
        api=settings.telegram_api,
        token=settings.telegram_token,
        tokens=settings.telegram_tokens,
        seconds=settings.telegram_timeout_seconds,
    )


def _smsc(settings: ChannelSettings) -> Channel:
    return Smsc(
        api=settings.sms_api or "https://smsc.ru",
        login=settings.sms_login,
        password=settings.sms_password,
        sender=settings.sms_sender,
        seconds=settings.sms_timeout_seconds,
    )


def _smsru(settings: ChannelSettings) -> Channel:
    return SmsRu(
        api=settings.sms_api or "https://sms.ru",
        api_id=settings.sms_password,
        sender=settings.sms_sender,
        seconds=settings.sms_timeout_seconds,
    )


def _smsaero(settings: ChannelSettings) -> Channel:
    return SmsAero(
        api=settings.sms_api or "https://gate.smsaero.ru",
        email=settings.sms_login,
        api_key=settings.sms_password,
        sender=settings.sms_sender or "SMS Aero",
        seconds=settings.sms_timeout_seconds,
    )


SMS: Final[Mapping[str, Callable[[ChannelSettings], Channel]]] = {"smsc": _smsc, "smsru": _smsru, "smsaero": _smsaero}


def build_channels(settings: ChannelSettings, *, copies: Copies, live: LiveUpdates) -> dict[str, Channel]:
    """The channels by name; one without a token or an account is left out. `push` carries copies of `web` to browsers."""
    inbox: Channel = Inbox(copies=copies, live=live)
    if settings.inbox_mirror:
        inbox = Mirrored(inbox, address=settings.inbox_mirror)
    channels = {"web": inbox}
    if settings.telegram_token or settings.telegram_tokens:
        channels["telegram"] = _telegram(settings)
    if settings.sms_provider:
        channels["sms"] = SMS[settings.sms_provider](settings)
    if settings.push_private_key:
        services = (*PUSH_SERVICES, *settings.push_services)
        channels["push"] = WebPush(
            private_key=settings.push_private_key, contact=settings.push_contact, services=services
        )
    return channels
