"""SMS Aero v2: `/smsaero/v2/sms/send`, `/smsaero/v2/balance` with basic authorization."""

import base64
from time import time
from typing import Any, Final

from aiohttp import web

from bezkart.local.standins.logins import SMS_LOGIN, SMS_PASSWORD
from bezkart.local.standins.modes import Mode
from bezkart.local.standins.reading import NotUtf8, Unreadable, json_answer, read_fields
from bezkart.local.standins.sms import FORBIDDEN, Account, digits, roubles

_LOGIN: Final = "Basic " + base64.b64encode(f"{SMS_LOGIN}:{SMS_PASSWORD}".encode()).decode()
_LONGEST: Final = 640
_QUEUED, _REJECTED = 0, 6


class SmsAero:
    def __init__(self) -> None:
        self.mode = Mode()
        self.account = Account(self.mode)

    def reset(self) -> None:
        self.account.reset()

    async def answer(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != _LOGIN:
            return _refused(401, "Your request was made with invalid credentials.")
        if self.mode.ip_blocked:
            return _refused(403, "Access denied.")
        if request.match_info["method"] == "balance":
            return _success({"balance": self.account.balance / 100})
        try:
            fields = await read_fields(request)
        except (NotUtf8, Unreadable):
            return _refused(400, "Validation error.", {"text": ["Некорректная кодировка."]})
        return self._send(fields)

    def _send(self, fields: dict[str, Any]) -> web.Response:
        number, text = digits(str(fields.get("number") or "")), str(fields.get("text") or "")
        wrong = {
            "number": number is None or self.account.undeliverable(number),
            "text": not 2 <= len(text) <= _LONGEST,
            "sign": not fields.get("sign"),
        }
        if number is None or any(wrong.values()):
            reasons = {name: ["Поле заполнено неверно."] for name, is_wrong in wrong.items() if is_wrong}
            return _refused(400, "Validation error.", reasons)
        if self.account.balance <= 0:
            return _refused(402, "Not enough money.")
        identity = self.account.next_id()
        rejected = FORBIDDEN in text.lower()
        price = 0 if rejected else self.account.take(number, text, str(identity))
        return _success(
            {
                "id": identity,
                "from": fields["sign"],
                "number": int(number),
                "text": text,
                "status": _REJECTED if rejected else _QUEUED,
                "extendStatus": "moderation" if rejected else "queue",
                "channel": "FREE SIGN",
                "cost": roubles(price),
                "dateCreate": int(time()),
                "dateSend": int(time()),
            }
        )


def _success(data: dict[str, Any]) -> web.Response:
    return json_answer({"success": True, "data": data, "message": None})


def _refused(status: int, message: str, data: Any = None) -> web.Response:
    return json_answer({"success": False, "data": data, "message": message}, status=status)
