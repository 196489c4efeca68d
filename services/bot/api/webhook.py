"""`POST /telegram-webhook/<bot id>`: Telegram calls when somebody has written. Answered as soon as the update is written down."""

import hmac
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Header, Request, Response
from redis.exceptions import RedisError

from services.bot.telegram.bots import Bots
from services.bot.telegram.intake import Crowded, Intake

LARGEST_UPDATE: Final = 1_000_000
_COME_BACK: Final = {"Retry-After": "2"}


@dataclass(frozen=True, slots=True)
class Webhook:
    """`secret` is empty while the bot asks for updates itself: then nobody may call."""

    bots: Bots
    intake: Intake
    secret: str


def routes(hook: Webhook) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.post("/telegram-webhook/{bot_id}")
    async def updated(
        bot_id: int, request: Request, x_telegram_bot_api_secret_token: Annotated[str, Header()] = ""
    ) -> Response:
        """200 once it is safe; 503 when it cannot be kept, and Telegram sends it again."""
        genuine = hmac.compare_digest(x_telegram_bot_api_secret_token.encode(), hook.secret.encode())
        one = hook.bots.get(bot_id)
        if not hook.secret or not genuine or one is None:
            return Response(status_code=404)
        body = await request.body()
        if len(body) > LARGEST_UPDATE:
            return Response(status_code=413)
        try:
            await hook.intake.take(one, body)
        except (Crowded, RedisError):
            return Response(status_code=503, headers=_COME_BACK)
        return Response()

    return router
