"""Builds the bot: `python -m services.bot.app serve`."""

import asyncio
import base64
import hashlib
import hmac
import sys
from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import Any, Final

import structlog
from fastapi import FastAPI
from redis.exceptions import RedisError

from bezkart.kit import redis as kit_redis
from bezkart.kit.assertion import Assertions
from bezkart.kit.clock import Clock, SystemClock
from bezkart.kit.glossary import Glossary
from bezkart.kit.health import Check
from bezkart.kit.http import build_app, serve
from bezkart.kit.logging import configure_logging
from bezkart.kit.process import lifespan
from bezkart.kit.tracing import of_process
from bezkart.kit.vault import Envelopes
from services.bot.api import webhook
from services.bot.dialogues.front import Front
from services.bot.gateway_client import Gateway
from services.bot.settings import BotSettings
from services.bot.store import Journal, Talks
from services.bot.telegram.bots import Bots, OneBot
from services.bot.telegram.intake import Intake, keep_sweeping
from services.bot.telegram.introduction import introduce
from services.bot.telegram.polling import keep_polling

log = structlog.get_logger(__name__)

WORDS: Final = Path(__file__).parent / "words" / "glossary.json"
_WEBHOOK_LOOK_SECONDS: Final = 3600
Background = Callable[[], Coroutine[Any, Any, None]]


def build(settings: BotSettings, *, clock: Clock | None = None) -> FastAPI:
    clock = clock or SystemClock()
    key = settings.bot_key.get_secret_value()
    redis = kit_redis.connect(settings.redis_url)
    bots = Bots(
        api=settings.telegram_api,
        token=settings.telegram_token,
        tokens=settings.telegram_tokens,
        per_second=settings.bot_per_second,
    )
    gateway = Gateway(url=settings.gateway_url, assertions=Assertions(key), clock=clock)
    front = Front(
        gateway=gateway,
        talks=Talks(redis, namespace=settings.namespace),
        glossary=Glossary(WORDS),
        envelopes=Envelopes(keys=[_dialogue_key(key)]),
        pages=(settings.bot_public_url or settings.gateway_url).rstrip("/"),
        clock=clock,
    )
    intake = Intake(bots=bots, journal=Journal(redis, namespace=settings.namespace), handle=front.handle)

    async def closing() -> None:
        await intake.drain()
        await bots.aclose()
        await gateway.aclose()
        await redis.aclose()

    secret = settings.bot_webhook_secret if settings.bot_mode == "webhook" else ""
    return build_app(
        title="BezKart bot",
        routers=(webhook.routes(webhook.Webhook(bots, intake, secret)),),
        checks=(Check("redis", redis.ping, required=False),),
        lifespan=lifespan(background=_background(settings, bots, intake), closing=closing),
        state=intake,
        spans=of_process(settings, "bot"),
    )


def _background(settings: BotSettings, bots: Bots, intake: Intake) -> list[Background]:
    """Each runs until it is cancelled."""
    alone = settings.bot_mode == "polling"

    async def sweeping() -> None:
        try:
            await intake.recover(everything=alone)
        except RedisError as error:
            log.warning("updates_not_recovered", error=type(error).__name__)
        await keep_sweeping(intake)

    async def listening(one: OneBot) -> None:
        if alone:
            await introduce(one)
            await keep_polling(one, intake)
            return
        address = f"{settings.bot_webhook_url.rstrip('/')}/telegram-webhook/{one.id}"
        while True:  # once an hour, should somebody else have taken the bot's updates
            await introduce(one, webhook=address, secret=settings.bot_webhook_secret)
            await asyncio.sleep(_WEBHOOK_LOOK_SECONDS)

    return [sweeping, *(partial(listening, one) for one in bots)]


def _dialogue_key(key: str) -> str:
    """What numbers are sealed with while they wait in a dialogue: derived, so that it is nobody's second secret."""
    return base64.urlsafe_b64encode(hmac.digest(key.encode(), b"dialogues", hashlib.sha256)).decode()


def main(entry: str) -> None:
    if entry != "serve":
        raise SystemExit(f"services.bot.app has no entry {entry!r}; it has: serve")
    settings = BotSettings()
    configure_logging(service="bot", level=settings.log_level)
    serve(build(settings), settings)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "serve")
