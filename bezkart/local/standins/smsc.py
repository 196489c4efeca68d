"""SMSC: `/smsc/sys/send.php`, `/smsc/sys/balance.php`; answers of `fmt=3`, always with status 200."""

import asyncio
from time import monotonic
from typing import Any, Final

from aiohttp import web

from bezkart.local.standins.logins import SMS_LOGIN, SMS_PASSWORD
from bezkart.local.standins.modes import Mode
from bezkart.local.standins.reading import NotUtf8, Unreadable, json_answer, read_fields
from bezkart.local.standins.sms import FORBIDDEN, Account, digits, roubles

_MAX_TEXT: Final = 1000
_AT_ONCE: Final = 15
_SAME_AGAIN_SECONDS: Final = 60.0
_NAMES: Final = {
    1: "parameters error",
    2: "authorise error",
    3: "no money",
    4: "ip blocked",
    6: "message is denied",
    7: "invalid number",
    8: "message to this number is denied",
}


class _Refused(Exception):
    def __init__(self, code: int, identity: str | None = None, *, text: str = "") -> None:
        super().__init__(code)
        self.told: dict[str, Any] = {"error": text or _NAMES[code], "error_code": code}
        if identity is not None:
            self.told["id"] = identity


class Smsc:
    def __init__(self) -> None:
        self.mode = Mode()
        self.account = Account(self.mode)
        self._lately: dict[tuple[str, str, str], float] = {}
        self._under_way = 0

    def reset(self) -> None:
        self.account.reset()
        self._lately.clear()

    async def answer(self, request: web.Request) -> web.Response:
        """Errors are answers like any other: the status is always 200."""
        try:
            fields = await read_fields(request)
            self._refuse_caller(fields)
            if request.match_info["script"] == "balance.php":
                return json_answer({"balance": roubles(self.account.balance)})
            return json_answer(await self._one_of_few(fields))
        except (NotUtf8, Unreadable):
            return json_answer({"error": _NAMES[1], "error_code": 1})
        except _Refused as refused:
            return json_answer(refused.told)

    def _refuse_caller(self, fields: dict[str, Any]) -> None:
        if self.mode.ip_blocked:
            raise _Refused(4)
        if (fields.get("login"), fields.get("psw")) != (SMS_LOGIN, SMS_PASSWORD):
            raise _Refused(2)
        if fields.get("fmt") != "3":  # this stand-in speaks nothing else
            raise _Refused(1)

    async def _one_of_few(self, fields: dict[str, Any]) -> dict[str, Any]:
        if self._under_way >= _AT_ONCE and self.mode.limits:
            raise _Refused(9, text="too many concurrent requests")
        self._under_way += 1
        try:
            await asyncio.sleep(0)
            return self._send(fields)
        finally:
            self._under_way -= 1

    def _send(self, fields: dict[str, Any]) -> dict[str, Any]:
        phone, text = str(fields.get("phones") or ""), str(fields.get("mes") or "")
        identity = str(fields.get("id") or self.account.next_id())
        if not phone or not text or len(text) > _MAX_TEXT:
            raise _Refused(1)
        if fields.get("charset") != "utf-8":
            text = text.encode().decode("cp1251", "replace")  # what their default makes of UTF-8
        number = self._recipient(phone, text, identity)
        price = self.account.take(number, text, identity)
        taken: dict[str, Any] = {"id": identity, "cnt": 1}
        if fields.get("cost") in {"2", "3"}:
            taken["cost"] = roubles(price)
        if fields.get("cost") == "3":
            taken["balance"] = roubles(self.account.balance)
        return taken

    def _recipient(self, phone: str, text: str, identity: str) -> str:
        number = digits(phone)
        if number is None:
            raise _Refused(7, identity)
        if self._same_again(number, text, identity):
            raise _Refused(9, text="duplicate request, wait a minute")
        if self.account.undeliverable(number):
            raise _Refused(8, identity)
        if FORBIDDEN in text.lower():
            raise _Refused(6, identity)
        if self.account.balance <= 0:
            raise _Refused(3, identity)
        self._lately[number, text, identity] = monotonic()
        return number

    def _same_again(self, number: str, text: str, identity: str) -> bool:
        now = monotonic()
        if len(self._lately) > 10_000:
            self._lately = {each: at for each, at in self._lately.items() if now - at < _SAME_AGAIN_SECONDS}
        return now - self._lately.get((number, text, identity), -_SAME_AGAIN_SECONDS) < _SAME_AGAIN_SECONDS
