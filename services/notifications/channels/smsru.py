"""SMS.RU (https://sms.ru/api/send): `/sms/send` with `json=1`.

An outer `status_code` for the request and then one per number; 100 is "taken" in both. There is no client id: a repeat after a
timeout may arrive twice, except where their own guard against equal texts (231, 232, 233) catches it.
"""

from typing import Any, Final
from urllib.parse import urlencode

from services.notifications.channels.http import Wire, refuse_server_errors
from services.notifications.channels.money import minor_units
from services.notifications.channels.port import (
    AddressDead,
    Outgoing,
    ProviderDown,
    ProviderRefuses,
    Receipt,
    SendFailed,
    TextRefused,
    Throttled,
)
from services.notifications.channels.text import refuse_text

MAX_LENGTH: Final = 8 * 67  # eight parts of a text that is not Latin; more is error 205
_FORM: Final = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
_TAKEN: Final = 100
_KINDS: Final[dict[type[SendFailed], dict[int, str]]] = {
    ProviderRefuses: {
        200: "wrong-login",
        201: "no-money",
        204: "sender-not-approved",
        206: "daily-limit",
        221: "sender-not-approved",
        300: "wrong-login",
        301: "wrong-login",
        302: "account-not-confirmed",
    },
    AddressDead: {202: "bad-number", 207: "undeliverable", 209: "stop-list", 214: "abroad", 215: "stop-list"},
    TextRefused: {203: "no-text", 205: "too-long", 212: "not-utf8", 216: "forbidden-text", 217: "forbidden-text"},
    ProviderDown: {220: "busy", 500: "provider-error"},
}
_MEANINGS: Final = {code: (kind, slug) for kind, codes in _KINDS.items() for code, slug in codes.items()}
_TOO_MANY_TO_ONE: Final = {230: 86_400.0, 231: 60.0, 232: 86_400.0, 233: 86_400.0}


class SmsRu:
    name = "sms"
    provider = "smsru"

    def __init__(self, *, api: str, api_id: str, sender: str = "", seconds: float = 8.0) -> None:
        self._wire = Wire(api, seconds=seconds, connections=20)
        self._common = {"api_id": api_id, "json": "1"}
        self._sender = {"from": sender} if sender else {}

    def account(self, shop: str) -> str:
        return "main"

    async def send(self, outgoing: Outgoing) -> Receipt:
        refuse_text(outgoing.text, longest=MAX_LENGTH)
        number = outgoing.address.lstrip("+")
        told = await self._call("/sms/send", **self._sender, to=number, msg=outgoing.text)
        entries = told.get("sms")
        entry = entries.get(number) if isinstance(entries, dict) else None
        if not isinstance(entry, dict):
            raise ProviderDown("unreadable-answer")
        _refuse(entry)
        return Receipt(provider_id=str(entry.get("sms_id", "")) or None, cost=minor_units(entry.get("cost")))

    async def check(self, shop: str) -> None:
        told = await self._call("/my/balance")
        if minor_units(told.get("balance")) <= 0:
            raise ProviderRefuses("no-money")

    async def aclose(self) -> None:
        await self._wire.aclose()

    async def _call(self, path: str, **fields: str) -> dict[str, Any]:
        answer = await self._wire.post(path, urlencode({**self._common, **fields}).encode(), _FORM)
        refuse_server_errors(answer)
        told = answer.json()
        _refuse(told)
        return told


def _refuse(told: dict[str, Any]) -> None:
    """Raises what the code of the request or of one number means, unless it is 100."""
    try:
        code = int(told.get("status_code", -1))
    except (TypeError, ValueError):
        code = -1
    if code == _TAKEN:
        return
    if code in _TOO_MANY_TO_ONE:
        raise Throttled(_TOO_MANY_TO_ONE[code], whole_provider=False, detail=f"error {code}")
    kind, slug = _MEANINGS.get(code, (ProviderDown, "unknown-error"))
    raise kind(slug, detail=f"error {code}")
