"""SMSC (https://smsc.ru/api/http/): `/sys/send.php` with `fmt=3`.

A repeat within a minute is refused as error 9 "duplicate request": the first one was taken, so that is a delivery. The same
code also says "too many concurrent requests", which is not.
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
    TextRefused,
    Throttled,
)
from services.notifications.channels.text import refuse_text

MAX_LENGTH: Final = 1000
_FORM: Final = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
_REPEATED: Final = 9
_MEANINGS: Final = {
    1: TextRefused("bad-request"),
    2: ProviderRefuses("wrong-login"),
    3: ProviderRefuses("no-money"),
    4: ProviderRefuses("address-blocked"),
    5: TextRefused("bad-request"),
    6: TextRefused("forbidden-text"),
    7: AddressDead("bad-number"),
    8: AddressDead("undeliverable"),
}


class Smsc:
    name = "sms"
    provider = "smsc"

    def __init__(self, *, api: str, login: str, password: str, sender: str = "", seconds: float = 8.0) -> None:
        self._wire = Wire(api, seconds=seconds, connections=10)  # SMSC allows 15 at a time
        self._common = {"login": login, "psw": password, "fmt": "3", "charset": "utf-8"}
        self._sender = {"sender": sender} if sender else {}

    def account(self, shop: str) -> str:
        return "main"

    async def send(self, outgoing: Outgoing) -> Receipt:
        refuse_text(outgoing.text, longest=MAX_LENGTH)
        told = await self._call(
            "/sys/send.php",
            **self._sender,
            phones=outgoing.address,
            mes=outgoing.text,
            id=outgoing.message_id[:40],
            cost="3",
        )
        if "error_code" in told:
            if _is_repeat(told):
                return Receipt(provider_id=outgoing.message_id[:40], cost=0)
            _refuse(told)
        if "id" not in told:
            raise ProviderDown("unreadable-answer")
        return Receipt(provider_id=str(told["id"]), cost=minor_units(told.get("cost")))

    async def check(self, shop: str) -> None:
        told = await self._call("/sys/balance.php")
        if "error_code" in told:
            _refuse(told)
        if minor_units(told.get("balance")) <= 0:
            raise ProviderRefuses("no-money")

    async def aclose(self) -> None:
        await self._wire.aclose()

    async def _call(self, path: str, **fields: str) -> dict[str, Any]:
        answer = await self._wire.post(path, urlencode({**self._common, **fields}).encode(), _FORM)
        refuse_server_errors(answer)
        return answer.json()


def _is_repeat(told: dict[str, Any]) -> bool:
    return int(told["error_code"]) == _REPEATED and "duplicate" in str(told.get("error", "")).lower()


def _refuse(told: dict[str, Any]) -> None:
    code = int(told["error_code"])
    if code == _REPEATED:
        raise Throttled(1.0)
    meaning = _MEANINGS.get(code, ProviderDown("unknown-error"))
    raise type(meaning)(meaning.reason, detail=f"error {code}")
