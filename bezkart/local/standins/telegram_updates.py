"""What a bot has yet to hear: by `getUpdates` or at its webhook (https://core.telegram.org/bots/api#getting-updates)."""

import asyncio
import re
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from time import monotonic, time
from typing import Any, Final

import orjson
from aiohttp import ClientError, ClientSession, ClientTimeout

from bezkart.local.standins.refusals import Refusal

_DEFAULT_KINDS: Final = frozenset({"message", "edited_message", "callback_query", "my_chat_member", "inline_query"})
_SECRET: Final = re.compile(r"[A-Za-z0-9_-]{1,256}")
_MOST_KEPT: Final = 10_000
_LONGEST_POLL: Final = 50.0
_WEBHOOK_SECONDS: Final = 10.0
_RETRY_SECONDS: Final = (0.2, 0.5, 1.0, 2.0, 5.0)  # the real one is more patient; a test is not
_FIRST_TRY_SECONDS: Final = 5.0
Update = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Webhook:
    url: str
    secret: str
    connections: asyncio.Semaphore


class Updates:
    """One bot's queue. An update leaves it when `offset` passes it or the webhook has answered 2xx."""

    def __init__(self) -> None:
        self._waiting: dict[int, Update] = {}
        self._ids = count(int(time()) % 100_000_000)
        self._news = asyncio.Event()
        self._webhook: Webhook | None = None
        self._allowed = _DEFAULT_KINDS
        self._error: tuple[int, str] | None = None
        self._deliveries: set[asyncio.Task[None]] = set()

    async def tell(self, kind: str, content: dict[str, Any]) -> int | None:
        """The update's id; None when the bot did not ask for this kind. Waits for a webhook's first answer, but not for long."""
        if kind not in self._allowed:
            return None
        identity = next(self._ids)
        self._waiting[identity] = {"update_id": identity, kind: content}
        while len(self._waiting) > _MOST_KEPT:
            del self._waiting[next(iter(self._waiting))]
        self._news.set()
        if self._webhook:
            await asyncio.wait([self._deliver(identity, self._webhook)], timeout=_FIRST_TRY_SECONDS)
        return identity

    async def get(self, fields: dict[str, Any]) -> list[Update]:
        if self._webhook:
            raise Refusal(
                409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
            )  # fmt: skip
        self._allow(fields)
        self._confirm(int(fields.get("offset") or 0))
        limit = min(100, max(1, int(fields.get("limit") or 100)))
        until = monotonic() + min(_LONGEST_POLL, float(fields.get("timeout") or 0))
        self._news.set()  # wakes the poll before this one: it has to go
        self._news = mine = asyncio.Event()
        while True:
            mine.clear()
            if mine is not self._news:
                raise Refusal(
                    409,
                    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
                )
            left = until - monotonic()
            if self._waiting or left <= 0:
                return list(self._waiting.values())[:limit]
            with suppress(TimeoutError):
                await asyncio.wait_for(mine.wait(), left)

    async def set_webhook(self, fields: dict[str, Any]) -> bool:
        url, secret = str(fields.get("url") or ""), str(fields.get("secret_token") or "")
        if secret and not _SECRET.fullmatch(secret):
            raise Refusal(400, "Bad Request: secret token contains unallowed characters")
        if url and not url.startswith(("http://", "https://")):
            raise Refusal(400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook")
        self._allow(fields)
        await self.close()
        self._drop(fields)
        connections = asyncio.Semaphore(min(100, max(1, int(fields.get("max_connections") or 40))))
        self._webhook = Webhook(url, secret, connections) if url else None
        if self._webhook:
            for identity in self._waiting:
                self._deliver(identity, self._webhook)
        return True

    async def delete_webhook(self, fields: dict[str, Any]) -> bool:
        await self.close()
        self._drop(fields)
        self._webhook = None
        return True

    def webhook_info(self) -> dict[str, Any]:
        told: dict[str, Any] = {
            "url": self._webhook.url if self._webhook else "",
            "has_custom_certificate": False,
            "pending_update_count": len(self._waiting),
        }
        if self._error:
            told |= {"last_error_date": self._error[0], "last_error_message": self._error[1]}
        return told

    async def close(self) -> None:
        """Stops what is on its way to the webhook; the updates stay."""
        tasks = list(self._deliveries)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _allow(self, fields: dict[str, Any]) -> None:
        wanted = fields.get("allowed_updates")
        if isinstance(wanted, str):
            wanted = orjson.loads(wanted)
        if wanted is not None:
            self._allowed = frozenset(wanted) or _DEFAULT_KINDS

    def _confirm(self, offset: int) -> None:
        if offset < 0:  # the last ones only; all before are forgotten
            offset = (list(self._waiting)[offset:] or [0])[0]
        for identity in [each for each in self._waiting if each < offset]:
            del self._waiting[identity]

    def _drop(self, fields: dict[str, Any]) -> None:
        if str(fields.get("drop_pending_updates", "")).lower() in {"true", "1"}:
            self._waiting.clear()

    def _deliver(self, identity: int, webhook: Webhook) -> "asyncio.Task[None]":
        task = asyncio.create_task(self._keep_posting(identity, webhook))
        self._deliveries.add(task)
        task.add_done_callback(self._deliveries.discard)
        return task

    async def _keep_posting(self, identity: int, webhook: Webhook) -> None:
        tries = 0
        while identity in self._waiting:
            async with webhook.connections:
                error = await _post(webhook, self._waiting[identity])
            if error is None:
                self._waiting.pop(identity, None)
                return
            self._error = (int(time()), error)
            await asyncio.sleep(_RETRY_SECONDS[min(tries, len(_RETRY_SECONDS) - 1)])
            tries += 1


async def _post(webhook: Webhook, update: Update) -> str | None:
    """What went wrong, None when it was taken."""
    headers = {"Content-Type": "application/json"}
    if webhook.secret:
        headers["X-Telegram-Bot-Api-Secret-Token"] = webhook.secret
    try:
        async with (
            ClientSession(timeout=ClientTimeout(total=_WEBHOOK_SECONDS)) as session,
            session.post(webhook.url, data=orjson.dumps(update), headers=headers) as answer,
        ):
            return None if answer.ok else f"Wrong response from the webhook: {answer.status} {answer.reason}"
    except (ClientError, TimeoutError) as error:
        return f"Connection failed: {type(error).__name__}"
