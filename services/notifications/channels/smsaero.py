"""SMS Aero (https://smsaero.ru/integration/documentation/api/): `/v2/sms/send` with basic authorization.

Our own client: their asynchronous package falls back to plain http and posts again to other hosts, which sends twice.
"""

import base64
from typing import Any, Final

import orjson

from services.notifications.channels.http import Answer, Wire, refuse_server_errors, retry_after
from services.notifications.channels.money import minor_units
from services.notifications.channels.port import (
    AddressDead,
    Outgoing,
    ProviderDown,
    ProviderRefuses,
    Receipt,
    TextRefused,
    Throttled,
)
from services.notifications.channels.text import refuse_text

MAX_LENGTH: Final = 640
_REJECTED: Final = 6  # `status` of a message the moderation has refused


class SmsAero:
    name = "sms"
    provider = "smsaero"

    def __init__(self, *, api: str, email: str, api_key: str, sender: str = "SMS Aero", seconds: float = 8.0) -> None:
        self._wire = Wire(api, seconds=seconds, connections=20)
        self._sender = sender
        login = base64.b64encode(f"{email}:{api_key}".encode()).decode()
        self._headers = {"Authorization": f"Basic {login}", "Content-Type": "application/json"}

    def account(self, shop: str) -> str:
        return "main"

    async def send(self, outgoing: Outgoing) -> Receipt:
        refuse_text(outgoing.text, longest=MAX_LENGTH)
        number = outgoing.address.lstrip("+")
        data = await self._call("/v2/sms/send", number=number, text=outgoing.text, sign=self._sender)
        if data.get("status") == _REJECTED:
            raise TextRefused("forbidden-text")
        return Receipt(provider_id=str(data.get("id", "")) or None, cost=minor_units(data.get("cost")))

    async def check(self, shop: str) -> None:
        data = await self._call("/v2/balance")
        if minor_units(data.get("balance")) <= 0:
            raise ProviderRefuses("no-money")

    async def aclose(self) -> None:
        await self._wire.aclose()

    async def _call(self, path: str, **fields: str) -> dict[str, Any]:
        answer = await self._wire.post(path, orjson.dumps(fields), self._headers)
        refuse_server_errors(answer)
        told = answer.json()
        if answer.status != 200 or told.get("success") is not True:
            _refuse(answer, told)
        data = told.get("data")
        if not isinstance(data, dict):
            raise ProviderDown("unreadable-answer")
        return data


def _refuse(answer: Answer, told: dict[str, Any]) -> None:
    """Raises what `{"success": false, "data": …, "message": …}` means."""
    message = str(told.get("message") or "").lower()
    if answer.status in {401, 403}:
        raise ProviderRefuses("wrong-login")
    if answer.status == 402 or "money" in message:
        raise ProviderRefuses("no-money")
    if answer.status == 429:
        raise Throttled(retry_after(answer))
    fields = told.get("data")
    wrong = set(fields) if isinstance(fields, dict) else set()
    if wrong & {"number", "numbers"}:
        raise AddressDead("bad-number")
    if "sign" in wrong:
        raise ProviderRefuses("sender-not-approved")
    if "text" in wrong:
        raise TextRefused("text-refused")
    raise ProviderDown("unknown-error", detail=f"status {answer.status}")
